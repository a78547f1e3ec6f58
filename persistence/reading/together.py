"""Reading together: the same of some objects for many runs, in one statement.

What a plan binds for one run is here a row for each run, and the plan is evaluated for every row.
So a run gets what it would have got by itself, and runs that bind the same are read for once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import ColumnElement, Select, literal_column, select
from sqlalchemy.types import TypeEngine

from domain.kernel.errors import Invalid
from persistence.reading.asking import ANY_UUID
from persistence.reading.compiler import Compiler
from persistence.reading.plans import Draft, Plan, Plans, Source, name_of, written
from persistence.reading.readable import Readable
from persistence.reading.reader import UNUSABLE, Connection
from persistence.reading.selection import Field, Run

WANTED: ColumnElement[UUID] = literal_column('"~wanted".id', ANY_UUID)

Read = Mapping["Part", Sequence[bytes | None]]
"""What each run gets of each object, in the order of the ids; None where it may not see it."""


class Part(NamedTuple):
    """What a run has to do with a statement that it shares: which one it is, and the run's row."""

    sql: str
    row: bytes


class Roll(Draft):
    """A plan in the making whose bound values are columns, with a row for each run."""

    def bind(self, source: Source, type_: TypeEngine[Any]) -> ColumnElement[Any]:
        """The column in which each run has what the source supplies."""
        name = f'"~asked".v{len(self.bound)}'
        column: ColumnElement[Any] = literal_column(name, type_)
        return self.bound.setdefault((source, name_of(type_)), column)

    def finish(self, statement: Select[Any]) -> Plan:
        """The statement for all runs, whose rows come as JSON, and for objects by their ids."""
        types = (type_ for _, type_ in self.bound)
        columns = ", ".join(["n integer", *(f"v{n} {type_}" for n, type_ in enumerate(types))])
        sql = (
            f'SELECT "~asked".n, "~wanted".nth - 1 AS nth, ({written(statement)}) AS json'
            f' FROM json_to_recordset($1) AS "~asked" ({columns}),'
            f' unnest($2::uuid[]) WITH ORDINALITY AS "~wanted" (id, nth)'
        )
        return Plan(sql, tuple(source for source, _ in self.bound))


@dataclass(frozen=True)
class Shared:
    """What many ask of objects of one kind: the selection of one field of a document."""

    kind: Readable
    asked: Field

    def part(self, run: Run) -> Part:
        """What this run brings along. Raises a Refusal where its input is unusable."""
        plan = self._plans().plan(run)
        values = enumerate(plan.values(run))
        return Part(plan.sql, b"".join(b',"v%d":%b' % (n, _json(value)) for n, value in values))

    def _plans(self) -> Plans:
        found: Plans | None = self.asked.kept.get(Shared)
        if found is None:
            found = self.asked.kept[Shared] = Plans(self._statement, Roll)
        return found

    def _statement(self, draft: Draft) -> Select[Any]:
        compiler = Compiler(draft, careful=True)
        return select(compiler.by_id(self.kind, self.asked, WANTED))


async def read_together(connection: Connection, parts: Iterable[Part], ids: Sequence[UUID]) -> Read:
    """Read objects for all who take part. Raises Invalid where somebody's input is unusable."""
    found: dict[Part, list[bytes | None]] = {part: [None] * len(ids) for part in parts}
    sharing: dict[str, list[Part]] = defaultdict(list)
    for part in found:
        sharing[part.sql].append(part)
    for sql, those in sharing.items():
        rows = b",".join(b'{"n":%d%b}' % (n, each.row) for n, each in enumerate(those))
        try:
            answer = await connection.fetch(sql, b"[%b]" % rows, ids)
        except asyncpg.DataError:
            raise Invalid(UNUSABLE) from None
        for n, nth, value in answer:
            found[those[n]][nth] = value
    return found


def _json(value: Any) -> bytes:
    return orjson.dumps(value, default=_plain)


def _plain(value: Any) -> str:
    """What JSON has no form for, as PostgreSQL reads it."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(f"{type(value)} has no form in JSON.")
