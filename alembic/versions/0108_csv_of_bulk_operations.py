"""CSV files and queries of bulk operations: how each is read."""

from alembic import op

revision = "0108"
down_revision = "0107"

COLUMNS = {
    "encoding": "TEXT CONSTRAINT ck_bulk_operations_encoding"
    " CHECK (encoding IN ('utf_8', 'utf_16', 'windows_1252'))",
    "separator": "TEXT CONSTRAINT ck_bulk_operations_separator"
    " CHECK (separator IN ('comma', 'semicolon', 'tab', 'bar'))",
    "date_form": "TEXT CONSTRAINT ck_bulk_operations_date_form CHECK (date_form IN ("
    "'year_month_day', 'year_month_day_slashes', 'year_month_day_digits', 'day_month_year_dots',"
    " 'day_month_year_slashes', 'month_day_year_slashes', 'day_month_year'))",
    "columns": "JSONB NOT NULL DEFAULT '[]'",
    "query": "TEXT",
    "cursor": "TEXT",
}
KINDS = "'upsert_people', 'upsert_organizations', 'upsert_teams', 'record_measurements'"
FAILURES = (
    "'owner_without_access', 'sync_run_refused', 'file_missing', 'rows_unreadable',"
    " 'row_too_long', 'results_too_large', 'timeout'"
)
CHECK = "ALTER TABLE bulk_operations ADD CONSTRAINT ck_bulk_operations_{0} CHECK ({0} IN ({1}))"
DROP = "ALTER TABLE bulk_operations DROP CONSTRAINT ck_bulk_operations_{0}"


def upgrade() -> None:
    """Add the columns and the kind; no operation has a CSV file or a query."""
    for name, values in (
        ("kind", f"{KINDS}, 'query'"),
        ("failure", f"{FAILURES}, 'query_refused'"),
    ):
        op.execute(DROP.format(name))
        op.execute(CHECK.format(name, values))
    for name, definition in COLUMNS.items():
        op.execute(f"ALTER TABLE bulk_operations ADD COLUMN {name} {definition}")


def downgrade() -> None:
    """Drop the columns and the operations with queries."""
    op.execute("ALTER TABLE bulk_operations NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM bulk_operations WHERE kind = 'query' OR failure = 'query_refused'")
    op.execute("ALTER TABLE bulk_operations FORCE ROW LEVEL SECURITY")
    for name, values in (("kind", KINDS), ("failure", FAILURES)):
        op.execute(DROP.format(name))
        op.execute(CHECK.format(name, values))
    for name in COLUMNS:
        op.execute(f"ALTER TABLE bulk_operations DROP COLUMN {name}")
