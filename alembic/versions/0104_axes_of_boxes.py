"""Axes of the box of a calibration: attributes, bounds of bands, and labels of cells."""

from alembic import op

revision = "0104"
down_revision = "0103"

AXES = ("horizontal", "vertical")
ATTRIBUTES = (
    *("proposed_level", "score", "previous_level", "position_level", "goals_achieved"),
    "tenure_months",
)


def upgrade() -> None:
    """Add the columns. The axes that exist are questions or the level, and stay what they are."""
    values = ", ".join(f"'{each}'" for each in ATTRIBUTES)
    for axis in AXES:
        name = f"{axis}_attribute"
        check = f"CONSTRAINT ck_calibration_sessions_{name} CHECK ({name} IN ({values}))"
        op.execute(f"ALTER TABLE calibration_sessions ADD COLUMN {name} TEXT {check}")
        for part in ("bounds", "labels"):
            column = f"{axis}_{part} JSONB NOT NULL DEFAULT '[]'"
            op.execute(f"ALTER TABLE calibration_sessions ADD COLUMN {column}")
        op.execute(f"ALTER TABLE calibration_sessions ALTER COLUMN {axis}_scale_id DROP NOT NULL")


def downgrade() -> None:
    """Drop the columns. Sessions with an axis that has no scale have to be gone."""
    for axis in AXES:
        op.execute(f"ALTER TABLE calibration_sessions ALTER COLUMN {axis}_scale_id SET NOT NULL")
        for part in ("attribute", "bounds", "labels"):
            op.execute(f"ALTER TABLE calibration_sessions DROP COLUMN {axis}_{part}")
