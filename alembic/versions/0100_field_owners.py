"""Field owners: the other systems that own fields of people, units and teams."""

from alembic import op

revision = "0100"
down_revision = "0099"


def upgrade() -> None:
    """Add the setting; no field has an owner."""
    op.execute("ALTER TABLE tenants ADD COLUMN field_owners JSONB NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    """Drop the setting."""
    op.execute("ALTER TABLE tenants DROP COLUMN field_owners")
