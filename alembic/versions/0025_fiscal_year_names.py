"""A tenant says after which calendar year its fiscal years are named."""

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add the setting; fiscal years so far are named by their last day."""
    op.execute(
        "ALTER TABLE tenants ADD COLUMN fiscal_year_named_by TEXT NOT NULL DEFAULT 'last_year'"
        " CONSTRAINT ck_tenants_fiscal_year_named_by"
        " CHECK (fiscal_year_named_by IN ('first_year', 'last_year'))"
    )


def downgrade() -> None:
    """Drop the setting."""
    op.execute("ALTER TABLE tenants DROP COLUMN fiscal_year_named_by")
