"""KPIs that Trellis measures from its own data."""

from alembic import op

revision = "0052"
down_revision = "0051"

MEASURES = (
    "'headcount_start', 'headcount_end', 'headcount_average', 'headcount_daily_average',"
    " 'joiners', 'leavers'"
)


def upgrade() -> None:
    """Add the measure of a definition; existing ones have none."""
    op.execute(
        "ALTER TABLE kpi_definitions ADD COLUMN measure TEXT"
        f" CONSTRAINT ck_kpi_definitions_measure CHECK (measure IN ({MEASURES}))"
    )


def downgrade() -> None:
    """Remove it. What was measured stays, as values that nobody measures again."""
    op.execute("ALTER TABLE kpi_definitions DROP COLUMN measure")
