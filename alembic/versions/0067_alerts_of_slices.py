"""Alert rules may look at slices, and alerts are about one."""

from uuid import UUID

from alembic import op

revision = "0067"
down_revision = "0066"

TABLES = ("alert_rules", "alerts")
FORMER_INDEX = "uq_alerts_rule_id_first_ordinal"
INDEX = "uq_alerts_rule_id_member_id_first_ordinal"
INDEXES = (
    (
        f"UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {INDEX} ON alerts"
        " (tenant_id, rule_id, member_id, first_ordinal) NULLS NOT DISTINCT"
    ),
    (
        "INDEX CONCURRENTLY IF NOT EXISTS ix_alerts_member_id ON alerts"
        " (tenant_id, member_id) WHERE member_id IS NOT NULL"
    ),
    (
        "INDEX CONCURRENTLY IF NOT EXISTS ix_alert_rules_member_id ON alert_rules"
        " (tenant_id, member_id) WHERE member_id IS NOT NULL"
    ),
    (
        "INDEX CONCURRENTLY IF NOT EXISTS ix_alert_rules_dimension_id ON alert_rules"
        " (tenant_id, dimension_id) WHERE dimension_id IS NOT NULL"
    ),
)


def upgrade() -> None:
    """Add the columns. Rules and alerts that exist are about totals."""
    op.execute("ALTER TABLE alert_rules ADD COLUMN dimension_id UUID")
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ADD COLUMN member_id UUID")
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT fk_{table}_member_id FOREIGN KEY"
            " (tenant_id, member_id) REFERENCES kpi_dimension_members (tenant_id, id) NOT VALID"
        )
    with op.get_context().autocommit_block():
        # The new columns are empty; row-level security needs some tenant to validate them for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT fk_{table}_member_id")
        op.execute("RESET app.tenant_id")
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        for each in INDEXES:
            op.execute(f"CREATE {each}")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {FORMER_INDEX}")
        op.execute("SET statement_timeout = '60s'")
        op.execute("SET lock_timeout = '2s'")


def downgrade() -> None:
    """Remove the rules and alerts of slices, and the columns."""
    for table, column in (("alerts", "member_id"), ("alert_rules", "dimension_id")):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"DELETE FROM {table} WHERE {column} IS NOT NULL")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE UNIQUE INDEX {FORMER_INDEX} ON alerts (tenant_id, rule_id, first_ordinal)")
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN member_id")
    op.execute("ALTER TABLE alert_rules DROP COLUMN dimension_id")
