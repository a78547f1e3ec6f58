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

    name: str = strawberry.field(description="The kind of the part, such as a filter.")
    path: list[str] = strawberry.field(
        description="The response keys from the root to the field of the part."
    )
    points: float = strawberry.field(description="The points of the part.")


@strawberry.type(description="What an operation would cost.")
class CostEstimate:
    """What an operation would cost."""

    requested_query_cost: int = strawberry.field(
        description="The points of the operation, as in `extensions.cost` of its response. Points"
        " of a large body are not counted."
    )
    maximum_cost: int = strawberry.field(
        description="The limit of points. An operation that costs more is refused with"
        " COST_LIMIT_EXCEEDED."
    )
    is_allowed: bool = strawberry.field(description="Whether the cost is within `maximumCost`.")
    new_document_cost: int = strawberry.field(
        description="The further points of a document that the server does not know yet: 1 for 20"
        " characters. They are charged once, beside `requestedQueryCost`."
    )
    parts: list[CostEstimatePart] = strawberry.field(
        description=f"The most expensive parts, {MAX_PARTS} at most, the most expensive first."
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
        strawberry.argument(description="The variables, as a JSON object. Default: none."),
    ] = strawberry.UNSET,
    operation_name: Annotated[
        str | None,
        strawberry.argument(
            description="The name of the operation. Required when the document has several. At most"
            f" {MAX_NAME_LENGTH} characters.",
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
        description="The cost of a document. It is parsed and validated, but not run. The estimate"
        " costs 1 point, and 1 for 20 characters of a document that is new to the server. Null when"
        " it fails; see the `errors` of the response.",
        metadata={RESOLVER_KEY: resolve_by_response_key},
    )


QUERIES.append(CostQueries)
