"""`costEstimate` in the graph: what a document would cost. The engine computes the values."""

from typing import Annotated

import strawberry

from api.kernel.execution.cost_estimates import MAX_PARTS
from api.kernel.schema.declarations import QUERIES
from api.kernel.schema.filter_inputs import RESOLVER_KEY, resolve_by_response_key
from api.kernel.schema.input_bounds import bounds_metadata
from api.kernel.schema.scalars import JSON

MAX_DOCUMENT_LENGTH, MAX_NAME_LENGTH = 10_000, 200


@strawberry.type(description="What a part of an operation costs.")
class CostEstimatePart:
    """What a part of an operation costs."""

    name: str = strawberry.field(description="What costs the points, such as a filter.")
    path: list[str] = strawberry.field(description="The response keys that lead to its field.")
    points: float = strawberry.field(description="The points.")


@strawberry.type(description="What an operation would cost.")
class CostEstimate:
    """What an operation would cost."""

    requested_query_cost: int = strawberry.field(
        description="The points of the operation, as `requestedQueryCost` of its response would say"
        " for a small body."
    )
    maximum_cost: int = strawberry.field(
        description="The points that an operation may cost. One that costs more is refused."
    )
    is_allowed: bool = strawberry.field(description="Whether the operation may cost as much.")
    new_document_cost: int = strawberry.field(
        description="The points that are charged once more where the document is new to the server."
    )
    parts: list[CostEstimatePart] = strawberry.field(
        description=f"The most expensive parts, {MAX_PARTS} at most. The most expensive is first."
    )


def _resolve(
    info: strawberry.Info,
    document: Annotated[
        str,
        strawberry.argument(
            description=f"The document to estimate, at most {MAX_DOCUMENT_LENGTH:,} characters.",
            metadata=bounds_metadata(MAX_DOCUMENT_LENGTH, None),
        ),
    ],
    variables: Annotated[
        JSON | None,
        strawberry.argument(description="Its variables, an object. Default: none."),
    ] = strawberry.UNSET,
    operation_name: Annotated[
        str | None,
        strawberry.argument(
            description="The operation, where the document has several.",
            metadata=bounds_metadata(MAX_NAME_LENGTH, None),
        ),
    ] = strawberry.UNSET,
) -> CostEstimate | None:
    raise NotImplementedError("The engine computes the value.")


@strawberry.type
class CostQueries:
    """The root field of estimates."""

    cost_estimate: CostEstimate | None = strawberry.field(
        resolver=_resolve,
        description="The cost of a document, which is parsed and validated, and not run. It costs"
        " 1 point, and where the document is new to the server also 1 for 20 characters. Null when"
        " it fails; see the `errors` of the response.",
        metadata={RESOLVER_KEY: resolve_by_response_key},
    )


QUERIES.append(CostQueries)
