"""The days for an appeal that a tenant usually gives."""

from alembic import op

revision = "0079"
down_revision = "0078"


def upgrade() -> None:
    """Add the column. Tenants that exist go on with 14 days."""
    op.execute(
        "ALTER TABLE tenants ADD COLUMN appeal_days INTEGER NOT NULL DEFAULT 14"
        " CONSTRAINT ck_tenants_appeal_days CHECK (appeal_days BETWEEN 0 AND 365)"
    )


def downgrade() -> None:
    """Remove the column."""
    op.execute("ALTER TABLE tenants DROP COLUMN appeal_days")
