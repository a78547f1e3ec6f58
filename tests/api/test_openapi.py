"""The OpenAPI description lists the routes that exist, and they answer as described."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate
from starlette.routing import Route, WebSocketRoute

from api.http.content_negotiation import JSON, RESPONSE_JSON
from api.http.routes import build_application, build_routes
from api.http.server_context import DemoUser, ServerContext
from tests.api.small_graph import a_wire

pytestmark = pytest.mark.anyio

DESCRIPTION: dict[str, Any] = yaml.safe_load(Path("openapi/openapi.yaml").read_text())
METHODS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")
GOOD = {"authorization": "Bearer good"}


async def list_people() -> list[DemoUser]:
    return [DemoUser(name="Hana Sato", role="HR", tenant="meridian", token="good")]


@pytest.fixture
def wire() -> ServerContext:
    wire = a_wire()
    wire.list_demo_users = list_people
    return wire


@pytest.fixture
async def client(wire: ServerContext) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=build_application(wire))
    async with httpx.AsyncClient(transport=transport, base_url="http://trellis.test") as client:
        yield client


def test_the_description_is_valid() -> None:
    validate(DESCRIPTION)


def test_the_routes_that_exist_are_those_described(wire: ServerContext) -> None:
    existing = {
        route.path for route in build_routes(wire) if isinstance(route, Route | WebSocketRoute)
    }

    redirects = {"/", "/graphql/"}
    assert existing - redirects == set(DESCRIPTION["paths"])


async def test_each_path_knows_the_methods_described_and_no_other(
    client: httpx.AsyncClient,
) -> None:
    for path, described in DESCRIPTION["paths"].items():
        for method in METHODS:
            accept = {"accept": "text/html"} if path == "/platform/graphql" else {}  # only the page
            response = await client.request(
                method.upper(), path.replace("{file}", "page.js"), headers=GOOD | accept
            )
            is_known = response.status_code != 405
            # What answers GET without GraphQL answers HEAD as well, as HTTP has it.
            expected = method in described or (
                method == "head" and "get" in described and not path.endswith("/graphql")
            )
            assert is_known == expected, (method, path)


SITUATIONS: dict[str, tuple[str, str, dict[str, str], dict[str, Any] | None, int]] = {
    "an answer": ("POST", "/graphql", GOOD, {"query": "{ hello }"}, 200),
    "an answer to GET": ("GET", "/graphql?query={hello}", GOOD, None, 200),
    "a misfit": ("POST", "/graphql", GOOD | {"accept": JSON}, {"query": "{ no }"}, 200),
    "a misfit, strictly": (
        "POST", "/graphql", GOOD | {"accept": RESPONSE_JSON}, {"query": "{ no }"}, 400,
    ),
    "no query": ("POST", "/graphql", GOOD, {}, 400),
    "no token": ("POST", "/graphql", {}, {"query": "{ hello }"}, 401),
    "a mutation by GET": ("GET", "/graphql?query=mutation{touch}", GOOD, None, 405),
    "nothing acceptable": ("GET", "/graphql", GOOD | {"accept": "image/png"}, None, 406),
    "no JSON": ("POST", "/graphql", GOOD | {"content-type": "text/plain"}, None, 415),
    "a fault": ("POST", "/graphql", GOOD, {"query": "{ broken }"}, 500),
    "a stream": ("POST", "/graphql/stream", GOOD, {"query": "{ hello }"}, 200),
    "a stream refused": ("POST", "/graphql/stream", {}, {"query": "{ hello }"}, 401),
    "life": ("GET", "/livez", {}, None, 200),
    "readiness": ("GET", "/readyz", {}, None, 200),
    "figures": ("GET", "/metrics", {}, None, 200),
    "the description": ("GET", "/openapi.yaml", {}, None, 200),
    "the schema": ("GET", "/graphql/schema.graphql", {}, None, 200),
    "no platform": ("POST", "/platform/graphql", GOOD, {"query": "{ hello }"}, 404),
    "the platform's schema": ("GET", "/platform/graphql/schema.graphql", {}, None, 200),
    "people": ("GET", "/graphiql/people", {"host": "localhost:8000"}, None, 200),
    "people of another site": ("GET", "/graphiql/people", {}, None, 403),
    "a file": ("GET", "/graphiql/page.css", {}, None, 200),
    "no such file": ("GET", "/graphiql/none.css", {}, None, 404),
}  # fmt: skip


@pytest.mark.parametrize("situation", SITUATIONS.values(), ids=SITUATIONS.keys())
async def test_responses_are_as_described(
    client: httpx.AsyncClient,
    situation: tuple[str, str, dict[str, str], dict[str, Any] | None, int],
) -> None:
    method, address, headers, body, status = situation

    response = await client.request(method, address, headers=headers, json=body)

    assert response.status_code == status
    path = address.partition("?")[0]
    known = path if path in DESCRIPTION["paths"] else "/graphiql/{file}"
    described = resolve_reference(
        DESCRIPTION["paths"][known][method.lower()]["responses"][str(status)]
    )
    media_type = response.headers["content-type"].partition(";")[0]
    assert media_type in described["content"]
    for name in described.get("headers", {}):
        assert name in response.headers or name == "retry-after"
    if media_type.endswith("json"):
        schema = described["content"][media_type]["schema"]
        whole = {**schema, "components": DESCRIPTION["components"]}
        OAS31Validator(whole).validate(response.json())


async def test_not_being_ready_is_as_described(
    wire: ServerContext, client: httpx.AsyncClient
) -> None:
    wire.draining.set()

    response = await client.get("/readyz")

    schema = DESCRIPTION["components"]["schemas"]["Readiness"]
    OAS31Validator(schema).validate(response.json())


def resolve_reference(described: dict[str, Any]) -> dict[str, Any]:
    """Return the target of a reference, or the value itself."""
    reference = described.get("$ref")
    if reference is None:
        return described
    found: Any = DESCRIPTION
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)
