"""Tenants have the version by which the texts that Python derives were derived.

`trellis migrate` derives them again afterwards for tenants with another version, so for all that
exist now: their search words then find more.
"""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE directory.tenants ADD COLUMN text_version TEXT DEFAULT '' NOT NULL")


def downgrade() -> None:
    """Drop the column."""
    op.execute("ALTER TABLE directory.tenants DROP COLUMN text_version")
