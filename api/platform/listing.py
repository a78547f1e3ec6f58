"""The list of tenants in the platform graph, and the requests of one tenant by day."""

from datetime import date, timedelta
from typing import Annotated, Any

import strawberry

from api.kernel.schema.declarations import graph_enum
from api.kernel.schema.filter_inputs import OrderDirection
from api.kernel.schema.input_bounds import bounds_metadata
from api.kernel.schema.inputs import input_field, input_type
from api.platform.paging import After, CursorSeal, First, PlatformPageInfo, check_first
from api.platform.request import PlatformRequest
from api.platform.tenant_types import PlatformTenant, build_tenant
from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import SingleLine, get_rule
from domain.platform import Act
from domain.tenants import SLUG, TenantRegistration, TenantStatus
from persistence.platform import listing
from persistence.platform.listing import TenantFilter, TenantOrderField
from persistence.platform.usage import KEPT_DAYS, list_requests
from persistence.reading.parameters import DEFAULT_PAGE_SIZE

MAX_SEARCH_LENGTH = 100
SEARCH = SingleLine("The text", max_length=MAX_SEARCH_LENGTH)

graph_enum(
    TenantOrderField,
    "What tenants can be ordered by. A tenant without usage yet counts as 0.",
    slug="The slug.",
    created_at="When they were created.",
    people="The number of people.",
    requests="The number of HTTP requests in 30 days.",
    events="The number of changes since the tenant was created.",
    storage_bytes="The estimated storage.",
)


async def _count_tenants(
    root: strawberry.Parent["PlatformTenantConnection"], info: strawberry.Info[PlatformRequest]
) -> int:
    """Return the number of tenants, which some pages have counted."""
    if root.counted is not None:
        return root.counted
    async with info.context.stores.read() as connection:
        return await listing.count_tenants(connection, root.where)


@strawberry.type(name="TenantConnection", description="A page of tenants.")
class PlatformTenantConnection:
    """A page of tenants."""

    nodes: list[PlatformTenant] = strawberry.field(description="The tenants.")
    page_info: PlatformPageInfo = strawberry.field(description="Where the page ends.")
    where: strawberry.Private[TenantFilter]
    counted: strawberry.Private[int | None]
    total_count: int = strawberry.field(
        resolver=_count_tenants, description="How many tenants match, on all pages."
    )


@strawberry.type(description="The requests of a tenant on one day.")
class RequestCount:
    """A number of requests."""

    day: date = strawberry.field(description="The day, in UTC.")
    requests: int = strawberry.field(description="The number of HTTP requests.")


def _argument(description: str, max_length: int | None = None, max_items: int | None = None) -> Any:
    metadata = bounds_metadata(max_length, max_items)
    return strawberry.argument(description=description, metadata=metadata)


@input_type()
class TenantWhere:
    """Which tenants are listed. All given conditions must match."""

    status: list[TenantStatus] | None = input_field(
        "In one of these states. Default: all.", max_items=len(TenantStatus)
    )
    plan: str | None = input_field(
        "With exactly this plan. Default: all.", rule=get_rule(TenantRegistration, "plan")
    )
    search: Annotated[str | None, SEARCH] = input_field(
        "With this text in the slug or the name. Default: all."
    )


@input_type()
class TenantOrder:
    """The order of tenants."""

    field: TenantOrderField = input_field("What to order by.")
    direction: OrderDirection | None = input_field("The direction. Default: ASC.")


def _build_filter(where: TenantWhere | None) -> TenantFilter:
    if where is None:
        return TenantFilter()
    for name, text, limit in (
        ("plan", where.plan, 60),
        ("search", where.search, MAX_SEARCH_LENGTH),
    ):
        if text and len(text) > limit:
            message = f"At most {limit} characters are possible."
            raise Invalid(message, "where", name, code=Code.TOO_LONG)
    return TenantFilter(where.status or None, where.plan or None, where.search or None)


async def _list_tenants(
    info: strawberry.Info[PlatformRequest],
    first: First = DEFAULT_PAGE_SIZE,
    after: After = None,
    where: Annotated[TenantWhere | None, _argument("Which tenants. Default: all.")] = None,
    order_by: Annotated[
        TenantOrder | None, _argument("The order. Default: ascending slugs.")
    ] = None,
) -> PlatformTenantConnection | None:
    request, size = info.context, check_first(first)
    request.require(Act.READ_TENANTS)
    condition = _build_filter(where)
    field = order_by.field if order_by else TenantOrderField.SLUG
    is_descending = order_by is not None and order_by.direction == OrderDirection.DESC
    seal = CursorSeal(request.stores.secret, f"tenants {condition} {field} {is_descending}")
    async with request.stores.read() as connection:
        page = await listing.list_tenants(
            connection,
            condition,
            order=field,
            is_descending=is_descending,
            after=seal.decode(after),
            limit=size,
        )
    last = page.rows[-1] if page.rows else None
    end = seal.encode([last["sort_value"], last["id"]]) if last else None
    return PlatformTenantConnection(
        nodes=[build_tenant(row) for row in page.rows],
        page_info=PlatformPageInfo(has_next_page=page.has_next, end_cursor=end),
        where=condition,
        counted=page.total,
    )


async def _find_tenant(
    info: strawberry.Info[PlatformRequest], slug: Annotated[str, _argument("The slug.", 63)]
) -> PlatformTenant | None:
    request = info.context
    request.require(Act.READ_TENANTS)
    async with request.stores.read() as connection:
        row = await listing.find_tenant(connection, slug)
    return None if row is None else build_tenant(row)


async def _list_requests(
    info: strawberry.Info[PlatformRequest],
    slug: Annotated[str, _argument("The slug of the tenant.", SLUG.max_length)],
    first_day: Annotated[
        date | None, _argument("The first day, in UTC. Default: 29 days before the last.")
    ] = None,
    last_day: Annotated[date | None, _argument("The last day, in UTC. Default: today.")] = None,
) -> list[RequestCount] | None:
    request = info.context
    request.require(Act.READ_TENANTS)
    last = last_day or request.now.date()
    first = first_day or last - timedelta(days=29)
    if not timedelta(0) <= last - first <= timedelta(days=KEPT_DAYS):
        message = (
            f"The first day is not after the last day, and at most {KEPT_DAYS} days before it."
            " Choose other days."
        )
        raise Invalid(message, "firstDay", code=Code.OUT_OF_RANGE)
    async with request.stores.read() as connection:
        row = await listing.find_tenant(connection, slug)
        if row is None:
            return None
        found = await list_requests(connection, row["id"], first, last)
    return [RequestCount(day=day, requests=count) for day, count in found]


QUERIES = {
    "tenants": strawberry.field(
        resolver=_list_tenants, description="All tenants, with their usage as it was last measured."
    ),
    "tenant": strawberry.field(
        resolver=_find_tenant, description="The tenant with this slug. Null if there is none."
    ),
    "tenant_usage": strawberry.field(
        resolver=_list_requests,
        description="The requests of a tenant by day. Days without requests are left out. Requests"
        f" of the last minutes may be missing. Numbers are kept for {KEPT_DAYS} days, which is also"
        " the longest period. Null if there is no such tenant.",
    ),
}
