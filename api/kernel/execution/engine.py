"""The engine: executes a request, from its document to the bytes of its response.

A query of compiled fields does not use graphql-core's execution: its data is the JSON that
PostgreSQL wrote. Introspection and violations of non-null types do.
"""

from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import orjson
import strawberry
from graphql import (
    ExecutionResult,
    GraphQLError,
    execute,
)
from graphql.error import located_error

from api.errors import RequestError
from api.identity.token_verifier import Caller
from api.kernel.documents.document_cache import DocumentCache
from api.kernel.documents.limits import Limits
from api.kernel.documents.unstorable_text import check_raw_variables
from api.kernel.execution.argument_templates import Variables
from api.kernel.execution.cost_estimates import CostEstimator
from api.kernel.execution.errors import (
    format_execution_errors,
    raise_whole_request_error,
    to_request_error,
)
from api.kernel.execution.idempotency import reject_ambiguous_key
from api.kernel.execution.mutation_call import prepare_call
from api.kernel.execution.mutation_execution import execute_mutation
from api.kernel.execution.passthrough_executor import PassthroughExecutor
from api.kernel.execution.previews import Preview, parse_preview, refuse_change
from api.kernel.execution.rate_limits import RateLimiter, RequestCharge
from api.kernel.execution.request_context import RequestContext, Stores
from api.kernel.execution.root_fields import NO_ACTOR, find_refused_roots, read_root_fields
from api.kernel.execution.selection_builder import Operation, PreparedOperation
from api.kernel.execution.variables import coerce_variables
from api.kernel.subscriptions.hub import SubscriptionHub
from domain.kernel.errors import Refusal
from persistence.kernel.caching import LruCache
from persistence.kernel.fair_slots import FairSlots
from persistence.kernel.location import TenantMoved
from persistence.kernel.loop_turns import begin_turn
from persistence.kernel.usage import run_in_turns
from persistence.reading.cpu_worker import run_in_worker
from persistence.reading.reader import NonNullViolation
from persistence.reading.selection import Field

Result = TypeVar("Result")


class Request(NamedTuple):
    """One GraphQL request, as parsed by any transport."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    idempotency_key: str | None = None
    size: int = 0
    """The size of its body in bytes."""
    value_count: int = 0
    """About how many values its body has."""
    skipped_rows: int = 0
    """The rows that are left out before the page of each list at the root. No document can ask."""
    preview: str | None = None
    """The token of a preview, as which the request is answered."""


class Response(NamedTuple):
    """The JSON document of a response.

    `is_executed` is False where it has errors and no data. `operation_kind` is `query` or
    `mutation`, or None where the request did not get far enough to tell.
    """

    body: bytes
    is_executed: bool = True
    status: int = 200
    headers: Mapping[str, str] = MappingProxyType({})
    operation_kind: str | None = None


MAX_INTROSPECTION_RESULTS = 4
"""A result can have 400 kB, and tools send the same few introspection queries."""

MAX_VALUES_ON_LOOP = 500
"""Variables with more values are coerced and priced in the worker: 9,000 objects take 90 ms."""

HEAVY_COST = 1_000
HEAVY_SLOTS = 4
"""The operations of so many points that run at once in a process; half of them for one tenant.

