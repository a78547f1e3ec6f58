"""Computed values say why there is none."""

from alembic import op

revision = "0032"
down_revision = "0031"

TABLES = ("kpi_measurements", "kpi_measurement_revisions")
STATES = "'measured', 'not_applicable'"
GAPS = "'not_measured', 'not_applicable', 'division_by_zero', 'no_such_period', 'out_of_range'"


def upgrade() -> None:
    """Add the reason and its explanation, and the state of a value that misses inputs."""
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ADD COLUMN gap TEXT")
        op.execute(f"ALTER TABLE {table} ADD COLUMN explanation TEXT")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_gap CHECK (gap IN ({GAPS}))")
        _limit_states(table, f"{STATES}, 'not_measured'")


def downgrade() -> None:
    """Remove what computed KPIs added."""
    for table in TABLES:
        # Without a tenant, row-level security would be in the way; its force returns below.
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"DELETE FROM {table} WHERE state = 'not_measured'")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DROP COLUMN explanation")
        op.execute(f"ALTER TABLE {table} DROP COLUMN gap")
        _limit_states(table, STATES)


def _limit_states(table: str, states: str) -> None:
    name = f"ck_{table}_state"
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (state IN ({states}))")
