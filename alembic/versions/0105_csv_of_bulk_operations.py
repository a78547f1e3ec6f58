"""CSV files of bulk operations: how each is read."""

from alembic import op

revision = "0105"
down_revision = "0104"

COLUMNS = {
    "encoding": "TEXT CONSTRAINT ck_bulk_operations_encoding"
    " CHECK (encoding IN ('utf_8', 'utf_16', 'windows_1252'))",
    "separator": "TEXT CONSTRAINT ck_bulk_operations_separator"
    " CHECK (separator IN ('comma', 'semicolon', 'tab', 'bar'))",
    "date_form": "TEXT CONSTRAINT ck_bulk_operations_date_form CHECK (date_form IN ("
    "'year_month_day', 'year_month_day_slashes', 'year_month_day_digits', 'day_month_year_dots',"
    " 'day_month_year_slashes', 'month_day_year_slashes', 'day_month_year'))",
    "columns": "JSONB NOT NULL DEFAULT '[]'",
}


def upgrade() -> None:
    """Add the columns; no operation has a CSV file."""
    for name, definition in COLUMNS.items():
        op.execute(f"ALTER TABLE bulk_operations ADD COLUMN {name} {definition}")


def downgrade() -> None:
    """Drop the columns."""
    for name in COLUMNS:
        op.execute(f"ALTER TABLE bulk_operations DROP COLUMN {name}")