They take the time of the database and of the loop from all others, however connections are shared.
"""


class Engine:
    """The executor of all requests of one process."""

    def __init__(
        self, schema: strawberry.Schema, stores: Stores, limits: Limits | None = None
    ) -> None:
        self.stores = stores
        self.limits = limits or Limits()
        self.rate_limiter = RateLimiter(
            self.limits.caller_rate_limit,
            self.limits.tenant_rate_limit,
            lane_rate_limits=self.limits.lane_rate_limits,
        )
        self.subscription_hub = SubscriptionHub(stores, self.rate_limiter, self.limits.time_prices)
        self.document_cache = DocumentCache(schema._schema, self.limits)  # noqa: SLF001
        self._cost_estimator = CostEstimator(self.document_cache, self.limits)
        self._heavy_slots = FairSlots(HEAVY_SLOTS, reserve=HEAVY_SLOTS // 2)
        self._introspection_cache: LruCache[PreparedOperation, bytes] = LruCache(
            MAX_INTROSPECTION_RESULTS
        )

    async def execute(
        self, request: Request, caller: Caller, *, request_id: str, may_mutate: bool = True
    ) -> Response:
        """Execute a query or mutation. `may_mutate` is False for HTTP methods that must be safe."""
        charge = RequestCharge(self.rate_limiter, self.limits.time_prices, caller)
        operation = self._prepare_and_run(request, charge, request_id, may_mutate=may_mutate)
        return await run_and_charge(operation, charge, request_id)

    async def subscribe(
        self, request: Request, caller: Caller, *, request_id: str
    ) -> AsyncIterator[bytes] | Response:
        """Begin a subscription and return its events; execute any other operation at once."""
        charge = RequestCharge(self.rate_limiter, self.limits.time_prices, caller)

        async def run() -> AsyncIterator[bytes] | Response:
            context = await self._prepare(request, charge, request_id)
            if not context.operation.is_subscription:
                return await self._run(context, may_mutate=True)
            if context.preview:
                refuse_change()
            await self._reserve_cost(context)
            return await self.subscription_hub.subscribe(context)

        return await run_and_charge(run(), charge, request_id)

    async def _prepare_and_run(
        self, request: Request, charge: RequestCharge, request_id: str, *, may_mutate: bool
    ) -> Response:
        context = await self._prepare(request, charge, request_id)
        return await self._run(context, may_mutate=may_mutate)

    async def _run(self, context: RequestContext, *, may_mutate: bool) -> Response:
        if context.preview and not context.operation.is_query:
            refuse_change()
        reject_misplaced_operation(context.operation, may_mutate=may_mutate)
        reject_ambiguous_key(context)
        await self._reserve_cost(context)
        execute = self._execute_query if context.operation.is_query else self._execute_mutations
        if context.charge.requested < HEAVY_COST:
            return await execute(context)
        async with self._heavy_slots.hold(context.caller.tenant_id):
            return await execute(context)

    # -- preparing --------------------------------------------------------------------------

    async def _prepare(
        self, request: Request, charge: RequestCharge, request_id: str
    ) -> RequestContext:
        operation = await load_operation(self.document_cache, request, charge)
        raw_variables = request.variables or {}
        has_many_values = check_raw_variables(raw_variables) > MAX_VALUES_ON_LOOP
        if has_many_values:
            values = await run_in_worker(
                charge.caller.tenant_id, lambda: coerce_variables(operation, raw_variables)
            )
        else:
            values = coerce_variables(operation, raw_variables)
        if isinstance(values, list):
            raise build_variable_error(values)
        prepared_operation = operation.prepare(values)
        return RequestContext(
            self.stores,
            charge,
            request_id,
            operation,
            prepared_operation,
            Variables(values),
            self.stores.clock(),
            request.idempotency_key,
            has_many_values,
            skipped_rows=request.skipped_rows,
            preview=self._parse_preview(request),
        )

    def _parse_preview(self, request: Request) -> Preview | None:
        if request.preview is None:
            return None
        return parse_preview(request.preview, self.stores.secret, self.stores.clock())

    async def _reserve_cost(self, context: RequestContext) -> None:
        """Charge the cost of the operation.

        Raises RequestError if it costs more than allowed or than the caller has left.
        """
        cost, charge = context.prepared_operation.cost, context.charge
        if not cost.variable_terms:
            points = round(cost.fixed)
        elif context.has_many_values:
            tenant_id, request = context.caller.tenant_id, context.build_read_request(NO_ACTOR)
            points = round(await run_in_worker(tenant_id, lambda: cost.evaluate(request)))
        else:
            points = round(cost.evaluate(context.build_read_request(NO_ACTOR)))
        charge.requested += points
        if points > self.limits.cost:
            part, part_points = cost.find_largest_part(context.build_read_request(NO_ACTOR))
            message = (
                f"The operation costs {points:,} points, but at most {self.limits.cost:,} are"
                f" allowed. Most expensive is {part} with {round(part_points):,} points."
                " Ask for fewer rows or levels at once."
            )
            report = {**charge.build_report(), "maximumCost": self.limits.cost}
            raise RequestError("COST_LIMIT_EXCEEDED", message, extensions={"cost": report})
        charge.reserve()

    # -- reading ----------------------------------------------------------------------------

    async def _execute_query(self, context: RequestContext) -> Response:
        refusals = find_refused_roots(context)
        operation_field = context.prepared_operation.operation_field
        try:
            if operation_field is not None and not refusals:
                try:
                    data = await self._read_with_cached_actor(context, operation_field)
                    data = data or await self._read_operation(context, operation_field)
                except (Refusal, GraphQLError):
                    pass  # Each field is read by itself, so that only one becomes null.
                else:
                    return self._build_response(context, data, [])
            values = await read_root_fields(context, refusals)
        except NonNullViolation:
            values = await read_root_fields(context, refusals, is_null_tolerant=True)
        values |= await self._cost_estimator.compute_roots(context)
        return await self._execute_with_graphql_core(context, values)

    async def _read_with_cached_actor(
        self, context: RequestContext, operation_field: Field
    ) -> bytes | None:
        """Read with the rights that the caller had last time; None if they may have changed.

        The statement itself checks the rights, so that most queries take a single trip. None also
        if the tenant has moved to another database, and for a preview, which needs two actors.
        """
        if context.preview:
            return None
        reader, resolver = self.stores.reader, context.create_actor_resolver()
        try:
            actor = resolver.unverified_actor or await resolver.resolve(reader.query_actor)
        except TenantMoved:
            return None
        check_sql, check_params = resolver.build_query()
        read = await reader.read_speculatively(
            operation_field, context.build_read_request(actor), check_sql, *check_params
        )
        is_valid = resolver.accept(read.check_result) is not None
        return read.value if is_valid else None

    async def _read_operation(self, context: RequestContext, operation_field: Field) -> bytes:
        """Return the data of the operation, read with the rights that the caller has now."""
        async with context.open_snapshot() as (snapshot, read_request):
            data: bytes = await snapshot.read(operation_field, read_request)
        return data

    def _build_response(
        self, context: RequestContext, data: bytes, errors: list[GraphQLError]
    ) -> Response:
        context.charge.settle()
        extensions: dict[str, Any] = {"cost": context.charge.build_report()}
        if context.replayed_fields:
            extensions["idempotency"] = {"replayed": True, "fields": context.replayed_fields}
        body = b'{"data":%b,"extensions":%b}' % (data, orjson.dumps(extensions))
        if errors:
            errors_json = orjson.dumps(format_execution_errors(errors, context.request_id))
            body = b'{"errors":%b,%b' % (errors_json, body[1:])
        return Response(body, operation_kind=context.operation.kind_name)

    # -- changing ---------------------------------------------------------------------------

    async def _execute_mutations(self, context: RequestContext) -> Response:
        """Execute one mutation after another; stop after one that fails without a payload."""
        data: dict[str, Any] = {}
        errors: list[GraphQLError] = []
        for root in context.prepared_operation.roots:
            if root.field is not None:
                data[root.key] = context.operation.root_type.name
                continue
            call = prepare_call(context.operation, context.variables, root)
            try:
                mutation_result = await execute_mutation(call, context)
            except Exception as error:  # noqa: BLE001 - internal errors are logged and hidden
                errors.append(located_error(error, call.nodes, [call.key]))
                if not data:
                    raise_whole_request_error(errors)
                return self._build_response(context, b"null", errors)
            data[root.key] = mutation_result.build_payload(call)
        return self._build_response(context, orjson.dumps(data), errors)

    # -- graphql-core -----------------------------------------------------------------------

    async def _execute_with_graphql_core(self, context: RequestContext, values: Any) -> Response:
        """Complete values that were read, and execute introspection, whose result is cached."""
        if (cached_data := self._introspection_cache.get(context.prepared_operation)) is not None:
            return self._build_response(context, cached_data, [])
        tenant_id = context.caller.tenant_id
        result = await run_in_worker(tenant_id, lambda: _run_graphql_core(context, values))
        if not isinstance(result, ExecutionResult):
            result = await result
        if not (values or result.errors or context.operation.node.variable_definitions):
            # The result depends on nothing but the document and the schema.
            self._introspection_cache.put(context.prepared_operation, orjson.dumps(result.data))
        return self._complete_response(context, result)

    def _complete_response(self, context: RequestContext, result: ExecutionResult) -> Response:
        errors = result.errors or []
        if _is_empty(result.data):
            raise_whole_request_error(errors)
        return self._build_response(context, orjson.dumps(result.data), errors)


async def load_operation(
    cache: DocumentCache, request: Request, charge: RequestCharge
) -> Operation:
    """Return the operation of a request, and charge for its body and a new document."""
    charge.reserve_body(request.size, request.value_count)
    document = cache.get(request.query)
    if document is None:
        charge.reserve_document(request.query)
        document = await cache.load(request.query, charge.caller.tenant_id)
    return document.get_operation(request.operation_name)


def build_variable_error(errors: Sequence[GraphQLError]) -> RequestError:
    """Return the error of a request whose variables cannot be coerced."""
    message = "The variables do not match the document."
    return RequestError("BAD_USER_INPUT", message, errors=errors)


async def run_and_charge(
    operation: Coroutine[Any, Any, Result], charge: RequestCharge, request_id: str
) -> Result | Response:
    """Run an operation, return its result or its error, and charge for the time that it used."""
    try:
        turn = begin_turn(charge.caller.tenant_id)
        return await run_in_turns(operation, charge.usage, turn)
    except Exception as error:  # noqa: BLE001 - internal errors are logged and hidden
        return build_error_response(error, request_id)
    finally:
        if not charge.is_settled:
            charge.settle()


def _run_graphql_core(context: RequestContext, values: Any) -> Any:
    return execute(
        context.operation.schema,
        context.operation.document_without_variables,
        root_value=values,
        context_value=context,
        operation_name=context.operation.name,
        executor_class=PassthroughExecutor,
    )


def reject_misplaced_operation(operation: Operation, *, may_mutate: bool) -> None:
    """Raise RequestError for an operation that needs another transport or HTTP method."""
    if operation.is_subscription:
        message = (
            "Send subscriptions over a WebSocket at this address (protocol graphql-transport-ws),"
            " or with POST to this address followed by /stream, for server-sent events."
        )
        raise RequestError("BAD_REQUEST", message)
    if not may_mutate and not operation.is_query:
        headers = {"Allow": "POST"}
        raise RequestError("BAD_REQUEST", "Send mutations with POST.", 405, headers=headers)


def build_error_response(error: Exception, request_id: str) -> Response:
    """Return the response to a request that was not executed; internal errors are logged."""
    request_error = to_request_error(error, request_id)
    body = request_error.serialize(request_id)
    return Response(
        body, is_executed=False, status=request_error.status, headers=request_error.headers
    )


def _is_empty(data: Any) -> bool:
    return data is None or all(value is None for value in data.values())
