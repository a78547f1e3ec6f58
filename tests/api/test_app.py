"""Everything together over a real database: tokens, tenants, the graph, the wire, and leaving."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api import tenancy
from api.database import Database
from api.identity.built_in import token
from api.settings import Settings
from persistence.embedded import Addresses
from persistence.kernel.serving import Unfit
from tests.api.serving import Served, serving_all


@dataclass
class Tenant:
    """A tenant with one admin."""

    slug: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {
            "authorization": f"Bearer {self.token}",
            "accept": "application/graphql-response+json",
        }


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(directory=tmp_path_factory.mktemp("trellis"), port=0, in_flight=8, pool_size=2)


@pytest.fixture(scope="module")
def database(addresses: Addresses) -> Database:
    return Database(addresses.serving, addresses.owner)


@pytest.fixture(scope="module")
def served(database: Database, settings: Settings) -> Iterator[Served]:
    with serving_all(settings, database.serving) as served:
        yield served


@pytest.fixture(scope="module")
def tenant(database: Database, settings: Settings) -> Tenant:
    return founded(database, settings)


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, timeout=10) as client:
        yield client


def founded(database: Database, settings: Settings) -> Tenant:
    slug = f"t{uuid4().hex[:12]}"
    admin = tenancy.Admin("Ada", "Okafor", f"ada@{slug}.example")
    asyncio.run(tenancy.create(database, settings, slug, "Okafor & Co", admin))
    return Tenant(slug, token(settings, slug, admin.work_email))


def asked(client: httpx.Client, tenant: Tenant, query: str, **variables: Any) -> httpx.Response:
    body = {"query": query, "variables": variables}
    return client.post("/graphql", json=body, headers=tenant.headers)


def test_the_viewer_is_whom_the_token_names(client: httpx.Client, tenant: Tenant) -> None:
    response = asked(client, tenant, "{ viewer { person { name workEmail } tenant { name } } }")

    assert response.status_code == 200
    assert response.json()["data"] == {
        "viewer": {
            "person": {"name": "Ada Okafor", "workEmail": f"ada@{tenant.slug}.example"},
            "tenant": {"name": "Okafor & Co"},
        }
    }


def test_another_tenant_stays_invisible(
    client: httpx.Client, tenant: Tenant, database: Database, settings: Settings
) -> None:
    other = founded(database, settings)
    mine = asked(client, tenant, "{ viewer { person { id } } }").json()
    id = mine["data"]["viewer"]["person"]["id"]

    foreign = asked(client, other, "query($id: ID!) { node(id: $id) { id } }", id=id)
    unknown = asked(
        client, other, "query($id: ID!) { node(id: $id) { id } }", id=f"person_{uuid4()}"
    )

    assert foreign.status_code == unknown.status_code == 200
    assert foreign.content == unknown.content


def test_a_suspended_tenant_is_told_so_at_the_next_request(
    client: httpx.Client, database: Database, settings: Settings
) -> None:
    tenant = founded(database, settings)
    assert asked(client, tenant, "{ viewer { id } }").status_code == 200

    asyncio.run(tenancy.suspend(database, tenant.slug))

    response = asked(client, tenant, "{ viewer { id } }")
    assert response.status_code == 403
    assert response.json()["errors"][0]["extensions"]["code"] == "TENANT_SUSPENDED"


def test_nobody_gets_in_without_a_member(
    client: httpx.Client, tenant: Tenant, settings: Settings
) -> None:
    stranger = Tenant(tenant.slug, token(settings, tenant.slug, "stranger@nowhere.example"))

    response = asked(client, stranger, "{ viewer { id } }")

    assert response.status_code == 403
    assert response.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_the_process_is_ready_and_shows_its_pool(client: httpx.Client) -> None:
    assert client.get("/readyz").json() == {"status": "ok", "failing": {}}
    assert 'trellis_pool_connections{pool="read",state="open"}' in client.get("/metrics").text


def test_more_requests_than_connections_are_all_answered_or_refused_cleanly(
    served: Served, tenant: Tenant
) -> None:
    def ask(_: int) -> int:
        with httpx.Client(base_url=served.url, timeout=20) as client:
            return asked(client, tenant, "{ viewer { person { name } } }").status_code

    with ThreadPoolExecutor(24) as many:
        statuses = list(many.map(ask, range(96)))

    assert set(statuses) <= {200, 503}
    assert statuses.count(200) >= 8
    assert served.server.wire.working == 0


def test_a_client_that_leaves_costs_no_connection(served: Served, tenant: Tenant) -> None:
    for _ in range(20):
        with (
            httpx.Client(base_url=served.url, timeout=httpx.Timeout(5, read=0.001)) as client,
            pytest.raises(httpx.ReadTimeout),
        ):
            asked(client, tenant, "{ people(first: 100) { nodes { name } } }")
    deadline = time.monotonic() + 5
    while served.server.wire.working and time.monotonic() < deadline:
        time.sleep(0.01)

    with httpx.Client(base_url=served.url, timeout=10) as client:
        for _ in range(4):
            assert asked(client, tenant, "{ viewer { id } }").status_code == 200


def test_a_role_above_row_level_security_does_not_serve(
    database: Database, settings: Settings
) -> None:
    async def attempt() -> None:
        from api.app import opened  # noqa: PLC0415

        async with opened(settings, database.changing):
            pass

    with pytest.raises(Unfit, match=r"owns tables|superuser"):
        asyncio.run(attempt())
