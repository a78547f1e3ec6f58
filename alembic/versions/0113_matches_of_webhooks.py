"""Webhooks that send only what their query finds."""

from alembic import op

revision = "0113"
down_revision = "0112"


def upgrade() -> None:
    """Add the choice; the webhooks that there are send everything."""
    op.execute("ALTER TABLE webhooks ADD COLUMN sends_only_matches BOOLEAN NOT NULL DEFAULT false")


def downgrade() -> None:
    """Drop the choice."""
    op.execute("ALTER TABLE webhooks DROP COLUMN sends_only_matches")
