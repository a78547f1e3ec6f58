"""Reminders of what is due in review cycles."""

from alembic import op

revision = "0072"
down_revision = "0071"

RULES = {
    "reminder_days": "JSONB NOT NULL DEFAULT '[14, 7, 3]'",
    "overdue_reminder_days": "INTEGER NOT NULL DEFAULT 3",
    "escalation_days": "INTEGER NOT NULL DEFAULT 0",
    "quiet_from_hour": "INTEGER NOT NULL DEFAULT 18",
    "quiet_until_hour": "INTEGER NOT NULL DEFAULT 8",
}
MARKS = {
    "reminder_stage": "INTEGER",
    "reminded_at": "TIMESTAMP WITH TIME ZONE",
    "reminders_sent": "INTEGER NOT NULL DEFAULT 0",
}


TABLES = {
    "review_cycles": RULES,
    "todos": MARKS,
    "review_packets": {"is_escalated": "BOOLEAN NOT NULL DEFAULT false"},
}


def upgrade() -> None:
    """Add the rule of each cycle, and the marks on tasks and packets."""
    for table, columns in TABLES.items():
        for name, kind in columns.items():
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")


def downgrade() -> None:
    """Remove them."""
    for table, columns in TABLES.items():
        for name in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
