"""The engine of the platform graph: the documents, limits and errors of the graph of tenants."""

from collections.abc import Mapping
from typing import Any

import orjson
import strawberry
from graphql import ExecutionResult, GraphQLError, execute, get_variable_values
from graphql.execution.values import VariableValues

from api.errors import RequestError
from api.identity.token_verifier import Caller
from api.kernel.documents.document_cache import DocumentCache
from api.kernel.documents.limits import Limits
from api.kernel.documents.unstorable_text import check_raw_variables
from api.kernel.execution.engine import (
    Request,
    Response,
    build_variable_error,
    load_operation,
    reject_misplaced_operation,
    run_and_charge,
)
from api.kernel.execution.errors import format_execution_errors, raise_whole_request_error
from api.kernel.execution.idempotency import validate_key
from api.kernel.execution.rate_limits import RateLimiter, RequestCharge
from api.kernel.execution.selection_builder import Operation
from api.platform.request import PlatformRequest, PlatformStores, identify

OPERATION_COST = 100
"""Points of an operation. Its time in the database and on the loop is charged beside them."""


class PlatformEngine:
    """The executor of the requests of operators."""

    def __init__(self, schema: strawberry.Schema, stores: PlatformStores, limits: Limits) -> None:
        self._stores = stores
        self._limits = limits
        self._rate_limiter = RateLimiter(limits.caller_rate_limit, limits.tenant_rate_limit)
        self._document_cache = DocumentCache(schema._schema, limits)  # noqa: SLF001

    async def execute(
        self, request: Request, caller: Caller, *, request_id: str, may_mutate: bool = True
    ) -> Response:
        """Execute one query or mutation of an operator."""
        charge = RequestCharge(self._rate_limiter, self._limits.time_prices, caller)
        running = self._execute(request, charge, request_id, may_mutate=may_mutate)
        return await run_and_charge(running, charge, request_id)

    async def _execute(
        self, request: Request, charge: RequestCharge, request_id: str, *, may_mutate: bool
    ) -> Response:
        operation = await load_operation(self._document_cache, request, charge)
        variables = _coerce_variables(operation, request.variables or {})
        reject_misplaced_operation(operation, may_mutate=may_mutate)
        _reject_ambiguous_key(request, operation)
        charge.requested += OPERATION_COST
        charge.reserve()
        context = await identify(self._stores, charge.caller, request_id, request.idempotency_key)
        result = execute(
            operation.schema,
            operation.document,
            context_value=context,
            operation_name=operation.name,
            variable_values=variables,
        )
        if not isinstance(result, ExecutionResult):
            result = await result
        return _build_response(result, context, charge, operation)


def _coerce_variables(operation: Operation, raw_variables: dict[str, Any]) -> dict[str, Any]:
    """Check the variables of an operation, and return them as they were sent."""
    check_raw_variables(raw_variables)
    definitions = operation.node.variable_definitions or ()
    found = get_variable_values(
        operation.schema, definitions, raw_variables, max_errors=10, hide_suggestions=True
    )
    if not isinstance(found, VariableValues):
        raise build_variable_error(found)
    return raw_variables


def _reject_ambiguous_key(request: Request, operation: Operation) -> None:
    """Raise RequestError if the header has a key and the request has not exactly one mutation."""
    if request.idempotency_key is None or operation.is_query:
        return
    validate_key(request.idempotency_key)
    if len(operation.node.selection_set.selections) != 1:
        message = (
            "The header Idempotency-Key is for requests with one mutation. Use @idempotent to give"
            " each of several mutations its own key."
        )
        raise RequestError("BAD_REQUEST", message)


def _build_response(
    result: ExecutionResult, context: PlatformRequest, charge: RequestCharge, operation: Operation
) -> Response:
    errors: list[GraphQLError] = result.errors or []
    data: Mapping[str, Any] | None = result.data
    if data is None or all(value is None for value in data.values()):
        raise_whole_request_error(errors)
    charge.settle()
    extensions: dict[str, Any] = {"cost": charge.build_report()}
    if context.replayed:
        extensions["idempotency"] = {"replayed": True, "fields": context.replayed}
    body: dict[str, Any] = {"data": data, "extensions": extensions}
    if errors:
        body = {"errors": format_execution_errors(errors, context.request_id), **body}
    return Response(orjson.dumps(body), operation_kind=operation.kind_name)
