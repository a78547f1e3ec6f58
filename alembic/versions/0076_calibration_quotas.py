"""Quotas of calibration sessions."""

from alembic import op

revision = "0076"
down_revision = "0075"

COLUMNS = (
    ("quotas", "JSONB NOT NULL DEFAULT '[]'"),
    (
        "quota_group",
        (
            "TEXT NOT NULL DEFAULT 'session' CONSTRAINT ck_calibration_sessions_quota_group"
            " CHECK (quota_group IN ('session', 'unit', 'manager'))"
        ),
    ),
    (
        "quota_rounding",
        (
            "TEXT NOT NULL DEFAULT 'up' CONSTRAINT ck_calibration_sessions_quota_rounding"
            " CHECK (quota_rounding IN ('up', 'down'))"
        ),
    ),
    ("quotas_are_binding", "BOOLEAN NOT NULL DEFAULT false"),
)


def upgrade() -> None:
    """Add the columns. Sessions that exist have no quotas."""
    for name, kind in COLUMNS:
        op.execute(f"ALTER TABLE calibration_sessions ADD COLUMN {name} {kind}")


def downgrade() -> None:
    """Remove the columns."""
    for name, _ in COLUMNS:
        op.execute(f"ALTER TABLE calibration_sessions DROP COLUMN {name}")
