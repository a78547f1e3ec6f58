"""GraphQL over HTTP on a small graph: invalid requests are refused with a code."""

import json
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from api.http.content_negotiation import (
    GRAPHQL,
    JSON,
    RESPONSE_JSON,
    is_utf8_json,
    select_media_type,
)
from api.http.server_context import ServerContext
from tests.api.small_graph import a_wire, build_client, read_error_code

pytestmark = pytest.mark.anyio


GOOD = {"authorization": "Bearer good"}


STRICT = {**GOOD, "accept": RESPONSE_JSON, "content-type": JSON}


@pytest.fixture
def wire() -> ServerContext:
    return a_wire()


@pytest.fixture
async def client(wire: ServerContext) -> AsyncIterator[httpx.AsyncClient]:
    async with build_client(wire) as client:
        yield client


async def test_a_query_is_answered(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": "{ hello }"}, headers=GOOD)

    assert response.status_code == 200
    assert response.json() == {"data": {"hello": "world"}}
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["vary"] == "accept, Origin"
    assert "access-control-allow-origin" not in response.headers


async def test_the_media_type_is_the_one_the_client_prefers(client: httpx.AsyncClient) -> None:
    headers = {**GOOD, "accept": f"{RESPONSE_JSON}, {JSON};q=0.9"}

    response = await client.post("/graphql", json={"query": "{ hello }"}, headers=headers)

    assert response.headers["content-type"] == f"{RESPONSE_JSON}; charset=utf-8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (RESPONSE_JSON, RESPONSE_JSON),
        (f"{JSON}, {RESPONSE_JSON}", RESPONSE_JSON),
        (f"{JSON}, {RESPONSE_JSON};q=0.5", JSON),
        (f"{RESPONSE_JSON};q=0, */*", JSON),
        (f"{JSON};q=0, */*;q=0.1", RESPONSE_JSON),
        (f"{RESPONSE_JSON}, application/graphql+json, {JSON}, text/event-stream", RESPONSE_JSON),
        ("APPLICATION/JSON", JSON),
        ("text/html,application/xhtml+xml,*/*;q=0.8", JSON),
        ("text/html", None),
        (f"{JSON};q=0", None),
        (f"{JSON};q=nonsense", None),
    ],
)
def test_accept_is_read_as_http_has_it(accept: str | None, expected: str | None) -> None:
    assert select_media_type(accept, GRAPHQL, JSON) == expected


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ('Application/JSON;Charset="UTF-8"', True),
        ("application/json; charset=latin-1", False),
        ("text/plain", False),
        ("application/x-www-form-urlencoded", False),
        ("multipart/form-data; boundary=x", False),
        ("application/graphql", False),
        (None, False),
    ],
)
def test_only_json_in_utf8_is_understood(content_type: str | None, *, expected: bool) -> None:
    assert is_utf8_json(content_type) is expected


async def test_what_the_client_accepts_must_be_on_offer(client: httpx.AsyncClient) -> None:
    headers = {**GOOD, "accept": "text/html"}

    response = await client.post("/graphql", json={"query": "{ hello }"}, headers=headers)

    assert (response.status_code, read_error_code(response)) == (406, "BAD_REQUEST")


async def test_without_a_token_nothing_is_answered(client: httpx.AsyncClient) -> None:
    response = await client.post(
        "/graphql", json={"query": "{ hello }"}, headers={"accept": RESPONSE_JSON}
    )

    assert (response.status_code, read_error_code(response)) == (401, "UNAUTHENTICATED")
    assert response.headers["www-authenticate"] == 'Bearer realm="trellis"'
    assert response.headers["content-type"] == f"{RESPONSE_JSON}; charset=utf-8"


async def test_a_wrong_token_is_told_from_none(client: httpx.AsyncClient) -> None:
    response = await client.post(
        "/graphql", json={"query": "{ hello }"}, headers={"authorization": "Bearer bad"}
    )

    assert response.status_code == 401
    assert 'error="invalid_token"' in response.headers["www-authenticate"]


