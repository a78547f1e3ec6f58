"""Webhooks with a query of their own, and fields that trigger them."""

from alembic import op

revision = "0095"
down_revision = "0094"


def upgrade() -> None:
    """Add the columns. Webhooks so far send all fields, and no values."""
    op.execute("ALTER TABLE webhooks ADD COLUMN trigger_fields JSONB NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE webhooks ADD COLUMN payload_query TEXT")


def downgrade() -> None:
    """Drop the columns."""
    for each in ("payload_query", "trigger_fields"):
        op.execute(f"ALTER TABLE webhooks DROP COLUMN {each}")
