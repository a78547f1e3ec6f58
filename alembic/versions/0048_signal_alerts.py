"""Alerts about signals, and rules that count bad periods among the last ones."""

from alembic import op

revision = "0048"
down_revision = "0047"

CONDITIONS = "'red', 'amber_or_red', 'worse_status', 'above', 'below', 'overdue'"
RULES = "'outside_limits', 'eight_on_one_side', 'three_of_four_near_a_limit'"


def upgrade() -> None:
    """Add the condition SIGNAL and what belongs to it, and the number of periods to count among."""
    op.execute("ALTER TABLE alert_rules ADD COLUMN within_periods INTEGER")
    op.execute("ALTER TABLE alert_rules ADD COLUMN by_previous_year BOOLEAN NOT NULL DEFAULT false")
    op.execute(
        "ALTER TABLE alerts ADD COLUMN signal_rule TEXT"
        f" CONSTRAINT ck_alerts_signal_rule CHECK (signal_rule IN ({RULES}))"
    )
    op.execute("ALTER TABLE alerts ADD COLUMN is_signal_provisional BOOLEAN")
    _limit(f"{CONDITIONS}, 'signal'")


def downgrade() -> None:
    """Remove the rules that count in the new ways, and the alerts about signals."""
    # Without a tenant, row-level security would be in the way; its force returns below.
    for table in ("alerts", "alert_rules", "action_items", "todos"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE action_items SET alert_id = NULL FROM alerts"
        " WHERE alerts.tenant_id = action_items.tenant_id AND alerts.id = action_items.alert_id"
        " AND alerts.condition = 'signal'"
    )
    op.execute(
        "DELETE FROM todos USING alerts WHERE alerts.tenant_id = todos.tenant_id"
        " AND alerts.id = todos.subject_id AND alerts.condition = 'signal'"
    )
    op.execute("DELETE FROM alerts WHERE condition = 'signal'")
    op.execute("DELETE FROM alert_rules WHERE condition = 'signal' OR within_periods IS NOT NULL")
    for table in ("alerts", "alert_rules", "action_items", "todos"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for table, columns in (
        ("alert_rules", ("within_periods", "by_previous_year")),
        ("alerts", ("signal_rule", "is_signal_provisional")),
    ):
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    _limit(CONDITIONS)


def _limit(conditions: str) -> None:
    for table in ("alert_rules", "alerts"):
        name = f"ck_{table}_condition"
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        check = f"CHECK (condition IN ({conditions})) NOT VALID"
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {check}")
    with op.get_context().autocommit_block():
        for table in ("alert_rules", "alerts"):
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT ck_{table}_condition")
