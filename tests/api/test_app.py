"""The whole application over a real database: tokens, tenants, graph, HTTP and shutdown."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.app import open_application
from api.commands import tenants
from api.commands.database_url import Database
from api.identity.built_in_issuer import issue_token
from api.settings import Settings
from persistence.embedded import DatabaseUrls
from persistence.kernel.schema.database_role import DatabaseNotReady
from tests.api.node_scripts import require_node_packages, run_node_script
from tests.api.running_server import RunningServer, run_application
from tests.api.ws_client import a_socket, wait_until


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
    # Without prices for time, a busy machine does not exhaust the caller's budget.
    return Settings(
        directory=tmp_path_factory.mktemp("trellis"),
        port=0,
        in_flight=8,
        pool_size=2,
        database_price=0,
        cpu_price=0,
    )


@pytest.fixture(scope="module")
def database(addresses: DatabaseUrls) -> Database:
    return Database(addresses.serving, addresses.owner)


@pytest.fixture(scope="module")
def served(database: Database, settings: Settings) -> Iterator[RunningServer]:
    with run_application(settings, database.serving_url) as served:
        yield served


@pytest.fixture(scope="module")
def tenant(database: Database, settings: Settings) -> Tenant:
    return create_tenant(database, settings)


@pytest.fixture
def client(served: RunningServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, timeout=10) as client:
        yield client


def create_tenant(database: Database, settings: Settings) -> Tenant:
    slug = f"t{uuid4().hex[:12]}"
    admin = tenants.FirstAdmin("Ada", "Okafor", f"ada@{slug}.example")
    asyncio.run(tenants.create_tenant(database, settings, slug, "Okafor & Co", admin))
    return Tenant(slug, issue_token(settings, slug, admin.work_email))


def post_query(
    client: httpx.Client, tenant: Tenant, query: str, **variables: Any
) -> httpx.Response:
    body = {"query": query, "variables": variables}
    return client.post("/graphql", json=body, headers=tenant.headers)


def test_the_viewer_is_whom_the_token_names(client: httpx.Client, tenant: Tenant) -> None:
    response = post_query(
        client, tenant, "{ viewer { person { name workEmail } tenant { name } } }"
    )

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
    other = create_tenant(database, settings)
    mine = post_query(client, tenant, "{ viewer { person { id } } }").json()
    id = mine["data"]["viewer"]["person"]["id"]

    foreign = post_query(client, other, "query($id: ID!) { node(id: $id) { id } }", id=id)
    unknown = post_query(
        client, other, "query($id: ID!) { node(id: $id) { id } }", id=f"person_{uuid4()}"
    )

    assert foreign.status_code == unknown.status_code == 200
    # What is left of the caller's budget differs from request to request, whatever was asked.
    assert foreign.content.split(b',"extensions"')[0] == unknown.content.split(b',"extensions"')[0]


def test_a_suspended_tenant_is_told_so_at_the_next_request(
    client: httpx.Client, database: Database, settings: Settings
) -> None:
    tenant = create_tenant(database, settings)
    assert post_query(client, tenant, "{ viewer { person { id } } }").status_code == 200

    asyncio.run(tenants.suspend_tenant(database, tenant.slug))

    response = post_query(client, tenant, "{ viewer { person { id } } }")
    assert response.status_code == 403
    assert response.json()["errors"][0]["extensions"]["code"] == "TENANT_SUSPENDED"


def test_nobody_gets_in_without_a_member(
    client: httpx.Client, tenant: Tenant, settings: Settings
) -> None:
    stranger = Tenant(tenant.slug, issue_token(settings, tenant.slug, "stranger@nowhere.example"))

    response = post_query(client, stranger, "{ viewer { person { id } } }")

    assert response.status_code == 403
    assert response.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_the_process_is_ready_and_shows_its_pool(client: httpx.Client) -> None:
    assert client.get("/readyz").json() == {"status": "ok", "failing": {}}
    series = 'trellis_pool_connections{database="home",pool="read",state="open"}'
    assert series in client.get("/metrics").text


def test_more_requests_than_connections_are_all_answered_or_refused_cleanly(
    served: RunningServer, tenant: Tenant
) -> None:
    def ask(_: int) -> int:
        with httpx.Client(base_url=served.url, timeout=20, verify=False) as client:
            return post_query(client, tenant, "{ viewer { person { name } } }").status_code

    with ThreadPoolExecutor(24) as many:
        statuses = list(many.map(ask, range(96)))

    assert set(statuses) <= {200, 503}
    assert statuses.count(200) >= 8
    assert served.server.context.active == 0


def test_clients_that_leave_cost_no_connection(served: RunningServer, tenant: Tenant) -> None:
    query = b'{"query": "{ people(first: 100) { nodes { name history { totalCount } } } }"}'
    host, port = served.host.split(":")
    head = (
        f"POST /graphql HTTP/1.1\r\nhost: {served.host}\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {tenant.token}\r\ncontent-length: {len(query)}\r\n\r\n"
    )
    query_of_mine = "{ viewer { person { id } } }"
    with httpx.Client(base_url=served.url, timeout=10) as client:
        for _ in range(10):
            for _ in range(4):
                with socket.create_connection((host, int(port))) as connection:
                    connection.sendall(head.encode() + query)
            response = post_query(client, tenant, query_of_mine)
            assert response.status_code == 200, response.text
            wait_until(lambda: served.server.context.active == 0)


CREATE = """
mutation($owner: ID!, $title: String!) {
  goalCreate(input: {owner: {personId: $owner}, title: $title, dueOn: "2030-01-31"}) {
    goal { id title }
    errors { code field }
  }
}
"""


def test_a_change_reaches_those_who_listen_and_may_see_it(
    served: RunningServer,
    client: httpx.Client,
    tenant: Tenant,
    database: Database,
    settings: Settings,
) -> None:
    other = create_tenant(database, settings)
    viewer = post_query(client, tenant, "{ viewer { person { id } } }").json()["data"]["viewer"]
    with (
        a_socket(served, token=tenant.token) as mine,
        a_socket(served, token=other.token) as theirs,
    ):
        for each in (mine, theirs):
            each.subscribe("s", "subscription { goalChanged { goal { title } } }")
            # Answered after the subscription has begun, because a socket is served in order.
            each.subscribe("q", "{ viewer { tenant { name } } }")
            assert each.receive()["id"] == "q"
            assert each.receive()["type"] == "complete"
        with (
            httpx.Client(base_url=served.url, timeout=10) as reader,
            reader.stream(
                "POST",
                "/graphql/stream",
                json={"query": "subscription { auditLog { action } }"},
                headers=tenant.headers | {"accept": "text/event-stream"},
            ) as stream,
        ):
            lines = stream.iter_lines()
            assert next(lines) == ":"
            time.sleep(0.3)
            made = post_query(
                client, tenant, CREATE, owner=viewer["person"]["id"], title="Ship 🚢 שלום"
            )
            assert made.json()["data"]["goalCreate"]["errors"] == []

            event = mine.receive()
            assert event["type"] == "next"
            assert event["payload"]["data"] == {"goalChanged": {"goal": {"title": "Ship 🚢 שלום"}}}
            while not (line := next(lines)).startswith("data: "):
                pass
            assert '"action":"DRAFTED"' in line
        theirs.subscribe("q", "{ viewer { tenant { name } } }")
        assert theirs.receive()["id"] == "q"


def test_all_audits_of_graphql_http_pass_over_the_real_graph(
    served: RunningServer, tenant: Tenant
) -> None:
    require_node_packages()

    printed = run_node_script("audit.mjs", f"{served.url}/graphql", tenant.token)

    assert json.loads(printed) == {"ok": 61, "notice": 0, "warn": 0, "error": 0}


def test_a_role_above_row_level_security_does_not_serve(
    database: Database, settings: Settings
) -> None:
    async def attempt() -> None:
        async with open_application(settings, database.required_owner_url):
            pass

    with pytest.raises(DatabaseNotReady, match=r"owns tables|superuser"):
        asyncio.run(attempt())
