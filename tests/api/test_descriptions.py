"""The schema and the OpenAPI document are served, and cached by their entity tags."""

import httpx
import pytest

from api.http.routes import build_application
from api.schema import render_sdl
from tests.api.small_graph import a_wire

pytestmark = pytest.mark.anyio

SDL = "/graphql/schema.graphql"


async def get(path: str, **headers: str) -> httpx.Response:
    context = a_wire()
    context.render_sdl = render_sdl
    transport = httpx.ASGITransport(app=build_application(context))
    async with httpx.AsyncClient(transport=transport, base_url="http://trellis.test") as client:
        return await client.get(path, headers=headers)


async def test_the_schema_is_served_as_text_without_a_token() -> None:
    response = await get(SDL)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    assert response.text == render_sdl()


@pytest.mark.parametrize("path", [SDL, "/openapi.yaml"])
async def test_a_known_version_is_not_sent_again(path: str) -> None:
    tag = (await get(path)).headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        response = await get(path, **{"if-none-match": known})
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["etag"] == tag
    assert (await get(path, **{"if-none-match": '"other"'})).status_code == 200
