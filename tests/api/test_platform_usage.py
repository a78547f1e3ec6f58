"""The list of tenants with their usage, and limits that take effect."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from api.errors import RequestError
from api.identity.token_verifier import Caller
from api.kernel.execution.rate_limits import RateLimit, RateLimiter
from domain.kernel.identity import TenantId, generate_id
from domain.tenants import Budgets
from persistence.embedded import DatabaseUrls
from persistence.kernel.pools import create_write_pool
from persistence.platform.databases import PlatformDatabases
from persistence.platform.measuring import RequestCounts, UsageMeter
from tests.api.served_platform import ServedPlatform, serve_platform
from tests.factories.graph import a_caller

pytestmark = pytest.mark.anyio

LIST = """query($first: Int! = 25, $after: String, $where: TenantWhere, $orderBy: TenantOrder) {
  tenants(first: $first, after: $after, where: $where, orderBy: $orderBy) {
    totalCount nodes { slug name usage { people events requests } }
    pageInfo { hasNextPage endCursor } } }"""


@pytest.fixture(scope="module")
async def platform(
    addresses: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory, owner: Any
) -> AsyncIterator[ServedPlatform]:
    await owner.execute("DELETE FROM directory.operators")
    async with serve_platform(addresses, tmp_path_factory.mktemp("platform")) as served:
        yield served


@pytest.fixture
async def databases(addresses: DatabaseUrls) -> AsyncIterator[PlatformDatabases]:
    async with (
        await create_write_pool(addresses.platform, max_size=2) as directory,
        await create_write_pool(addresses.serving, max_size=2) as tenants,
    ):
        yield PlatformDatabases({None: directory}, {None: tenants})


async def measure_all(databases: PlatformDatabases) -> None:
    """Measure every tenant that is due."""
    while await UsageMeter(databases).measure_due(datetime.now(UTC)):
        pass


async def test_tenants_are_listed_with_what_they_use(
    platform: ServedPlatform, databases: PlatformDatabases, owner: Any
) -> None:
    word = f"w{time.time_ns()}"
    slugs = [f"{word}-{n}" for n in range(3)]
    for n, slug in enumerate(slugs):
        admin = {"givenName": "Ada", "familyName": "Ahn", "workEmail": f"ada@{slug}.example"}
        await platform.mutate(
            "tenantCreate",
            slug=slug,
            settings={"name": f"Company {n}"},
            terms={"plan": "gold" if n else None},
            admin=admin if n != 1 else None,
        )
    await platform.mutate("tenantSuspend", slug=slugs[2])
    where = {"search": word.upper()}
    before = (await platform.query(LIST, where=where))["tenants"]
    assert [each["slug"] for each in before["nodes"]] == slugs
    assert before["totalCount"] == 3
    assert [each["usage"] for each in before["nodes"]] == [None] * 3

    (id,) = await owner.fetchrow("SELECT id FROM directory.tenants WHERE slug = $1", slugs[0])
    counts = RequestCounts()
    for _ in range(3):
        counts.count(id)
    counts.count(UUID(int=0))
    await counts.flush(databases)
    await measure_all(databases)

    entries = await owner.fetch(
        "SELECT t.slug, u.events FROM directory.tenant_usage u"
        " JOIN directory.tenants t ON t.id = u.tenant_id WHERE t.slug = ANY($1)",
        slugs,
    )
    events = dict(entries)
    after = (await platform.query(LIST, where=where))["tenants"]["nodes"]
    assert after == [
        {
            "slug": slug,
            "name": f"Company {n}",
            "usage": {
                "people": 0 if n == 1 else 1,
                "events": str(events[slug]),
                "requests": "0" if n else "3",
            },
        }
        for n, slug in enumerate(slugs)
    ]
    assert 0 < events[slugs[1]] < events[slugs[0]] < events[slugs[2]]
    today = f"{datetime.now(UTC).date()}"
    daily = await platform.query(
        f'{{ tenantUsage(slug: "{slugs[0]}") {{ day requests }} none: tenantUsage(slug: "x") '
        "{ day } }"
    )
    assert daily == {"tenantUsage": [{"day": today, "requests": 3}], "none": None}

    by_events = {"field": "EVENTS", "direction": "DESC"}
    found: list[str] = []
    cursor = None
    for _ in range(3):
        page = (await platform.query(LIST, first=1, after=cursor, where=where, orderBy=by_events))[
            "tenants"
        ]
        found += [each["slug"] for each in page["nodes"]]
        cursor = page["pageInfo"]["endCursor"]
        assert page["totalCount"] == 3
    behind = await platform.query(LIST, first=1, after=cursor, where=where, orderBy=by_events)
    assert (behind["tenants"]["nodes"], behind["tenants"]["totalCount"]) == ([], 3)
    assert (found, page["pageInfo"]["hasNextPage"]) == ([slugs[2], slugs[0], slugs[1]], False)
    for filter, expected in (
        ({"status": ["SUSPENDED"]}, slugs[2:]),
        ({"plan": "gold"}, slugs[1:]),
        ({"status": ["ACTIVE"], "plan": "gold"}, slugs[1:2]),
    ):
        page = (await platform.query(LIST, where={**where, **filter}))["tenants"]
        assert [each["slug"] for each in page["nodes"]] == expected
    refused = (await platform.send(LIST, {"after": cursor})).json()
    assert refused["errors"][0]["extensions"]["code"] == "CURSOR_INVALID"


async def test_tenants_are_measured_once_until_they_are_due_again(
    platform: ServedPlatform, databases: PlatformDatabases, owner: Any
) -> None:
    slug = await platform.create()
    await measure_all(databases)
    due = (
        "SELECT due_at FROM directory.tenant_usage u JOIN directory.tenants t ON t.id = u.tenant_id"
    )
    first = await owner.fetchval(f"{due} WHERE t.slug = $1", slug)
    assert first - datetime.now(UTC) > timedelta(hours=5)
    assert await UsageMeter(databases).measure_due(datetime.now(UTC)) == 0
    assert await owner.fetchval(f"{due} WHERE t.slug = $1", slug) == first


async def test_counts_wait_while_the_directory_cannot_be_written(
    databases: PlatformDatabases, addresses: DatabaseUrls
) -> None:
    counts = RequestCounts()
    counts.count(UUID(int=7))
    async with await create_write_pool(addresses.serving, max_size=1) as serving:
        await counts.flush(PlatformDatabases({None: serving}, databases.tenants))
    assert counts.counts == {UUID(int=7): 1}
    await counts.flush(databases)
    assert counts.counts == {}


# -- limits ---------------------------------------------------------------------------------------


def a_caller_with(tenant: TenantId, name: str, budgets: Budgets) -> Caller:
    return replace(a_caller(tenant, name), budgets=budgets)


async def test_the_budgets_of_a_tenant_replace_those_of_the_installation() -> None:
    limiter = RateLimiter(RateLimit(100, 5), RateLimit(1_000, 50), clock=lambda: 0.0)
    tenant, other = TenantId(generate_id()), TenantId(generate_id())
    small = Budgets(caller=40, tenant=60)
    assert limiter.charge(a_caller(other, "mara"), 90) is not None
    with pytest.raises(RequestError, match="Too many requests"):
        limiter.charge(a_caller_with(tenant, "mara", small), 41)
    limiter.charge(a_caller_with(tenant, "mara", small), 40)
    with pytest.raises(RequestError, match="Too many requests"):
        limiter.charge(a_caller_with(tenant, "ben", small), 21)

    large = Budgets(caller=500, tenant=5_000)
    status = limiter.charge(a_caller_with(tenant, "mara", large), 400)
    assert status == {
        "maximumAvailable": 500,
        "currentlyAvailable": 500 - 40 - 400,
        "restoreRate": 25,
        "budget": "caller",
    }
    limiter.charge_tenant_afterwards(tenant, 4_700)
    assert limiter.get_tenant_delay(tenant) == pytest.approx((4_700 + 440 - 5_000) / 250)


async def test_a_budget_holds_for_the_requests_of_the_tenant(
    platform: ServedPlatform, owner: Any
) -> None:
    slug = await platform.create(terms={"callerBudget": 1_000})
    statuses = set()
    for n in range(60):
        answer = await platform.ask_tenant(
            slug, f"{{ a{n}: people(first: 100) {{ nodes {{ id }} }} }}"
        )
        statuses.add(answer.status_code)
    assert statuses == {200, 429}
    other = await platform.create()
    assert (await platform.ask_tenant(other, "{ tenant { name } }")).status_code == 200
