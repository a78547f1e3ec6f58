"""Third-party conformance suites and clients, run by Node where it is installed."""

import json

import pytest

from tests.api.node_scripts import require_node_packages, run_node_script
from tests.api.running_server import run_server
from tests.api.small_graph import a_wire


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    require_node_packages()


def test_all_audits_of_graphql_http_pass() -> None:
    with run_server(a_wire(port=0)) as served:
        printed = run_node_script("audit.mjs", f"{served.url}/graphql", "good")

    assert json.loads(printed) == {"ok": 61, "notice": 0, "warn": 0, "error": 0}


def test_graphql_ws_and_graphql_sse_receive_every_event() -> None:
    with run_server(a_wire(port=0)) as served:
        printed = run_node_script(
            "streams.mjs", f"{served.url}/graphql", "good", "subscription { count }"
        )

    counted = [{"data": {"count": number}} for number in (1, 2, 3)]
    for line, client in zip(printed.splitlines(), ("graphql-ws", "graphql-sse"), strict=True):
        assert json.loads(line) == {
            "client": client,
            "query": [{"data": {"__typename": "Query"}}],
            "subscribed": counted,
        }
