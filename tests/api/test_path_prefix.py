"""The server below a path prefix: behind a proxy that removes it or passes it on, and mounted."""

import re
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest
import yaml
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.routes import build_application
from tests.api.small_graph import a_wire

pytestmark = pytest.mark.anyio

HOST = "http://trellis.test"
PREFIX = "/people/trellis"
GOOD = {"authorization": "Bearer good", "content-type": "application/json"}


def remove_prefix(app: ASGIApp) -> ASGIApp:
    """Build a proxy that removes the prefix and does not tell."""

    async def forward(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["path"].startswith(PREFIX)
        await app({**scope, "path": scope["path"].removeprefix(PREFIX)}, receive, send)

    return forward


APPLICATIONS: dict[str, ASGIApp] = {
    "removed": remove_prefix(build_application(a_wire())),
    "passed on": build_application(a_wire(root_path=PREFIX)),
    "mounted": Starlette(routes=[Mount(PREFIX, build_application(a_wire()))]),
}


@pytest.fixture(params=APPLICATIONS)
def app(request: pytest.FixtureRequest) -> ASGIApp:
    return APPLICATIONS[request.param]


@pytest.fixture
def client(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=HOST)


@pytest.mark.parametrize("path", ["/", "/graphql/"])
async def test_redirects_stay_below_the_prefix(client: httpx.AsyncClient, path: str) -> None:
    found = await client.get(f"{PREFIX}{path}", params={"a": "b"})
    assert found.status_code == 308
    assert urljoin(str(found.url), found.headers["location"]) == f"{HOST}{PREFIX}/graphql?a=b"


async def test_the_prefix_alone_leads_below_it() -> None:
    transport = httpx.ASGITransport(app=APPLICATIONS["passed on"])
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
        found = await client.get(PREFIX)
    assert urljoin(str(found.url), found.headers["location"]) == f"{HOST}{PREFIX}/graphql"


async def test_a_longer_name_is_not_the_prefix() -> None:
    transport = httpx.ASGITransport(app=APPLICATIONS["passed on"])
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
        assert (await client.get(f"{PREFIX}s/livez")).status_code == 404
        assert (await client.get("/livez")).status_code == 200  # the probe of a container


async def test_the_files_of_the_page_are_below_the_prefix_and_kept(
    client: httpx.AsyncClient,
) -> None:
    page = await client.get(f"{PREFIX}/graphql", headers={"accept": "text/html"})
    addresses = re.findall(r'(?:href|src)="([^":]+)"', page.text)
    assert len(addresses) >= 2
    for each in addresses:
        file = await client.get(urljoin(str(page.url), each))
        assert file.status_code == 200, each
        assert file.headers["cache-control"] == "public, max-age=31536000, immutable"
        known = {"if-none-match": file.headers["etag"]}
        assert (await client.get(file.url, headers=known)).status_code == 304
    script = await client.get(f"{PREFIX}/graphiql/page.js")
    assert script.headers["cache-control"] == "no-cache"
    assert re.findall(r'"/\w+', script.text + page.text) == []


async def test_requests_and_streams_are_answered_below_the_prefix(
    client: httpx.AsyncClient,
) -> None:
    query = {"query": "{ hello }"}
    answer = await client.post(f"{PREFIX}/graphql", headers=GOOD, json=query)
    assert answer.json() == {"data": {"hello": "world"}}
    stream = await client.post(f"{PREFIX}/graphql/stream", headers=GOOD, json=query)
    assert 'data: {"data":{"hello":"world"}}' in stream.text


async def test_the_description_names_the_addresses_below_the_prefix(
    client: httpx.AsyncClient,
) -> None:
    described = await client.get(f"{PREFIX}/openapi.yaml")
    document = yaml.safe_load(described.text)
    (server,) = document["servers"]
    base = urljoin(str(described.url), server["url"]).rstrip("/")
    paths: dict[str, Any] = document["paths"]
    assert "/livez" in paths
    assert (await client.get(f"{base}/livez")).status_code == 200


async def test_a_socket_opens_below_the_prefix(app: ASGIApp) -> None:
    sent: list[dict[str, Any]] = []
    received = iter([{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000}])

    async def receive() -> Any:
        return next(received)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "websocket",
        "path": f"{PREFIX}/graphql",
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"trellis.test")],
        "subprotocols": ["graphql-transport-ws"],
    }
    await app(scope, receive, send)
    assert [each["type"] for each in sent] == ["websocket.accept"]
