"""Batched reads: the same selection of some objects for many subscribers, in one statement.

The parameters of each request become one row, and the statement is evaluated for every row. So each
request gets the result that it would get alone, and requests with equal parameters share a row.
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
from persistence.reading.parameters import ActorAttribute, ArgumentValue, IdParser
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
from persistence.reading.selection import Field, ReadRequest, Selection

REQUESTED_ID: ColumnElement[UUID] = literal_column('"~wanted".id', UUID_TYPE)

REQUESTED_SUBJECT_ID: ColumnElement[UUID] = literal_column('"~wanted".subject_id', UUID_TYPE)
"""The object that a change is sent for, where it is not the one that changed."""

TENANT = ActorAttribute("tenant_id")
TENANT_ID: ColumnElement[UUID] = literal_column("$3::uuid", UUID_TYPE)
"""A parameter of the statement and no column: Citus finds the server of a tenant by it."""

BatchResult = Mapping["BatchEntry", Sequence[bytes | None]]
"""The JSON of each object by request, in the order of the ids; None if it is not visible."""


class BatchEntry(NamedTuple):
    """The statement that a request shares with others of its tenant, and its row of parameters."""

    sql: str
    tenant_id: UUID
    row: bytes


class BatchPlanBuilder(PlanBuilder):
    """A builder of plans whose parameters are columns, with one row for each request."""

    def bind(self, source: ParameterSource, type_: TypeEngine[Any]) -> ColumnElement[Any]:
        """Return the column that holds the source's value of each request."""
        if source == TENANT:
            return TENANT_ID
        name = f'"~asked".v{len(self.parameters)}'
        column: ColumnElement[Any] = literal_column(name, type_)
        return self.parameters.setdefault((source, get_type_name(type_)), column)

    def build_plan(self, statement: Select[Any]) -> Plan:
        """Return the statement for all requests.

        Its parameters are the rows of parameters as JSON, the ids of objects, the tenant, and the
        ids of subjects.
        """
        types = (type_ for _, type_ in self.parameters)
        columns = ", ".join(["n integer", *(f"v{n} {type_}" for n, type_ in enumerate(types))])
        sql = (
            f'SELECT "~asked".n, "~wanted".nth - 1 AS nth, ({render_sql(statement)}) AS json'
            f' FROM json_to_recordset($1) AS "~asked" ({columns}),'
            f' unnest($2::uuid[], $4::uuid[]) WITH ORDINALITY AS "~wanted" (id, subject_id, nth)'
        )
        return Plan(sql, tuple(source for source, _ in self.parameters))


@dataclass(frozen=True)
class SharedSelection:
    """The selection that many subscribers request of objects of one type."""

    model: ReadModel
    field: Field

    def create_entry(self, request: ReadRequest) -> BatchEntry:
        """Return the statement and the row of this request. Raises a Refusal for bad arguments."""
        plan = self._get_plan_cache().get_or_build(request)
        values = enumerate(plan.resolve_parameters(request))
        row = b"".join(b',"v%d":%b' % (n, _encode_json(value)) for n, value in values)
        return BatchEntry(plan.sql, request.actor.tenant_id, row)

    def _get_plan_cache(self) -> PlanCache:
        cache: PlanCache | None = self.field.plan_caches.get(type(self))
        if cache is None:
            cache = PlanCache(self._build_statement, BatchPlanBuilder)
            self.field.plan_caches[type(self)] = cache
        return cache

    def _build_statement(self, builder: PlanBuilder) -> Select[Any]:
        compiler = Compiler(builder, null_tolerant=True)
        return select(compiler.compile_object_by_id(self.model, self.field, REQUESTED_ID))


class WatchedObject(SharedSelection):
    """Whether subscribers may see the object that their argument `id` names.

    `model` is that of the object. The statement reads no requested id, so `read_batch` gets one
    that stands for all: NO_ID.
    """

    def _build_statement(self, builder: PlanBuilder) -> Select[Any]:
        presence = Selection({self.model.name: (Field("seen", "__typename"),)})
        watched_id = ArgumentValue(self.field, ("id",), IdParser((self.model.prefix,)))
        id_sql = builder.bind(watched_id, UUID_TYPE)
        compiler = Compiler(builder, null_tolerant=True)
        field = Field("seen", "node", selection=presence)
        return select(compiler.compile_object_by_id(self.model, field, id_sql))


NO_ID = UUID(int=0)


async def read_batch(
    connection: Connection,
    entries: Iterable[BatchEntry],
    ids: Sequence[UUID],
    subject_ids: Sequence[UUID] | None = None,
) -> BatchResult:
    """Read the objects for all requests. Raises Invalid if PostgreSQL refuses a parameter.

    `subject_ids` belong to the ids, where those name changes; by default they are the ids.
    """
    subject_ids = ids if subject_ids is None else subject_ids
    results: dict[BatchEntry, list[bytes | None]] = {entry: [None] * len(ids) for entry in entries}
    batches: dict[tuple[str, UUID], list[BatchEntry]] = defaultdict(list)
    for entry in results:
        batches[entry.sql, entry.tenant_id].append(entry)
    for (sql, tenant_id), batch in batches.items():
        rows = b",".join(b'{"n":%d%b}' % (n, each.row) for n, each in enumerate(batch))
        try:
            records = await connection.fetch(sql, b"[%b]" % rows, ids, tenant_id, subject_ids)
        except asyncpg.DataError:
            raise Invalid(UNUSABLE_ARGUMENT_MESSAGE) from None
        for n, nth, value in records:
            results[batch[n]][nth] = value
    return results


def _encode_json(value: Any) -> bytes:
    return orjson.dumps(value, default=_convert_for_json)


def _convert_for_json(value: Any) -> str:
    """Return the text form, for PostgreSQL, of a value that JSON does not have."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(f"{type(value)} cannot be sent as JSON.")
