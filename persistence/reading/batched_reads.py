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
from persistence.reading.compile_context import UUID_TYPE
from persistence.reading.compiler import Compiler
from persistence.reading.plan_cache import (
    ParameterSource,
    Plan,
    PlanBuilder,
    PlanCache,
    get_type_name,
    render_sql,
)
from persistence.reading.read_model import ReadModel
from persistence.reading.reader import UNUSABLE_ARGUMENT_MESSAGE, Connection
from persistence.reading.selection import Field, ReadRequest

REQUESTED_ID: ColumnElement[UUID] = literal_column('"~wanted".id', UUID_TYPE)

BatchResult = Mapping["BatchEntry", Sequence[bytes | None]]
"""What each run gets of each object, in the order of the ids; None where it may not see it."""


class BatchEntry(NamedTuple):
    """What a run has to do with a statement that it shares: which one it is, and the run's row."""

    sql: str
    row: bytes


class BatchPlanBuilder(PlanBuilder):
    """A plan in the making whose bound values are columns, with a row for each run."""

    def bind(self, source: ParameterSource, type_: TypeEngine[Any]) -> ColumnElement[Any]:
        """The column in which each run has what the source supplies."""
        name = f'"~asked".v{len(self.parameters)}'
        column: ColumnElement[Any] = literal_column(name, type_)
        return self.parameters.setdefault((source, get_type_name(type_)), column)

    def build_plan(self, statement: Select[Any]) -> Plan:
        """The statement for all runs, whose rows come as JSON, and for objects by their ids."""
        types = (type_ for _, type_ in self.parameters)
        columns = ", ".join(["n integer", *(f"v{n} {type_}" for n, type_ in enumerate(types))])
        sql = (
            f'SELECT "~asked".n, "~wanted".nth - 1 AS nth, ({render_sql(statement)}) AS json'
            f' FROM json_to_recordset($1) AS "~asked" ({columns}),'
            f' unnest($2::uuid[]) WITH ORDINALITY AS "~wanted" (id, nth)'
        )
        return Plan(sql, tuple(source for source, _ in self.parameters))


@dataclass(frozen=True)
class SharedSelection:
    """What many ask of objects of one kind: the selection of one field of a document."""

    model: ReadModel
    field: Field

    def create_entry(self, request: ReadRequest) -> BatchEntry:
        """What this run brings along. Raises a Refusal where its input is unusable."""
        plan = self._get_plan_cache().get_or_build(request)
        values = enumerate(plan.resolve_parameters(request))
        return BatchEntry(
            plan.sql, b"".join(b',"v%d":%b' % (n, _encode_json(value)) for n, value in values)
        )

    def _get_plan_cache(self) -> PlanCache:
        found: PlanCache | None = self.field.plan_caches.get(SharedSelection)
        if found is None:
            found = self.field.plan_caches[SharedSelection] = PlanCache(
                self._build_statement, BatchPlanBuilder
            )
        return found

    def _build_statement(self, builder: PlanBuilder) -> Select[Any]:
        compiler = Compiler(builder, null_tolerant=True)
        return select(compiler.compile_object_by_id(self.model, self.field, REQUESTED_ID))


async def read_batch(
    connection: Connection, entries: Iterable[BatchEntry], ids: Sequence[UUID]
) -> BatchResult:
    """Read objects for all who take part. Raises Invalid where somebody's input is unusable."""
    found: dict[BatchEntry, list[bytes | None]] = {part: [None] * len(ids) for part in entries}
    entries_by_sql: dict[str, list[BatchEntry]] = defaultdict(list)
    for part in found:
        entries_by_sql[part.sql].append(part)
    for sql, batch in entries_by_sql.items():
        rows = b",".join(b'{"n":%d%b}' % (n, each.row) for n, each in enumerate(batch))
        try:
            answer = await connection.fetch(sql, b"[%b]" % rows, ids)
        except asyncpg.DataError:
            raise Invalid(UNUSABLE_ARGUMENT_MESSAGE) from None
        for n, nth, value in answer:
            found[batch[n]][nth] = value
    return found


def _encode_json(value: Any) -> bytes:
    return orjson.dumps(value, default=_convert_for_json)


def _convert_for_json(value: Any) -> str:
    """What JSON has no form for, as PostgreSQL reads it."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(f"{type(value)} has no form in JSON.")
