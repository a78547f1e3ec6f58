"""Kinds of leaving, and the measures of voluntary and involuntary leavers."""

from uuid import UUID

from alembic import op

revision = "0074"
down_revision = "0073"

KINDS = "'voluntary', 'involuntary', 'retirement', 'death', 'end_of_contract', 'other'"
COUNTS = (
    "'headcount_start', 'headcount_end', 'headcount_average', 'headcount_daily_average',"
    " 'joiners', 'leavers'"
)
OTHERS = "'goal_attainment', 'check_in_discipline', 'review_completion'"
NEW = "'voluntary_leavers', 'involuntary_leavers'"


def upgrade() -> None:
    """Add the column, which is unknown for all leavings so far, and allow the measures."""
    op.execute(
        "ALTER TABLE employments ADD COLUMN leaving_kind TEXT"
        f" CONSTRAINT ck_employments_leaving_kind CHECK (leaving_kind IN ({KINDS}))"
    )
    _limit(f"{COUNTS}, {NEW}, {OTHERS}")


def downgrade() -> None:
    """Remove both. What was measured stays, as values that nobody measures again."""
    # Without a tenant, row-level security would be in the way.
    op.execute("ALTER TABLE kpi_definitions NO FORCE ROW LEVEL SECURITY")
    op.execute(f"UPDATE kpi_definitions SET measure = NULL WHERE measure IN ({NEW})")
    op.execute("ALTER TABLE kpi_definitions FORCE ROW LEVEL SECURITY")
    _limit(f"{COUNTS}, {OTHERS}")
    op.execute("ALTER TABLE employments DROP COLUMN leaving_kind")


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
