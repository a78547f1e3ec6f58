"""Alerts and their rules. Each KPI in use gets the usual rules."""

from alembic import op

revision = "0041"
down_revision = "0040"

CONDITIONS = "('red', 'amber_or_red', 'worse_status', 'above', 'below', 'overdue')"
CREATE_RULES = f"""
CREATE TABLE alert_rules (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    kpi_id UUID NOT NULL,
    condition TEXT NOT NULL,
    threshold NUMERIC,
    release_threshold NUMERIC,
    periods INTEGER NOT NULL,
    release_periods INTEGER NOT NULL,
    recipient_id UUID,
    days_to_answer INTEGER NOT NULL,
    escalation_levels INTEGER NOT NULL,
    CONSTRAINT pk_alert_rules PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_alert_rules_kpi_id FOREIGN KEY(tenant_id, kpi_id)
        REFERENCES kpis (tenant_id, id),
    CONSTRAINT fk_alert_rules_recipient_id FOREIGN KEY(tenant_id, recipient_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT ck_alert_rules_condition CHECK (condition IN {CONDITIONS})
)
"""
CREATE_ALERTS = f"""
CREATE TABLE alerts (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    kpi_id UUID NOT NULL,
    rule_id UUID NOT NULL,
    condition TEXT NOT NULL,
    threshold NUMERIC,
    first_ordinal INTEGER NOT NULL,
    first_starts_on DATE NOT NULL,
    last_ordinal INTEGER NOT NULL,
    last_starts_on DATE NOT NULL,
    bad_periods INTEGER NOT NULL,
    recipient_id UUID NOT NULL,
    escalated_to_id UUID,
    escalation_level INTEGER NOT NULL,
    due_on DATE NOT NULL,
    status TEXT NOT NULL,
    snoozed_until DATE,
    reason TEXT,
    acknowledged_by_id UUID,
    acknowledged_at TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE,
    close_reason TEXT,
    CONSTRAINT pk_alerts PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_alerts_kpi_id FOREIGN KEY(tenant_id, kpi_id)
        REFERENCES kpis (tenant_id, id),
    CONSTRAINT fk_alerts_recipient_id FOREIGN KEY(tenant_id, recipient_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_alerts_escalated_to_id FOREIGN KEY(tenant_id, escalated_to_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_alerts_acknowledged_by_id FOREIGN KEY(tenant_id, acknowledged_by_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT ck_alerts_condition CHECK (condition IN {CONDITIONS}),
    CONSTRAINT ck_alerts_status
        CHECK (status IN ('open', 'snoozed', 'acknowledged', 'closed')),
    CONSTRAINT ck_alerts_close_reason CHECK (close_reason IN
        ('recovered', 'cause_removed', 'rule_deleted', 'kpi_archived'))
)
"""
TABLES = {"alert_rules": CREATE_RULES, "alerts": CREATE_ALERTS}
INDEXES = (
    ("alert_rules", "kpi_id", "id"),
    ("alert_rules", "recipient_id"),
    ("alerts", "kpi_id", "status", "id"),
    ("alerts", "status", "due_on", "id"),
    ("alerts", "recipient_id", "status", "id"),
    ("alerts", "escalated_to_id"),
    ("alerts", "acknowledged_by_id"),
)
PROTECTION = (
    "ALTER TABLE {0} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {0} FORCE ROW LEVEL SECURITY",
    "ALTER TABLE {0} ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON {0}"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON {0} TO trellis_app",
)
UNIQUE = "CREATE UNIQUE INDEX {0} ON alerts (tenant_id, rule_id, first_ordinal)"
GIVE_RULES = """
INSERT INTO alert_rules (tenant_id, id, version, created_at, updated_at, kpi_id, condition,
                         periods, release_periods, days_to_answer, escalation_levels)
SELECT k.tenant_id, gen_random_uuid(), 1, now(), now(), k.id, usual.condition, 1, 1, 3, 1
FROM kpis k CROSS JOIN (VALUES ('red'), ('overdue')) usual (condition)
WHERE k.state = 'active'
"""
EVALUATE = """
INSERT INTO background_tasks (tenant_id, id, kind, arguments, key, state, due_at)
SELECT k.tenant_id, gen_random_uuid(), 'kpis.evaluate', jsonb_build_object('kpi_id', k.id::text),
       'kpis.evaluate ' || k.id::text, 'waiting', now()
FROM kpis k WHERE k.state = 'active'
"""


def upgrade() -> None:
    """Create the tables, and give each KPI in use the usual rules."""
    for table, statement in TABLES.items():
        op.execute(statement)
        for each in PROTECTION:
            op.execute(each.format(table))
    for table, *columns in INDEXES:
        name = f"ix_{table}_{'_'.join(columns)}"
        op.execute(f"CREATE INDEX {name} ON {table} (tenant_id, {', '.join(columns)})")
    op.execute(UNIQUE.format("uq_alerts_rule_id_first_ordinal"))
    _give_rules()


def downgrade() -> None:
    """Drop the tables. What waits for a worker stays, and is dead until it is known again."""
    for table in TABLES:
        op.execute(f"DROP TABLE {table}")
    op.execute("ALTER TABLE todos NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM todos WHERE kind = 'alert'")
    op.execute("ALTER TABLE todos FORCE ROW LEVEL SECURITY")


def _give_rules() -> None:
    # Many KPIs take longer than the minute that a statement has.
    op.execute("SET LOCAL statement_timeout = 0")
    tables = ("kpis", "alert_rules", "background_tasks")
    for each in tables:
        op.execute(f"ALTER TABLE {each} NO FORCE ROW LEVEL SECURITY")
    op.execute(GIVE_RULES)
    op.execute(EVALUATE)
    for each in tables:
        op.execute(f"ALTER TABLE {each} FORCE ROW LEVEL SECURITY")