BAD_BODIES: dict[str, bytes | str] = {
    "empty": b"",
    "not JSON": b'{"query": "{ hello }"',
    "invalid UTF-8": b'{"query": "{ hello }", "variables": {"a": "\xff\xfe"}}',
    "UTF-16": '{"query": "{ hello }"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"query": "{ hello }"}',
    "a lone surrogate": rb'{"query": "{ hello }", "variables": {"a": "\ud800"}}',
    "a raw null byte": b'{"query": "{ hello }\x00"}',
    "a written null character": rb'{"query": "{ hello }", "variables": {"a": ["\u0000"]}}',
    "a null character in a key": rb'{"query": "{ hello }", "variables": {"\u0000": 1}}',
    "NaN": b'{"query": "{ hello }", "variables": {"a": NaN}}',
    "a key twice": b'{"query": "{ hello }", "query": "{ broken }"}',
    "a key twice inside": b'{"query": "{ hello }", "variables": {"a": {"b": 1, "b": 2}}}',
    "two documents": b'{"query": "{ hello }"} {}',
    "a batch": b'[{"query": "{ hello }"}]',
    "a string": b'"{ hello }"',
    "null": b"null",
    "no query": b'{"operationName": "A"}',
    "an empty query": b'{"query": ""}',
    "a number as query": b'{"query": 1}',
    "a list as variables": b'{"query": "{ hello }", "variables": []}',
    "a string as variables": b'{"query": "{ hello }", "variables": "{}"}',
    "a number as operationName": b'{"query": "{ hello }", "operationName": 1}',
    "a string as extensions": b'{"query": "{ hello }", "extensions": "x"}',
    "deep nesting": b'{"query": "{ hello }", "variables": ' + b"[" * 5000 + b"]" * 5000 + b"}",
}  # fmt: skip


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
@pytest.mark.parametrize("accept", GRAPHQL)
async def test_a_malformed_body_is_a_bad_request(
    client: httpx.AsyncClient, body: bytes, accept: str
) -> None:
    response = await client.post("/graphql", content=body, headers={**STRICT, "accept": accept})

    assert (response.status_code, read_error_code(response)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("text", ["😀 é ש‎ع", "Zürich", "a\\u2028b", "\\ud83d\\ude00"])
async def test_any_other_text_goes_through(client: httpx.AsyncClient, text: str) -> None:
    body = '{"query": "query A($name: String!) { __type(name: $name) { name } }", "variables": {"name": "%s"}}'  # noqa: E501
    response = await client.post("/graphql", content=(body % text).encode(), headers=STRICT)

    assert response.json() == {"data": {"__type": None}}


async def test_a_document_that_does_not_fit_is_refused_as_the_client_understands(
    client: httpx.AsyncClient,
) -> None:
    for accept, status in ((RESPONSE_JSON, 400), (JSON, 200)):
        response = await client.post(
            "/graphql", json={"query": "{ nothing }"}, headers={**GOOD, "accept": accept}
        )
        assert (response.status_code, read_error_code(response)) == (
            status,
            "GRAPHQL_VALIDATION_FAILED",
        )


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
async def test_forms_and_plain_text_are_not_taken(
    client: httpx.AsyncClient, content_type: str | None
) -> None:
    headers = GOOD | ({"content-type": content_type} if content_type else {})

    response = await client.post("/graphql", content=b'{"query": "{ hello }"}', headers=headers)

    assert (response.status_code, read_error_code(response)) == (415, "BAD_REQUEST")


async def test_a_compressed_body_is_not_taken(client: httpx.AsyncClient) -> None:
    headers = {**STRICT, "content-encoding": "gzip"}

    response = await client.post("/graphql", content=b"x", headers=headers)

    assert (response.status_code, read_error_code(response)) == (415, "BAD_REQUEST")


async def test_get_answers_queries(client: httpx.AsyncClient) -> None:
    parameters = {
        "query": "query A($name: String!) { __type(name: $name) { name } } query B { hello }",
        "operationName": "A",
        "variables": json.dumps({"name": "Query"}),
        "extensions": "",
        "unknown": "ignored",
    }

    response = await client.get("/graphql", params=parameters, headers=GOOD)

    assert response.json() == {"data": {"__type": {"name": "Query"}}}


async def test_get_refuses_mutations(client: httpx.AsyncClient) -> None:
    for accept in GRAPHQL:
        response = await client.get(
            "/graphql", params={"query": "mutation { touch }"}, headers={**GOOD, "accept": accept}
        )
        assert response.status_code == 405
        assert response.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "query=",
        "query=%FF",
        "query={hello}&query={broken}",
        "query={hello}&variables=[1]",
        "query={hello}&variables={",
        "query={hello}&variables={%22a%22:1,%22a%22:2}",
        "query={hello}%00",
        "variables={}",
    ],
)
async def test_a_malformed_query_string_is_a_bad_request(
    client: httpx.AsyncClient, query: str
) -> None:
    response = await client.get(f"/graphql?{query}", headers=STRICT)

    assert (response.status_code, read_error_code(response)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "QUERY"])
async def test_other_methods_are_not_known(client: httpx.AsyncClient, method: str) -> None:
    response = await client.request(method, "/graphql", headers=GOOD)

    assert (response.status_code, read_error_code(response)) == (405, "BAD_REQUEST")
    assert response.headers["allow"] == "GET, POST, OPTIONS"


async def test_options_tells_the_methods(client: httpx.AsyncClient) -> None:
    response = await client.options("/graphql")

    assert (response.status_code, response.headers["allow"]) == (204, "GET, POST, OPTIONS")


async def test_a_clients_request_id_stands_beside_ours(client: httpx.AsyncClient) -> None:
    headers = GOOD | {"x-request-id": "abc/123.DEF_4"}

    response = await client.post("/graphql", json={"query": "{ nothing }"}, headers=headers)

    own_id = response.headers["x-request-id"]
    assert str(UUID(own_id)) == own_id
    assert response.headers["x-client-request-id"] == "abc/123.DEF_4"
    assert response.json()["errors"][0]["extensions"]["requestId"] == own_id


@pytest.mark.parametrize("sent", ["", "a" * 129, "with space", "caf\u00e9", "tab\tinside"])
async def test_an_unusable_request_id_is_not_repeated(client: httpx.AsyncClient, sent: str) -> None:
    response = await client.get("/livez", headers={"x-request-id": sent.encode("latin-1")})

    assert UUID(response.headers["x-request-id"]).version == 7
    assert "x-client-request-id" not in response.headers


async def test_an_internal_error_reveals_nothing(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": "{ broken }"}, headers=STRICT)

    assert (response.status_code, read_error_code(response)) == (500, "INTERNAL_SERVER_ERROR")
    assert "canary" not in response.text


async def test_what_does_not_exist_is_not_found(client: httpx.AsyncClient) -> None:
    for path in ("/admin", "/graphiql/../settings.py", "/graphiql/page.py"):
        response = await client.get(path, headers=GOOD)
        assert (response.status_code, read_error_code(response)) == (404, "NOT_FOUND")
