"""`costEstimate`: the cost of a document, by the formula that is charged, without running it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphql.execution.values import VariableValues

from api.errors import RequestError
from api.kernel.documents.cost import Cost
from api.kernel.documents.document_cache import DocumentCache
from api.kernel.documents.limits import Limits
from api.kernel.documents.unstorable_text import check_raw_variables
from api.kernel.execution.argument_templates import Variables
from api.kernel.execution.rate_limits import compute_document_cost
from api.kernel.execution.request_context import RequestContext
from api.kernel.execution.root_fields import NO_ACTOR
from api.kernel.execution.selection_builder import Operation
from api.kernel.execution.variables import coerce_variables
from domain.kernel.errors import Refusal
from domain.kernel.identity import TenantId
from persistence.reading.cpu_worker import run_in_worker
from persistence.reading.selection import ReadRequest

MAX_PARTS = 10


@dataclass(frozen=True)
class CostEstimatePart:
    """What a part of an operation costs."""

    name: str
    path: list[str]
    points: float


@dataclass(frozen=True)
class CostEstimate:
    """What an operation would cost; the graph describes its fields."""

    requested_query_cost: int
    maximum_cost: int
    is_allowed: bool
    new_document_cost: int
    parts: list[CostEstimatePart]


@dataclass(frozen=True, eq=False)
class CostEstimator:
    """Computes estimates with the documents and limits of the engine."""

    document_cache: DocumentCache
    limits: Limits

    async def compute_roots(self, context: RequestContext) -> dict[str, Any]:
        """Return the estimate of each root field that asks for one, or its error.

        Raises RequestError (THROTTLED) where the parsing of a document cannot be paid.
        """
        values = dict[str, Any]()
        for root in context.prepared_operation.roots:
            if root.arguments is not None:
                try:
                    arguments = root.arguments(context)
                except Refusal as refusal:  # a text beyond its bound
                    values[root.key] = refusal
                else:
                    values[root.key] = await self._estimate(context, arguments)
        return values

    async def _estimate(
        self, context: RequestContext, arguments: Mapping[str, Any]
    ) -> CostEstimate | RequestError:
        text, tenant_id = arguments["document"], context.caller.tenant_id
        if text not in self.document_cache:
            context.charge.reserve_document(text)
        try:
            operation = await self._load(text, arguments.get("operation_name"), tenant_id)
            values = await _coerce(operation, arguments.get("variables"), tenant_id)
            cost = operation.prepare(values).cost
            request = replace(context.build_read_request(NO_ACTOR), variables=Variables(values))
            return await run_in_worker(tenant_id, lambda: self._describe(cost, request, text))
        except RequestError as error:
            return _describe_refusal(error)

    async def _load(self, text: str, name: str | None, tenant_id: TenantId) -> Operation:
        """Return the operation. Raises RequestError for a document that cannot be run."""
        document = self.document_cache.get(text)
        document = document or await self.document_cache.load(text, tenant_id)
        return document.get_operation(name)

    def _describe(self, cost: Cost, request: ReadRequest, text: str) -> CostEstimate:
        points = round(cost.evaluate(request))
        parts = [
            CostEstimatePart(name=each.name, path=list(each.path), points=each.evaluate(request))
            for each in cost.parts
        ]
        parts.sort(key=lambda each: -each.points)
        return CostEstimate(
            requested_query_cost=points,
            maximum_cost=self.limits.cost,
            is_allowed=points <= self.limits.cost,
            new_document_cost=compute_document_cost(text),
            parts=parts[:MAX_PARTS],
        )


async def _coerce(operation: Operation, variables: Any, tenant_id: TenantId) -> VariableValues:
    """Return the variables. Raises RequestError where they do not match the document."""
    raw_variables = {} if variables is None else variables
    if not isinstance(raw_variables, dict):
        raise RequestError("BAD_USER_INPUT", "The variables are an object. Send one.")
    check_raw_variables(raw_variables)
    values = await run_in_worker(tenant_id, lambda: coerce_variables(operation, raw_variables))
    if isinstance(values, list):
        message = "The variables do not match the document."
        raise RequestError("BAD_USER_INPUT", message, errors=values)
    return values


def _describe_refusal(error: RequestError) -> RequestError:
    """Return the error of the field for a document that would be refused."""
    reasons = " ".join(each.message for each in error.errors) or error.message
    message = f"This document would be refused: {reasons}"
    return RequestError("BAD_USER_INPUT", message, extensions={"field": ["document"]})
