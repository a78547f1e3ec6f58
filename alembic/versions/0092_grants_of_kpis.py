"""Grants may name one KPI."""

from uuid import UUID

from alembic import op

revision = "0092"
down_revision = "0091"

POPULATIONS = ("everyone", "organization", "teams_led", "reporting_chain", "self")
CONSTRAINT = "fk_role_grants_kpi_id"
INDEX = "ix_role_grants_kpi_id"


def upgrade() -> None:
    """Add the column and the population. No grant that exists has it."""
    op.execute("ALTER TABLE role_grants ADD COLUMN kpi_id UUID")
    op.execute(
        f"ALTER TABLE role_grants ADD CONSTRAINT {CONSTRAINT} FOREIGN KEY"
        " (tenant_id, kpi_id) REFERENCES kpis (tenant_id, id) NOT VALID"
    )
    _allow(*POPULATIONS, "kpi")
    with op.get_context().autocommit_block():
        # The new column is empty; row-level security needs some tenant to validate it for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        op.execute(f"ALTER TABLE role_grants VALIDATE CONSTRAINT {CONSTRAINT}")
        op.execute("RESET app.tenant_id")
        op.execute("ALTER TABLE role_grants VALIDATE CONSTRAINT ck_role_grants_population")
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        op.execute(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {INDEX} ON role_grants (tenant_id, kpi_id)"
        )
        op.execute("SET statement_timeout = '60s'")
        op.execute("SET lock_timeout = '2s'")


def downgrade() -> None:
    """Take the grants of single KPIs away, and the column."""
    op.execute("ALTER TABLE role_grants NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM role_grants WHERE population = 'kpi'")
    op.execute("ALTER TABLE role_grants FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE role_grants DROP COLUMN kpi_id")
    _allow(*POPULATIONS)
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE role_grants VALIDATE CONSTRAINT ck_role_grants_population")


def _allow(*populations: str) -> None:
    listed = ", ".join(f"'{each}'" for each in populations)
    op.execute("ALTER TABLE role_grants DROP CONSTRAINT ck_role_grants_population")
    op.execute(
        "ALTER TABLE role_grants ADD CONSTRAINT ck_role_grants_population"
        f" CHECK (population IN ({listed})) NOT VALID"
    )
