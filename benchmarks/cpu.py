"""`python -m benchmarks.cpu REVISION`: CPU per request of this checkout, against a revision.

Both servers run with this checkout's libraries, and with a demo of their own. Short bursts of
requests alternate between them, so that other programs of the machine slow down both alike. The
CPU time of the servers' threads counts, and that of PostgreSQL's connections. The kernel counts it
in nanoseconds, on Linux only.
"""

import io
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.database_cpu import analyze, compute_used, read_database_cpu
from benchmarks.dataset.loading import BENCH_DIRECTORY, ROOT
from benchmarks.load import HttpRequest, encode_request
from benchmarks.processes import read_cpu_nanoseconds, run_process
from persistence.embedded import find_running_server

DIRECTORY = BENCH_DIRECTORY / "cpu"
WARM_UP_REQUESTS = 50
DEMO_TIMEOUT = 300.0
"""Seconds for the first start, which loads the demo."""

UNLIMITED_BUDGET = "1000000000"
"""Points, so that budgets are computed and never run out."""

ACTIVE_GOAL = """{
  goals(first: 1, where: {status: {eq: ACTIVE}}) {
    nodes { id keyResults(first: 1) { nodes { id currentValue } } }
  }
}"""

# Documents that both revisions know: `node` is older than the look-ups by other keys.
SMALLEST = "{ viewer { person { id } } }"
GOALS_PAGE = (ROOT / "benchmarks" / "documents" / "goals-page.graphql").read_text()
GOAL = """query Goal($id: ID!) {
  node(id: $id) {
    ... on Goal {
      id title description status visibility startsOn dueOn
      owner { __typename ... on Person { id name } ... on Team { id name } }
      keyResults(first: 10) { nodes { id title currentValue targetValue unit } }
    }
  }
}"""
EDIT = """mutation Edit($input: GoalEditInput!) {
  goalEdit(input: $input) { goal { id description } errors { code message } }
}"""
CHECK_IN = (ROOT / "benchmarks" / "documents" / "check-in.graphql").read_text()


@dataclass(frozen=True)
class Cost:
    """Microseconds of CPU for a request."""

    process: float
    database: float

    @property
    def both(self) -> float:
        """Of the process and the database together."""
        return self.process + self.database


@dataclass
class Server:
    """A server of one revision, with a connection to it and the requests of each case."""

    pid: int
    port: int
    token: str
    owner_url: str

    def __post_init__(self) -> None:
        self._connect()
        goal = json.loads(self.send(self.build_request(ACTIVE_GOAL)))["data"]["goals"]["nodes"][0]
        key_result = goal["keyResults"]["nodes"][0]
        value = {"keyResultId": key_result["id"], "value": key_result["currentValue"]}
        check_in = {"id": goal["id"], "confidence": "ON_TRACK", "values": [value], "note": "Fine"}
        self.requests = {
            "the smallest query": [self.build_request(SMALLEST)],
            "50 goals, owner, key results, total": [self.build_request(GOALS_PAGE)],
            "one goal by id": [self.build_request(GOAL, {"id": goal["id"]})],
            "a check-in that returns its goal": [self.build_request(CHECK_IN, {"input": check_in})],
            "an edit of a goal": [
                self.build_request(EDIT, {"input": {"id": goal["id"], "description": each}})
                for each in ("Before noon", "After noon")
            ],
        }

    def build_request(self, document: str, variables: Mapping[str, Any] | None = None) -> bytes:
        """Return the bytes of a request."""
        body = json.dumps({"query": document, "variables": variables}).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "*/*"}
        return encode_request(HttpRequest("/graphql", headers, body))

    def send(self, request: bytes) -> bytes:
        """Send a request and return the body of its answer."""
        self._socket.sendall(request)
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self._answers.readline()
            assert line, "The server closed the connection."
            head += line
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        body = self._answers.read(length)
        assert head.startswith(b"HTTP/1.1 200"), head + body
        assert b'"message"' not in body, body
        return body

    def measure_microseconds(self, case: str, count: int) -> Cost:
        """Return the CPU time of a request, on average over a burst."""
        own, database = read_cpu_nanoseconds(self.pid), read_database_cpu(self.owner_url)
        self.send_repeatedly(case, count)
        own = read_cpu_nanoseconds(self.pid) - own
        used = compute_used(database, read_database_cpu(self.owner_url))
        return Cost(own / count / 1_000, used / count / 1_000)

    def send_repeatedly(self, case: str, count: int) -> None:
        """Send so many requests of a case."""
        self._connect()  # because a server closes a connection that is idle for long
        for request in islice(cycle(self.requests[case]), count):
            self.send(request)

    def _connect(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self.port))
        self._answers = self._socket.makefile("rb")


