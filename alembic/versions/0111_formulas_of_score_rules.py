"""Formulas of score rules."""

from alembic import op

revision = "0111"
down_revision = "0110"


def upgrade() -> None:
    """Add the formula; no rule has one."""
    op.execute("ALTER TABLE score_rules ADD COLUMN formula TEXT")


def downgrade() -> None:
    """Drop the formulas. Rules that have one compute their value without it from then on."""
    op.execute("ALTER TABLE score_rules DROP COLUMN formula")
