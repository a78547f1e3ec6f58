"""Quotas of calibration sessions."""

from alembic import op

revision = "0076"
down_revision = "0075"

COLUMNS = (
    ("quotas", "JSONB NOT NULL DEFAULT '[]'"),
    ("quota_group", "TEXT NOT NULL DEFAULT 'session'"),
    ("quota_rounding", "TEXT NOT NULL DEFAULT 'up'"),
    ("quotas_are_binding", "BOOLEAN NOT NULL DEFAULT false"),
)
CHECKS = (
    ("quota_group", "'session', 'unit', 'manager'"),
    ("quota_rounding", "'up', 'down'"),
)


def upgrade() -> None:
    """Add the columns. Sessions that exist have no quotas."""
    for name, kind in COLUMNS:
        op.execute(f"ALTER TABLE calibration_sessions ADD COLUMN {name} {kind}")
    for name, values in CHECKS:
        op.execute(
            f"ALTER TABLE calibration_sessions ADD CONSTRAINT ck_calibration_sessions_{name}"
            f" CHECK ({name} IN ({values}))"
        )


def downgrade() -> None:
    """Remove the columns."""
    for name, _ in COLUMNS:
        op.execute(f"ALTER TABLE calibration_sessions DROP COLUMN {name}")
