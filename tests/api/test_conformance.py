"""Third-party conformance suites and clients, run by Node where it is installed."""

import json
import shutil
import subprocess

import pytest

from tests.api.node_scripts import SCRIPTS_DIRECTORY, run_node_script
from tests.api.running_server import run_server
from tests.api.small_graph import a_wire

NPM = shutil.which("npm")

pytestmark = pytest.mark.skipif(
    NPM is None or shutil.which("node") is None, reason="Node is not here."
)


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    if (SCRIPTS_DIRECTORY / "node_modules").is_dir():
        return
    assert NPM is not None
    done = subprocess.run(
        [NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=SCRIPTS_DIRECTORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        pytest.skip("npm could not install the suites.")


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
