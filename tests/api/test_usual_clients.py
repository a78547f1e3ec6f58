"""What browsers and usual clients send: other origins, hashes of documents, other addresses."""

from typing import Any

import httpx
import pytest

from api.http.server_context import ServerContext
from tests.api.small_graph import a_wire
from tests.api.test_http import STRICT, build_client

pytestmark = pytest.mark.anyio

PRODUCTION = {
    "production": True,
    "database_url": "postgresql://nowhere/x",
    "secret": "x" * 32,
    "allowed_origins": "https://app.example",
}


async def preflight(wire: ServerContext, origin: str, headers: str) -> httpx.Response:
    asked = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": headers,
    }
    async with build_client(wire) as client:
        return await client.options("/graphql", headers=asked)


@pytest.mark.parametrize(
    ("settings", "origin", "is_allowed"),
    [
        ({}, "http://localhost:5173", True),
        ({}, "https://127.0.0.1", True),
        ({}, "http://[::1]:3000", True),
        ({}, "http://localhost.evil.example", False),
        ({}, "http://evil.example:3000", False),
        (PRODUCTION, "http://localhost:5173", False),
        (PRODUCTION, "https://app.example", True),
    ],
)
async def test_pages_of_this_machine_may_call_outside_production(
    settings: dict[str, Any], origin: str, *, is_allowed: bool
) -> None:
    response = await preflight(a_wire(**settings), origin, "authorization, content-type")
    allowed = response.headers.get("access-control-allow-origin")
    assert allowed == (origin if is_allowed else None)
    assert a_wire(**settings).is_origin_allowed(origin, "trellis.test") is is_allowed


async def test_the_headers_of_usual_clients_pass() -> None:
    headers = "apollographql-client-name, apollo-require-preflight, sentry-trace, baggage"
    assert (await preflight(a_wire(), "http://localhost:3000", headers)).status_code == 200
    refused = await preflight(a_wire(), "http://localhost:3000", "x-anything")
    assert refused.status_code == 400


@pytest.mark.parametrize("query", [{}, {"query": ""}, {"query": None}])
async def test_a_hash_instead_of_a_document_makes_clients_send_the_document(
    query: dict[str, Any],
) -> None:
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
    body = {**query, "extensions": extensions}
    async with build_client(a_wire()) as client:
        response = await client.post("/graphql", json=body, headers=STRICT)
        whole = await client.post("/graphql", json={**body, "query": "{ hello }"}, headers=STRICT)
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["message"] == "PersistedQueryNotSupported"
    assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_SUPPORTED"
    assert whole.json() == {"data": {"hello": "world"}}


async def test_other_addresses_lead_to_the_page() -> None:
    for path in ("/", "/graphql/", "/graphql/?query=x"):
        async with build_client(a_wire()) as client:
            response = await client.get(path, headers={"accept": "text/html"})
        assert response.status_code == 308
        assert response.next_request is not None
        target = response.next_request.url
        assert (target.path, target.query.decode()) == ("/graphql", path.partition("?")[2])
    async with build_client(a_wire(graphiql=False)) as without:
        assert (await without.get("/")).status_code == 404
