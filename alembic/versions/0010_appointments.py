"""Tenants decide whether people may appoint themselves, and grant what they do not hold.

Both are off for the tenants that exist, and for those that a process of the previous release founds
during a rolling restart.
"""

from alembic import op

revision = "0010"
down_revision = "0009"

COLUMNS = ("allows_self_appointment", "allows_granting_unheld")


def upgrade() -> None:
    """Add the two settings."""
    for each in COLUMNS:
        op.execute(f"ALTER TABLE tenants ADD COLUMN {each} BOOLEAN DEFAULT false NOT NULL")


def downgrade() -> None:
    """Remove the two settings."""
    for each in COLUMNS:
        op.execute(f"ALTER TABLE tenants DROP COLUMN {each}")
