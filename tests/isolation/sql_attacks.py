"""Attacks by SQL: every kind of statement that could reach another tenant's row, for any table."""

import io
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Table

from domain.kernel.identity import generate_id
from domain.kernel.periods import ONE_DAY
from tests.factories.actors import NOW, TODAY
from tests.factories.rows import Row, RowFactory

NOTHING = "nothing"
DENIED, NO_CONTEXT, EMPTY_CONTEXT, NO_REFERENCE = "42501", "42704", "22P02", "23503"

OTHER_SERVER = frozenset({NO_CONTEXT, EMPTY_CONTEXT})
"""How another server of a Citus refuses: its session has had no tenant yet, or has left one."""

REFUSALS_OF_CITUS: Mapping[str, frozenset[str]] = {
    "COPY out": OTHER_SERVER,
    "give away": frozenset({"0A000"}),
    "take over": frozenset({"0A000"}),
    "MERGE": frozenset({"XX000"}),
    "TRUNCATE": frozenset({"55P03"}),
}
"""How Citus refuses attacks before a policy is asked, by their kind. COPY of a whole table enters
no tenant on other servers, the column of distribution cannot be changed, MERGE cannot run together
with a policy, and TRUNCATE may wait for locks before it asks for a privilege."""

FURTHER_ROWS: Mapping[str, Row] = {
    "kpi_definitions": {"starts_on": TODAY + ONE_DAY},
    "kpi_measurements": {"period_ordinal": 2},
    "jobs": {"superseded_at": NOW},
    "calibration_subjects": {"packet_id": generate_id()},
}
"""Values of a further row of a table, where one row of that kind is all that may be stored."""

Connection = Any


@dataclass(frozen=True)
class SqlAttack:
    """A statement against another tenant. `safe_outcomes` keep the tenants apart."""

    kind: str
    sql: str
    arguments: tuple[object, ...] = ()
    safe_outcomes: frozenset[str] = frozenset({DENIED})
    copy_method: str = ""

    async def run(self, connection: Connection, other: UUID) -> str:
        """Return the outcome: nothing, the code of an error, or the rows that were reached."""
        try:
            reached = await self._count_reached_rows(connection, other)
        except asyncpg.PostgresError as error:
            return str(error.sqlstate)
        return f"reached {reached}" if reached else NOTHING

    async def _count_reached_rows(self, connection: Connection, other: UUID) -> int:
        if self.copy_method:
            out = io.BytesIO()
            await getattr(connection, self.copy_method)(self.sql, output=out)
            return out.getvalue().count(str(other).encode())
        rows = await connection.fetch(self.sql, *self.arguments)
        return sum(str(other) in str(row) for row in rows)


@dataclass(frozen=True)
class TenantPair:
    """Two tenants with a row of every table: the attacking one and the attacked one."""

    own: RowFactory
    other: RowFactory


def generate_attacks(table: Table, sides: TenantPair) -> Iterator[SqlAttack]:
    """Generate every attack on a table."""
    yield from _generate_reads(table.name, sides)
    yield from _generate_changes(table.name, sides)
    yield from _generate_inserts(table, sides)
    yield from _generate_references(table, sides)


def _generate_reads(name: str, sides: TenantPair) -> Iterator[SqlAttack]:
    other, none = sides.other.tenant_id, frozenset({NOTHING})
    theirs = f"SELECT * FROM {name} WHERE tenant_id = $1"
    yield SqlAttack("SELECT", theirs, (other,), none)
    yield SqlAttack("SELECT everything", f"SELECT * FROM {name}", (), none)
    yield SqlAttack("SELECT FOR UPDATE", f"{theirs} FOR UPDATE", (other,), none | {DENIED})
    yield SqlAttack("SELECT FOR KEY SHARE", f"{theirs} FOR KEY SHARE", (other,), none | {DENIED})
    yield SqlAttack("COPY out", name, (), none, "copy_from_table")
    yield SqlAttack("COPY query out", f"SELECT * FROM {name}", (), none, "copy_from_query")


def _generate_changes(name: str, sides: TenantPair) -> Iterator[SqlAttack]:
    other, own = sides.other.tenant_id, sides.own.tenant_id
    where, may = "WHERE tenant_id = $1 RETURNING *", frozenset({NOTHING, DENIED})
    yield SqlAttack("UPDATE", f"UPDATE {name} SET tenant_id = tenant_id {where}", (other,), may)
    yield SqlAttack("DELETE", f"DELETE FROM {name} {where}", (other,), may)
    yield SqlAttack("give away", f"UPDATE {name} SET tenant_id = $2 {where}", (own, other))
    yield SqlAttack("take over", f"UPDATE {name} SET tenant_id = $2 {where}", (other, own), may)
    yield SqlAttack(
        "MERGE",
        f"MERGE INTO {name} AS t USING (SELECT $1::uuid AS id) AS s ON t.tenant_id = s.id"
        " WHEN MATCHED THEN DELETE",
        (other,),
        may,
    )
    yield SqlAttack("TRUNCATE", f"TRUNCATE {name} CASCADE")


def _generate_inserts(table: Table, sides: TenantPair) -> Iterator[SqlAttack]:
    name, row = table.name, sides.other.get_row(table)
    key = ", ".join(each.name for each in table.primary_key)
    again, text = _build_insert(name, row)
    yield SqlAttack("INSERT", *_build_insert(name, sides.other.build_row(table)))
    yield SqlAttack("INSERT RETURNING", f"{again} RETURNING *", text)
    yield SqlAttack("upsert DO NOTHING", f"{again} ON CONFLICT DO NOTHING", text)
    update = "DO UPDATE SET tenant_id = excluded.tenant_id"
    yield SqlAttack("upsert DO UPDATE", f"{again} ON CONFLICT ({key}) {update} RETURNING *", text)


def _generate_references(table: Table, sides: TenantPair) -> Iterator[SqlAttack]:
    """Generate references to another tenant's row, which must fail like references to none."""
    for constraint in table.foreign_key_constraints:
        (column,) = (each.name for each in constraint.columns if each.name != "tenant_id")
        target = sides.other.get_row(constraint.referred_table)["id"]
        for whose, id in (("theirs", target), ("nobody's", generate_id())):
            given = {**FURTHER_ROWS.get(table.name, {}), column: id}
            row = sides.own.build_row(table, **given)
            kind = f"reference by {column}: {whose}"
            yield SqlAttack(kind, *_build_insert(table.name, row), frozenset({NO_REFERENCE}))


def _build_insert(name: str, row: Row) -> tuple[str, tuple[object, ...]]:
    given = [each for each in row if row[each] is not None]
    places = ", ".join(f"${number}" for number, _ in enumerate(given, 1))
    values = tuple("{}" if row[each] == {} else row[each] for each in given)
    return f"INSERT INTO {name} ({', '.join(given)}) VALUES ({places})", values


@asynccontextmanager
async def open_rolled_back_transaction(connection: Connection) -> AsyncIterator[None]:
    """Open a transaction that is rolled back."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield
    finally:
        await transaction.rollback()


async def enter_tenant(connection: Connection, tenant_id: UUID) -> None:
    await connection.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
