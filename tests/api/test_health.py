"""Health, metrics, production mode and CORS, as operators and other origins see them."""

from collections.abc import AsyncIterator

import httpx
import pytest

from api.http.routes import build_application
from api.http.server_context import ServerContext
from tests.api.small_graph import a_wire

pytestmark = pytest.mark.anyio

GOOD = {"authorization": "Bearer good"}


@pytest.fixture
def wire() -> ServerContext:
    return a_wire()


@pytest.fixture
async def client(wire: ServerContext) -> AsyncIterator[httpx.AsyncClient]:
    async with build_client(wire) as client:
        yield client


def build_client(wire: ServerContext) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=build_application(wire))
    return httpx.AsyncClient(transport=transport, base_url="http://trellis.test")


async def test_browsers_of_other_origins_are_let_in_only_where_allowed() -> None:
    preflight = {
        "origin": "https://app.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }
    async with build_client(a_wire()) as client:
        response = await client.options("/graphql", headers=preflight)
        assert "access-control-allow-origin" not in response.headers

    async with build_client(a_wire(allowed_origins="https://app.example")) as client:
        response = await client.options("/graphql", headers=preflight)
        assert response.status_code == 200
        assert response.headers["access-control-allow-origin"] == "https://app.example"
        # Refusals must be readable in the browser too.
        response = await client.post("/graphql", headers={"origin": "https://app.example"})
        assert response.status_code == 401
        assert response.headers["access-control-allow-origin"] == "https://app.example"
        response = await client.post("/graphql", headers={"origin": "https://other.example"})
        assert "access-control-allow-origin" not in response.headers


async def test_production_asks_for_encrypted_transport_and_serves_no_graphiql() -> None:
    wire = a_wire(production=True, database_url="postgresql://nowhere/x", secret="x" * 32)

    async with build_client(wire) as client:
        response = await client.get("/graphql", headers={"accept": "text/html,*/*;q=0.8"})
        assert response.status_code == 401
        assert response.headers["strict-transport-security"].startswith("max-age=")
        for path in ("/graphiql/people", "/graphiql/page.js"):
            assert (await client.get(path)).status_code == 404


async def test_the_process_lives_and_is_ready_until_it_leaves(
    wire: ServerContext, client: httpx.AsyncClient
) -> None:
    assert (await client.get("/livez")).json() == {"status": "ok"}
    assert (await client.get("/readyz")).json() == {"status": "ok", "failing": {}}

    wire.draining.set()

    assert (await client.get("/livez")).status_code == 200
    response = await client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "failing": {"process": "draining"}}


async def test_readiness_tells_what_is_missing(
    wire: ServerContext, client: httpx.AsyncClient
) -> None:
    async def unreachable() -> dict[str, str]:
        raise OSError("canary")

    wire.check_readiness = unreachable

    response = await client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "failing": {"database": "OSError"}}


async def test_metrics_count_by_type_and_outcome(
    wire: ServerContext, client: httpx.AsyncClient
) -> None:
    wire.metrics.watch_pool("home", "read", "idle", lambda: 3)
    for query in ("{ hello }", "# mutation\n{ hello }", "mutation M { touch }", "{ nothing }"):
        await client.post("/graphql", json={"query": query}, headers=GOOD)
    await client.post("/graphql")

    page = (await client.get("/metrics")).text

    assert 'trellis_requests_total{operation="query",outcome="OK"} 2.0' in page
    assert 'trellis_requests_total{operation="mutation",outcome="OK"} 1.0' in page
    assert (
        'trellis_requests_total{operation="query",outcome="GRAPHQL_VALIDATION_FAILED"} 1.0' in page
    )
    assert 'trellis_requests_total{operation="none",outcome="UNAUTHENTICATED"} 1.0' in page
    assert 'trellis_request_seconds_count{operation="query"} 3.0' in page
    assert 'trellis_pool_connections{database="home",pool="read",state="idle"} 3.0' in page
    assert "trellis_requests_in_flight 0.0" in page
