"""Key results may follow a KPI."""

from uuid import UUID

from alembic import op

revision = "0039"
down_revision = "0038"

FOREIGN_KEY = "fk_key_results_kpi_id"
CHECK = "ck_key_results_kpi_basis"
INDEX = "ix_key_results_kpi_id_goal_id"


def upgrade() -> None:
    """Add the link of a key result to a KPI. No row has one yet."""
    op.execute("ALTER TABLE key_results ADD COLUMN kpi_id UUID")
    op.execute("ALTER TABLE key_results ADD COLUMN kpi_basis TEXT")
    op.execute("ALTER TABLE key_results ADD COLUMN is_published BOOLEAN")
    op.execute(
        f"ALTER TABLE key_results ADD CONSTRAINT {FOREIGN_KEY} FOREIGN KEY (tenant_id, kpi_id)"
        " REFERENCES kpis (tenant_id, id) NOT VALID"
    )
    op.execute(
        f"ALTER TABLE key_results ADD CONSTRAINT {CHECK}"
        " CHECK (kpi_basis IN ('latest', 'sum')) NOT VALID"
    )
    with op.get_context().autocommit_block():
        # The new columns are empty; row-level security needs some tenant to validate them for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        for name in (FOREIGN_KEY, CHECK):
            op.execute(f"ALTER TABLE key_results VALIDATE CONSTRAINT {name}")
        op.execute("RESET app.tenant_id")
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {INDEX}"
            " ON key_results (tenant_id, kpi_id, goal_id) WHERE kpi_id IS NOT NULL"
        )
        op.execute("SET statement_timeout = '60s'")
        op.execute("SET lock_timeout = '2s'")


def downgrade() -> None:
    """Remove the link; key results keep their last values."""
    for each in ("kpi_id", "kpi_basis", "is_published"):
        op.execute(f"ALTER TABLE key_results DROP COLUMN {each}")
