"""For how many days changes can be read by cursor."""

from alembic import op

revision = "0084"
down_revision = "0083"


def upgrade() -> None:
    """Add the column. Tenants that exist keep changes readable for 90 days."""
    op.execute(
        "ALTER TABLE tenants ADD COLUMN changes_retention_days INTEGER NOT NULL DEFAULT 90"
        " CONSTRAINT ck_tenants_changes_retention_days"
        " CHECK (changes_retention_days BETWEEN 1 AND 366)"
    )


def downgrade() -> None:
    """Remove the column."""
    op.execute("ALTER TABLE tenants DROP COLUMN changes_retention_days")
