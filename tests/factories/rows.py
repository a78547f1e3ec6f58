"""Plain rows for any table, derived from its columns; a row creates the rows that it references."""

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from domain.kernel.identity import generate_id
from persistence.kernel.engine_kind import count_inserted
from persistence.kernel.schema.derived_columns import derive_values
from persistence.kernel.schema.tables import EnumText, metadata
from tests.factories.actors import NOW, TODAY

Row = dict[str, Any]
INSERT = count_inserted(
    "INSERT INTO {table} ({columns})"
    " SELECT {columns} FROM json_populate_recordset(NULL::{table}, $1::json)"
)

EXCLUSIVE_REFERENCES: Mapping[str, Mapping[str, Row]] = {
    "goals": {
        "owner_person_id": {"owner_kind": "person"},
        "owner_team_id": {"owner_kind": "team"},
        "owner_organization_id": {"owner_kind": "organization"},
    },
    "kpis": {
        "organization_id": {"scope_kind": "organization"},
        "team_id": {"scope_kind": "team"},
    },
    "annotations": {
        "kpi_id": {"scope_kind": "kpi"},
        "organization_id": {"scope_kind": "organization"},
        "team_id": {"scope_kind": "team"},
    },
    "kpi_review_schedules": {
        "kpi_id": {"subject_kind": "kpi"},
        "scorecard_id": {"subject_kind": "scorecard"},
    },
    "scorecards": {
        "organization_id": {"scope_kind": "organization"},
        "team_id": {"scope_kind": "team"},
    },
    "feedback_program_raters": {"person_id": {"rater_group": "peer"}},
    "kpi_measurements": {"kpi_id": {"state": "measured", "value": 1}},
}
"""Tables in which one of several references is set, with its column values; the default first."""

BOUNDED_VALUES = {("tenants", "suppression_threshold"): 5}
"""The values of columns with a lower bound, by table and column."""

TABLES_KEYED_BY_TENANT = ("tenants",)
"""Tables whose only row has the tenant's own id."""


class RowFactory:
    """A factory of one row for every table of a tenant, with a mark in every text."""

    def __init__(self, tenant_id: UUID, mark: str) -> None:
        self.tenant_id = tenant_id
        self.mark = mark
        self.rows: dict[str, Row] = {}
        self.positions = count(1)

    def get_row(self, table: Table) -> Row:
        """Return the tenant's row of a table; build it on first use, after its references."""
        if table.name not in self.rows:
            self.rows[table.name] = self.build_row(table)
        return self.rows[table.name]

    def build_row(self, table: Table, **given: Any) -> Row:
        """Build another row of a table, without storing it."""
        choice = EXCLUSIVE_REFERENCES.get(table.name, {})
        chosen = next((name for name in given if name in choice), next(iter(choice), None))
        row = {
            each.name: self._generate_column_value(table, each, chosen) for each in table.columns
        }
        row |= choice[chosen] if chosen else {}
        return row | given

    def _generate_column_value(self, table: Table, column: Column[Any], chosen: str | None) -> Any:
        if column.name == "tenant_id" or (
            column.name == "id" and table.name in TABLES_KEYED_BY_TENANT
        ):
            return self.tenant_id
        if column.foreign_keys:
            if column.nullable and column.name != chosen:
                return None
            return self.get_row(next(iter(column.foreign_keys)).column.table)["id"]
        if column.nullable and not isinstance(column.type, Text):
            return None
        if column.name in ("position", "answer") and not isinstance(column.type, Text):
            return next(self.positions)  # they are unique among siblings
        bounded = BOUNDED_VALUES.get((table.name, column.name))
        return generate_value(column, self.mark) if bounded is None else bounded


VALUE_GENERATORS: tuple[tuple[tuple[type, ...], Callable[[str], Any]], ...] = (
    ((Uuid,), lambda _: generate_id()),
    ((Text,), lambda mark: f"{mark} {generate_id()}"),
    ((LargeBinary,), lambda mark: mark.encode()),
    ((Date,), lambda _: TODAY),
    ((DateTime,), lambda _: NOW),
    ((BigInteger, Integer, Numeric, Double), lambda _: 1),
    ((Boolean,), lambda _: False),
    ((JSONB,), lambda _: {}),
)


def generate_value(column: Column[Any], mark: str) -> Any:
    """Generate a value for a column without a reference. Raises LookupError for unknown types."""
    if isinstance(column.type, EnumText):
        return next(iter(column.type.enum_type)).value
    for kinds, value in VALUE_GENERATORS:
        if isinstance(column.type, kinds):
            return value(mark)
    raise LookupError(f"Say in {__name__} what {column} may hold.")


async def insert_rows(connection: Any, table: str, rows: Iterable[Row]) -> None:
    """Insert plain rows into a table of the connection's tenant. Other columns get defaults."""
    known = metadata.tables.get(table)
    listed = [(derive_values(known, row) if known is not None else {}) | row for row in rows]
    if not listed:
        return
    columns = ", ".join(dict.fromkeys(name for row in listed for name in row))
    text = json.dumps(listed, default=_encode_value, ensure_ascii=False)
    await connection.execute(INSERT.format(table=table, columns=columns), text.encode())


def _encode_value(value: object) -> str:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)


async def a_row_of_everything(connection: Any, tenant_id: UUID, mark: str) -> RowFactory:
    """Store a row of every table of a tenant, in its own transaction."""
    rows = RowFactory(tenant_id, mark)
    async with connection.transaction():
        await connection.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        for table in metadata.sorted_tables:
            if table.schema is None:
                await insert_rows(connection, table.name, [rows.get_row(table)])
    return rows
