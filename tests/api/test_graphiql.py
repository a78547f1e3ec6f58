"""GraphiQL in a real browser: choose a person, run the first example, see its result."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from graphql import build_schema, parse, validate

from api.graphiql import page
from api.graphiql.vendor_files import VENDOR_FILES, has_vendor_files
from api.http.server_context import DemoUser
from persistence.platform.measuring import RequestCounts
from tests.api.browser import CHROMIUM, DRIVER, Browser, a_browser
from tests.api.node_scripts import run_node_script
from tests.api.running_server import RunningServer, run_server
from tests.api.small_graph import StubVerifier, a_wire

REPOSITORY = Path(__file__).parents[2]
PEOPLE = [
    DemoUser(name="Hana Sato", role="HR", tenant="meridian", token="good"),
    DemoUser(name="Ivo Marek", role="employee", tenant="meridian", token="bad"),
]


async def list_people() -> list[DemoUser]:
    await asyncio.sleep(0)
    return PEOPLE


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Replace the example query, because the small graph lacks its fields."""
    ours = tmp_path_factory.mktemp("page")
    shutil.copytree(
        page._DIRECTORY, ours, ignore=shutil.ignore_patterns("vendor"), dirs_exist_ok=True
    )
    for name in ("first.graphql", "platform.graphql"):
        (ours / name).write_text("# Press the button.\nquery First {\n  hello\n}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "_DIRECTORY", ours)
        yield ours / "first.graphql"


@pytest.fixture(scope="module")
def served(example: Path) -> Iterator[RunningServer]:
    assert example.exists()
    wire = a_wire(port=0)
    wire.list_demo_users = list_people
    platform = SimpleNamespace(
        engine=wire.engine, authenticator=StubVerifier(), request_counts=RequestCounts()
    )
    wire.platform = cast(Any, platform)
    with run_server(wire) as served:
        yield served


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("There is no Chromium here.")
    if not has_vendor_files():
        pytest.skip("GraphiQL's files were not fetched: python -m api.graphiql.")
    with a_browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


FIRST_QUERIES = [("first.graphql", "schema.graphql"), ("platform.graphql", "platform.graphql")]


@pytest.mark.parametrize(("query", "schema"), FIRST_QUERIES)
def test_the_first_query_of_each_graph_is_valid(query: str, schema: str) -> None:
    graph = build_schema((REPOSITORY / "openapi" / schema).read_text(), assume_valid=True)
    given = parse((REPOSITORY / "api" / "graphiql" / query).read_text())
    assert validate(graph, given) == []


RESULT = "return document.querySelector('.result-window')?.innerText"
EDITOR = "return document.querySelector('.graphiql-query-editor')?.innerText"


def forget_tabs(served: RunningServer, browser: Browser) -> None:
    """Clear the storage from a page without GraphiQL, which would write its tabs again."""
    browser.open(f"{served.url}/graphiql/people")
    browser.run_script("localStorage.clear()")


def test_the_first_example_runs_without_any_typing(served: RunningServer, browser: Browser) -> None:
    browser.open(f"{served.url}/graphql")
    browser.wait_for("return document.querySelector('.graphiql-execute-button')")
    choice = browser.run_script(
        "return [...document.querySelectorAll('#user option')].map(o => o.text)"
    )
    assert choice == ["Hana Sato · HR · meridian", "Ivo Marek · employee · meridian"]

    browser.click(".graphiql-execute-button")

    assert '"hello": "world"' in browser.wait_for(f"{RESULT}.includes('world') && {RESULT[7:]}")
    assert browser.read_console_messages() == []


def test_another_person_can_be_chosen(served: RunningServer, browser: Browser) -> None:
    browser.open(f"{served.url}/graphql")
    browser.wait_for("return document.querySelector('.graphiql-execute-button')")
    browser.run_script(
        "const select = document.getElementById('user'); select.value = '1';"
        "select.dispatchEvent(new Event('change'));"
    )

    browser.click(".graphiql-execute-button")

    assert browser.wait_for(f"{RESULT}.includes('UNAUTHENTICATED')")
    assert browser.wait_for("return document.getElementById('message').textContent") == (
        "Enter a valid access token."
    )


def test_a_subscription_arrives(served: RunningServer, browser: Browser, example: Path) -> None:
    example.write_text("subscription { count }")
    forget_tabs(served, browser)
    browser.open(f"{served.url}/graphql")
    browser.wait_for(f"{EDITOR}.includes('subscription')")

    browser.click(".graphiql-execute-button")

    assert browser.wait_for(f"{RESULT}.includes('\"count\": 3')")


def test_an_operator_enters_a_token_and_keeps_tabs_of_their_own(
    served: RunningServer, browser: Browser
) -> None:
    forget_tabs(served, browser)
    browser.run_script("localStorage.setItem('/graphql:graphiql:query', '{ ofTheTenant }')")
    browser.open(f"{served.url}/platform/graphql")
    browser.wait_for(f"{EDITOR}.includes('hello')")
    assert browser.run_script("return document.title") == "Trellis platform"
    assert browser.run_script("return document.getElementById('user-choice').hidden") is True

    browser.click("#token")
    browser.press("good")
    browser.click(".graphiql-execute-button")

    assert browser.wait_for(f"{RESULT}.includes('world')")
    stored = "localStorage.getItem('{}:graphiql:query')"
    assert browser.wait_for(f"return {stored.format('/platform/graphql')}.includes('hello')")
    assert browser.run_script(f"return {stored.format('/graphql')}") == "{ ofTheTenant }"


def test_the_page_of_the_platform_is_served_with_the_platform_only(served: RunningServer) -> None:
    def get(url: str, accept: str) -> int:
        return httpx.get(f"{url}/platform/graphql", headers={"accept": accept}).status_code

    assert (get(served.url, "text/html"), get(served.url, "application/json")) == (200, 405)
    with run_server(a_wire(port=0)) as alone:
        assert (get(alone.url, "text/html"), get(alone.url, "application/json")) == (404, 405)
    with run_server(a_wire(port=0, graphiql=False)) as production:
        assert get(production.url, "text/html") == 405


def test_the_page_holds_its_files_to_their_hashes(
    served: RunningServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = httpx.get(f"{served.url}/graphql", headers={"accept": "text/html"})
    assert told.headers["content-type"] == "text/html; charset=utf-8"
    for file in VENDOR_FILES:
        assert told.text.count(file.integrity) == 1
        if file.local_path.is_file():
            assert file.has_expected_hash(file.local_path.read_bytes())

    monkeypatch.setattr("api.graphiql.vendor_files.VENDOR_DIRECTORY", tmp_path)
    told = httpx.get(f"{served.url}/graphql", headers={"accept": "text/html"})
    for file in VENDOR_FILES:
        assert f'"{file.cdn_url}" integrity="{file.integrity}"' in told.text
    assert "script-src 'self' https://cdn.jsdelivr.net;" in told.headers["content-security-policy"]


LOCAL_NAMES = ("localhost", "LOCALHOST:8000", "trellis.localhost:8000", "127.0.0.1", "127.8.0.1:80")
LOCAL_REQUESTS = [
    *({"host": each} for each in (*LOCAL_NAMES, "[::1]:8000")),
    {"host": "localhost:8000", "origin": "http://localhost:8000"},
    {"host": "localhost:8443", "origin": "https://localhost:8443"},
]
FOREIGN_HOSTS = (
    *("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "notlocalhost"),
    *("192.168.1.5:8000", "0.0.0.0:8000", "[2001:db8::1]", "evil.example:80@localhost", "[", ""),
)
FOREIGN_REQUESTS = [
    *({"host": each} for each in FOREIGN_HOSTS),
    *({"host": each, "origin": f"http://{each}"} for each in ("evil.example", "10.0.0.1")),
    *(
        {"host": "localhost:8000", "origin": each}
        for each in ("https://evil.example", "null", "", "http://localhost:3000", "http://[")
    ),
]


@pytest.mark.parametrize("headers", LOCAL_REQUESTS, ids=str)
def test_a_page_of_this_machine_gets_tokens(served: RunningServer, headers: dict[str, str]) -> None:
    response = httpx.get(f"{served.url}/graphiql/people", headers=headers)
    assert (response.status_code, len(response.json())) == (200, 2)


@pytest.mark.parametrize("headers", FOREIGN_REQUESTS, ids=str)
def test_a_page_of_another_site_gets_no_tokens(
    served: RunningServer, headers: dict[str, str]
) -> None:
    response = httpx.get(f"{served.url}/graphiql/people", headers=headers)
    assert response.status_code in (400, 403)
    assert not any(each.name in response.text for each in PEOPLE)


def test_without_people_a_token_can_be_pasted() -> None:
    with run_server(a_wire(port=0)) as served:
        assert httpx.get(f"{served.url}/graphiql/people").status_code == 404
        assert (
            'id="token"' in httpx.get(f"{served.url}/graphql", headers={"accept": "text/html"}).text
        )


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed.")
def test_the_page_tells_operations_apart_and_stops_a_stream_that_waits() -> None:
    run_node_script("graphiql.mjs")