def main(
    revision: Annotated[str, typer.Argument(help="What git knows it by.")],
    rounds: int = 30,
    requests: Annotated[int, typer.Option(help="In each burst.")] = 300,
) -> None:
    """Compare the CPU per request with that of another revision."""
    with ExitStack() as stack:
        servers = [
            stack.enter_context(run_server(name, directory))
            for name, directory in (("old", check_out(revision)), ("new", ROOT))
        ]
        compare((revision, "this checkout"), servers, rounds, requests)


def compare(names: tuple[str, str], servers: Sequence[Server], rounds: int, requests: int) -> None:
    """Print the CPU time of a request on two servers, and the ratio of each round."""
    for each in servers:
        analyze(each.owner_url)
    print(f"| request | CPU of | {names[0]} µs | {names[1]} µs | median ratio | half of them |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for case in servers[1].requests:
        found = _measure(servers, case, rounds, requests)
        for part in ("process", "database", "both"):
            times = [tuple(getattr(each, part) for each in costs) for costs in found]
            low, middle, high = statistics.quantiles([new / old for old, new in times], n=4)
            old, new = (statistics.median(each) for each in zip(*times, strict=True))
            print(
                f"| {case} | {part} | {old:,.0f} | {new:,.0f} | {middle:.2f}"
                f" | {low:.2f} to {high:.2f} |",
                flush=True,
            )


def _measure(
    servers: Sequence[Server], case: str, rounds: int, requests: int
) -> list[tuple[Cost, ...]]:
    """Return the CPU time of both servers in each round; they take turns in going first."""
    for server in servers:
        server.measure_microseconds(case, WARM_UP_REQUESTS)
    found = []
    for number in range(rounds):
        order = servers if number % 2 else servers[::-1]
        costs = {id(each): each.measure_microseconds(case, requests) for each in order}
        found.append(tuple(costs[id(each)] for each in servers))
    return found


def check_out(revision: str) -> Path:
    """Return a directory with the files of a revision."""
    archive = subprocess.run(
        ["git", "archive", revision], cwd=ROOT, check=True, capture_output=True
    ).stdout
    directory = DIRECTORY / "revision"
    shutil.rmtree(directory, ignore_errors=True)
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(directory, filter="data")
    return directory


@contextmanager
def run_server(
    name: str, directory: Path, runner: Sequence[str] = (), owner_url: str | None = None
) -> Iterator[Server]:
    """Serve the code in a directory, from an embedded database if no other is given.

    `runner` is a program that runs the server.
    """
    module = tomllib.loads((directory / "pyproject.toml").read_text())["project"]["scripts"][
        "trellis"
    ].partition(":")[0]
    environment = {
        "PYTHONPATH": str(directory),
        "TRELLIS_DIRECTORY": str(DIRECTORY / name),
        "TRELLIS_CALLER_BUDGET": UNLIMITED_BUDGET,
        "TRELLIS_TENANT_BUDGET": UNLIMITED_BUDGET,
        "TRELLIS_LOG_LEVEL": "warning",
        **({"DATABASE_URL": owner_url} if owner_url else {}),
    }
    command = (sys.executable, "-m", module)
    # What `trellis serve` executes, so that `runner` runs the server itself.
    serving = "api.main" if (directory / "api" / "main.py").exists() else "api.serving"
    with run_process(
        f"cpu-{name}",
        (*runner, sys.executable, "-m", serving),
        environment,
        directory=directory,
        timeout=DEMO_TIMEOUT,
    ) as (pid, port):
        issue_token = (*command, "token", "--tenant", "meridian", "--as", "hr@meridian.example")
        token = subprocess.run(
            issue_token,
            cwd=directory,
            env={**os.environ, **environment},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        embedded = find_running_server(DIRECTORY / name / "postgres")
        yield Server(pid, port, token, owner_url or (embedded.owner if embedded else ""))


if __name__ == "__main__":
    typer.run(main)
