"""Execution: from a request to the bytes of its answer.

A query of compiled fields never meets graphql-core's execution: its answer is the JSON of each root
field, as PostgreSQL wrote it, joined. Introspection and broken promises do.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
import strawberry
from graphql import (
    ExecutionResult,
    GraphQLError,
    OperationType,
    execute,
)
from graphql.error import located_error

from api.identity.callers import Caller
from api.kernel.arguments import Variables
from api.kernel.budgets import Budgets
from api.kernel.calls import call_of
from api.kernel.coercion import coerced
from api.kernel.context import Context, Stores
from api.kernel.documents import Documents
from api.kernel.executor import Executor
from api.kernel.idempotency import refuse_unclear
from api.kernel.limits import Limits
from api.kernel.listening import Listening
from api.kernel.performing import perform
from api.kernel.refusals import (
    RequestRefused,
    formatted_errors,
    refused_by,
    refused_by_outage,
)
from api.kernel.selections import Operation, Prepared
from api.kernel.text import refuse_unstorable
from domain.kernel.errors import Refusal
from persistence.actors import TenantNotActive
from persistence.admissions import still_valid_sql
from persistence.reading.desk import run_in_worker
from persistence.reading.reader import NonNullViolation, Snapshot
from persistence.reading.selection import Field, ReadRequest


@dataclass(frozen=True)
class Request:
    """One GraphQL request, as any transport has read it."""

    query: str
    variables: Mapping[str, Any] | None = None
    operation_name: str | None = None
    extensions: Mapping[str, Any] | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True)
class Answer:
    """The JSON document of a response; `executed` is False where it has errors and no data."""

    body: bytes
    executed: bool = True
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Cost = dict[str, Any]

WORTH_CHARGING = 0.001
"""Seconds of planning, or of introspection; plans that are known take less."""

MOST_TOLD = 4
"""What is told of the schema may be 400 kB, and tools ask for it in the same few ways."""

_NOBODY: Any = None
"""The actor of a run that only counts."""


class Engine:
    """Answers the requests of one process."""

    def __init__(
        self, schema: strawberry.Schema, stores: Stores, limits: Limits | None = None
    ) -> None:
        self.schema = schema
        self.stores = stores
        self.limits = limits or Limits()
        self.budgets = Budgets(self.limits.caller, self.limits.tenant)
        self.listening = Listening(stores)
        self.documents = Documents(schema._schema, self.limits)  # noqa: SLF001
        self._told: OrderedDict[Prepared, bytes] = OrderedDict()

    async def answer(
        self, request: Request, caller: Caller, *, request_id: str, mutations: bool = True
    ) -> Answer:
        """Run one query or mutation; `mutations=False` for methods that must be safe."""
        try:
            asked = await self._asked(request, caller, request_id)
            _refuse_misplaced(asked.operation, mutations=mutations)
            refuse_unclear(asked)
            cost = self._cost(asked)
            if asked.operation.is_query:
                return await self._query(asked, cost)
            return await self._mutate(asked, cost)
        except Exception as error:  # noqa: BLE001  # what is unknown is masked and logged
            return refusal_of(error, request_id)

    async def subscribe(
        self, request: Request, caller: Caller, *, request_id: str
    ) -> AsyncIterator[bytes] | Answer:
        """Begin a subscription, or answer at once."""
        try:
            asked = await self._asked(request, caller, request_id)
            if asked.operation.node.operation is not OperationType.SUBSCRIPTION:
                return await self.answer(request, caller, request_id=request_id)
            self._cost(asked)
            return await self.listening.begin(asked)
        except Exception as error:  # noqa: BLE001  # what is unknown is masked and logged
            return refusal_of(error, request_id)

    # -- preparing --------------------------------------------------------------------------

    async def _asked(self, request: Request, caller: Caller, request_id: str) -> Context:
        if not self.documents.knows(request.query):
            self.budgets.read(caller, request.query)
            self.documents.get(request.query)
            await asyncio.sleep(0)  # others have their turn before its statement is written
        operation = self.documents.get(request.query).operation(request.operation_name)
        given = dict(request.variables or {})
        refuse_unstorable(given)
        values = coerced(operation, given)
        if isinstance(values, list):
            message = "The variables do not fit the document."
            raise RequestRefused("BAD_USER_INPUT", message, errors=values)
        prepared = operation.prepared(values)
        return Context(
            self.stores,
            caller,
            request_id,
            operation,
            prepared,
            Variables(values),
            self.stores.clock(),
            given,
            request.idempotency_key,
        )

    def _cost(self, asked: Context) -> Cost:
        """Charge for a request. Raises RequestRefused where it costs too much or more than is left.

        The shape is the one that clients of Shopify's API know.
        """
        points = round(asked.prepared.price.of(asked.run(_NOBODY)))
        cost: Cost = {"requestedQueryCost": points, "actualQueryCost": points}
        if points > self.limits.cost:
            message = (
                f"The operation would cost {points:,} points, and {self.limits.cost:,} is the most."
                " Ask for fewer rows or levels at once."
            )
            cost["maximumCost"] = self.limits.cost
            raise RequestRefused("COST_LIMIT_EXCEEDED", message, extensions={"cost": cost})
        status = self.budgets.spend(asked.caller, points)
        if status is not None:
            cost["throttleStatus"] = status
        return cost

    # -- reading ----------------------------------------------------------------------------

    async def _query(self, asked: Context, cost: Cost) -> Answer:
        try:
            if asked.prepared.whole is not None:
                # What is refused in one field is told by graphql-core, beside the other fields.
                with suppress(Refusal, GraphQLError):
                    data = await self._on_trust(asked, asked.prepared.whole)
                    data = data or await self._whole(asked, asked.prepared.whole)
                    return self._joined(asked, data, [], cost)
            values = await self._one_by_one(asked)
        except NonNullViolation:
            values = await self._one_by_one(asked, careful=True)
        return await self._execute(asked, values, cost)

    async def _on_trust(self, asked: Context, whole: Field) -> bytes | None:
        """What is read with the rights that the caller had last time, where those still hold.

        The statement itself looks whether they do; where they may not, what it read is thrown away.
        """
        try:
            doubt = await self.stores.doubt(asked.caller, asked.moment)
        except TenantNotActive:
            return None
        if doubt is None:
            return None
        run = asked.run(doubt.actor)
        glance = await self.stores.reader.read_speculatively(
            whole, run, still_valid_sql, *doubt.parameters
        )
        self._settle(asked.caller, glance.planning_seconds)
        admissions, snapshot = self.stores.admissions, glance.snapshot
        holds = admissions.confirm(doubt, glance.check_result, snapshot, asked.moment)
        return glance.value if holds else None

    async def _whole(self, asked: Context, whole: Field) -> bytes:
        """The JSON of the operation, as the caller may see it now."""
        async with self._looking(asked) as (snapshot, run):
            return await snapshot.read(whole, run)

    async def _one_by_one(self, asked: Context, *, careful: bool = False) -> dict[str, Any]:
        """The value of each root field, or its refusal, for graphql-core to complete.

        With care, it has nulls where promises break; else it is finished JSON.
        """
        values: dict[str, Any] = {}
        async with self._looking(asked) as (snapshot, run):
            for root in asked.prepared.roots:
                what = root.careful if careful else root.field
                if what is None or what.name == "__typename":  # graphql-core knows it
                    continue
                try:
                    value = await snapshot.read(what, run, null_tolerant=careful)
                except (Refusal, GraphQLError) as error:
                    values[root.key] = error
                else:
                    is_plain = careful or value == b"null"
                    values[root.key] = orjson.loads(value) if is_plain else orjson.Fragment(value)
        return values

    @asynccontextmanager
    async def _looking(self, asked: Context) -> AsyncIterator[tuple[Snapshot, ReadRequest]]:
        """A look at the tenant, with the rights that the caller has at that moment."""
        caller = asked.caller
        async with self.stores.reader.open_snapshot(caller.tenant_id) as snapshot:
            actor = await self.stores.actor(snapshot.connection, caller, asked.moment)
            try:
                yield snapshot, asked.run(actor)
            finally:
                self._settle(caller, snapshot.planning_seconds)

    def _settle(self, caller: Caller, seconds_planning: float) -> None:
        if seconds_planning > WORTH_CHARGING:
            self.budgets.owe(caller, seconds_planning)

    def _joined(
        self, asked: Context, data: bytes, errors: list[GraphQLError], cost: Cost
    ) -> Answer:
        extensions: dict[str, Any] = {"cost": cost}
        if asked.replayed:
            extensions["idempotency"] = {"replayed": True, "fields": asked.replayed}
        body = b'{"data":%b,"extensions":%b}' % (data, orjson.dumps(extensions))
        if errors:
            told = orjson.dumps(formatted_errors(errors, asked.request_id))
            body = b'{"errors":%b,%b' % (told, body[1:])
        return Answer(body)

    # -- changing ---------------------------------------------------------------------------

    async def _mutate(self, asked: Context, cost: Cost) -> Answer:
        """One mutation after another; where one fails without a payload, no other is begun."""
        data: dict[str, Any] = {}
        errors: list[GraphQLError] = []
        for root in asked.prepared.roots:
            if root.field is not None:
                data[root.key] = asked.operation.root_type.name
                continue
            call = call_of(asked.operation, asked.variables, root)
            try:
                performed = await perform(call, asked)
            except Exception as error:  # noqa: BLE001 - told, or masked and logged
                errors.append(located_error(error, call.nodes, [call.key]))
                if not data:
                    _raise_refusal(errors)
                return self._joined(asked, b"null", errors, cost)
            data[root.key] = performed.payload(call)
            errors += performed.broken
        return self._joined(asked, orjson.dumps(data), errors, cost)

    # -- graphql-core -----------------------------------------------------------------------

    async def _execute(self, asked: Context, values: Any, cost: Cost) -> Answer:
        """All is read; to tell of the schema takes a while, and is done once if it can be."""
        if (told := self._told.get(asked.prepared)) is not None:
            return self._joined(asked, told, [], cost)
        result, seconds = await run_in_worker(lambda: _executed(asked, values))
        self._settle(asked.caller, seconds)
        if not isinstance(result, ExecutionResult):
            result = await result
        if not (values or result.errors or asked.operation.node.variable_definitions):
            self._remember(asked.prepared, orjson.dumps(result.data))
        return self._completed(asked, result, cost)

    def _remember(self, prepared: Prepared, told: bytes) -> None:
        """Keep what nothing but the document and the schema say."""
        self._told[prepared] = told
        while len(self._told) > MOST_TOLD:
            self._told.popitem(last=False)

    def _completed(self, asked: Context, result: ExecutionResult, cost: Cost) -> Answer:
        errors = result.errors or []
        if _nothing_in(result.data):
            _raise_refusal(errors)
        return self._joined(asked, orjson.dumps(result.data), errors, cost)


def _raise_refusal(errors: Iterable[GraphQLError]) -> None:
    """Where nothing has come of a request, a refusal of the whole is told as such."""
    for error in errors:
        refused = error.original_error
        if not isinstance(refused, RequestRefused):
            refused = refused_by_outage(refused)
        if refused is not None:
            raise refused from error.original_error


def _executed(asked: Context, values: Any) -> Any:
    return execute(
        asked.operation.schema,
        asked.operation.document,
        root_value=values,
        context_value=asked,
        variable_values=asked.given,
        operation_name=asked.operation.name,
        executor_class=Executor,
    )


def _refuse_misplaced(operation: Operation, *, mutations: bool) -> None:
    """Some operations need another transport or method. Raises RequestRefused."""
    if operation.node.operation is OperationType.SUBSCRIPTION:
        message = "Subscriptions need a stream: a WebSocket or server-sent events."
        raise RequestRefused("BAD_REQUEST", message)
    if not mutations and not operation.is_query:
        headers = {"Allow": "POST"}
        raise RequestRefused("BAD_REQUEST", "Mutations are sent with POST.", 405, headers=headers)


def refusal_of(error: Exception, request_id: str) -> Answer:
    """The answer to a request that was not executed; what is unknown is masked and logged."""
    refused = refused_by(error, request_id)
    body = refused.document(request_id)
    return Answer(body, executed=False, status=refused.status, headers=refused.headers)


def _nothing_in(data: Any) -> bool:
    return data is None or all(value is None for value in data.values())
