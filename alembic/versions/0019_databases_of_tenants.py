"""Tenants have the name of the database where they live; null is the database itself."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE directory.tenants ADD COLUMN database TEXT")


def downgrade() -> None:
    """Drop the column."""
    op.execute("ALTER TABLE directory.tenants DROP COLUMN database")
