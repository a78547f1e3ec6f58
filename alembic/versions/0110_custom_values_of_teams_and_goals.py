"""Values of custom fields of teams and goals."""

from alembic import op

revision = "0110"
down_revision = "0109"

COLUMNS = ("custom_values", "custom_values_of_managers", "custom_values_of_hr")
TABLES = ("teams", "goals")


def upgrade() -> None:
    """Add the values; no team and no goal has any."""
    for table in TABLES:
        for column in COLUMNS:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column} JSONB NOT NULL DEFAULT '{{}}'")


def downgrade() -> None:
    """Drop the values."""
    for table in TABLES:
        for column in COLUMNS:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
