"""The schema of the platform graph."""

from functools import cache

import strawberry
from strawberry.schema.config import StrawberryConfig

from api.kernel.schema.directives import idempotent
from api.kernel.schema.input_bounds import require_bounds
from api.kernel.schema.scalars import SCALARS
from api.platform import (
    audit,
    deletions,
    files,
    lifecycle,
    listing,
    operations,
    operators,
    tenants,
)
from api.platform.mutations import attach_resolvers, build_mutation_type

QUERIES = {
    **listing.QUERIES,
    **operations.QUERIES,
    **deletions.QUERIES,
    **operators.QUERIES,
    **audit.QUERIES,
}
"""The root fields of queries."""

MUTATING = (tenants, files, lifecycle, operators)
"""The modules whose import declares the mutations."""


@cache
def get_platform_schema() -> strawberry.Schema:
    """Return the schema of the platform graph."""
    query = strawberry.type(
        type("Query", (), dict(sorted(QUERIES.items()))),
        description="What an operator can read.",
    )
    schema = strawberry.Schema(
        query=query,
        mutation=build_mutation_type(),
        directives=[idempotent],
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=False),
    )
    attach_resolvers(schema._schema)  # noqa: SLF001
    require_bounds(schema._schema)  # noqa: SLF001
    return schema


def render_platform_sdl() -> str:
    """Return the schema of the platform in the schema definition language."""
    return get_platform_schema().as_str() + "\n"
