"""KPIs about people, and the figures of their values that are about few of them."""

from alembic import op

revision = "0042"
down_revision = "0041"

TABLES = ("kpi_measurements", "kpi_measurement_revisions")
STATES = "'measured', 'not_applicable', 'not_measured'"
GAPS = "'not_measured', 'not_applicable', 'division_by_zero', 'no_such_period', 'out_of_range'"
VALIDATED = ("ck_{}_state", "ck_{}_gap")
WITHHELD = {
    "withheld_value": "NUMERIC",
    "withheld_numerator": "NUMERIC",
    "withheld_denominator": "NUMERIC",
    "withheld_item_count": "INTEGER",
}


def upgrade() -> None:
    """Add what is withheld, the state that says so, and the settings that decide it."""
    op.execute("ALTER TABLE kpis ADD COLUMN describes_people BOOLEAN NOT NULL DEFAULT false")
    op.execute(
        "ALTER TABLE tenants ADD COLUMN suppression_threshold INTEGER NOT NULL DEFAULT 5"
        " CONSTRAINT ck_tenants_suppression_threshold"
        " CHECK (suppression_threshold BETWEEN 3 AND 100)"
    )
    for table in TABLES:
        for name, type_ in WITHHELD.items():
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {type_}")
        _limit(table, "state", f"{STATES}, 'suppressed'")
        _limit(table, "gap", f"{GAPS}, 'suppressed'")
    _validate()


def downgrade() -> None:
    """Remove all suppressed values: without the state, nothing says that they are not shown."""
    for table in TABLES:
        # Without a tenant, row-level security would be in the way; its force returns below.
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"DELETE FROM {table} WHERE state = 'suppressed'")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        _limit(table, "state", STATES)
        _limit(table, "gap", GAPS)
        for name in WITHHELD:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
    op.execute("ALTER TABLE tenants DROP COLUMN suppression_threshold")
    op.execute("ALTER TABLE kpis DROP COLUMN describes_people")
    _validate()


def _limit(table: str, column: str, values: str) -> None:
    name = f"ck_{table}_{column}"
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    check = f"CHECK ({column} IN ({values})) NOT VALID"
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {check}")


def _validate() -> None:
    with op.get_context().autocommit_block():
        for table in TABLES:
            for name in VALIDATED:
                op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name.format(table)}")
