"""Deletions of tenants in the platform graph, also of tenants that are gone."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.kernel.schema.input_bounds import bounds_metadata
from api.platform.request import PlatformRequest
from domain.platform import Act
from domain.tenants import SLUG
from persistence.tenant_erasures import find_erasure

Slug = Annotated[
    str,
    strawberry.argument(
        description="The slug of the tenant.", metadata=bounds_metadata(SLUG.max_length, None)
    ),
]


@strawberry.type(description="The deletion of a tenant. It stays when the tenant is gone.")
class TenantDeletion:
    """A deletion that is scheduled, going on or done."""

    slug: str = strawberry.field(description="The slug that the tenant has, or had.")
    scheduled_at: datetime = strawberry.field(description="When it was scheduled.")
    erased_from: datetime = strawberry.field(description="From when all data may be erased.")
    begun_at: datetime | None = strawberry.field(
        description="When the first rows were removed. Null before; then it can be cancelled."
    )
    erased_at: datetime | None = strawberry.field(
        description="When the last rows were removed. Null before."
    )
    receipt: str | None = strawberry.field(
        description="The signed receipt (JWS), which lists the removed rows. Null before."
    )


async def _find_deletion(
    info: strawberry.Info[PlatformRequest], slug: Slug
) -> TenantDeletion | None:
    request = info.context
    request.require(Act.READ_OPERATIONS)
    async with request.stores.read() as connection:
        found = await find_erasure(connection, slug)
    if found is None:
        return None
    return TenantDeletion(
        slug=found.slug,
        scheduled_at=found.scheduled_at,
        erased_from=found.due_at,
        begun_at=found.begun_at,
        erased_at=found.finished_at,
        receipt=found.receipt,
    )


QUERIES = {
    "tenant_deletion": strawberry.field(
        resolver=_find_deletion,
        description="The deletion of the tenant with this slug: the one that is scheduled, else the"
        " last one that is done. Null if there is none, or if it was cancelled.",
    ),
}
