"""KPIs that Trellis measures from reviews: one more measure."""

from uuid import UUID

from alembic import op

revision = "0068"
down_revision = "0067"

KNOWN = (
    "'headcount_start', 'headcount_end', 'headcount_average', 'headcount_daily_average',"
    " 'joiners', 'leavers', 'goal_attainment', 'check_in_discipline'"
)
NEW = "'review_completion'"


def upgrade() -> None:
    """Allow the measure of reviews."""
    _limit(f"{KNOWN}, {NEW}")


def downgrade() -> None:
    """Remove it. What was measured stays, as values that nobody measures again."""
    # Without a tenant, row-level security would be in the way.
    op.execute("ALTER TABLE kpi_definitions NO FORCE ROW LEVEL SECURITY")
    op.execute(f"UPDATE kpi_definitions SET measure = NULL WHERE measure = {NEW}")
    op.execute("ALTER TABLE kpi_definitions FORCE ROW LEVEL SECURITY")
    _limit(KNOWN)


def _limit(measures: str) -> None:
    op.execute("ALTER TABLE kpi_definitions DROP CONSTRAINT ck_kpi_definitions_measure")
    op.execute(
        "ALTER TABLE kpi_definitions ADD CONSTRAINT ck_kpi_definitions_measure"
        f" CHECK (measure IN ({measures})) NOT VALID"
    )
    with op.get_context().autocommit_block():
        # Row-level security needs some tenant to validate it for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        op.execute("ALTER TABLE kpi_definitions VALIDATE CONSTRAINT ck_kpi_definitions_measure")
        op.execute("RESET app.tenant_id")
