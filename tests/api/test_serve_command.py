"""`trellis serve` starts with its own database, and leaves nothing behind however it ends."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from persistence.embedded import DatabaseUrls, find_running_server
from persistence.embedded.data_directory import REDIRECT_FILE

ROOT = Path(__file__).resolve().parents[2]
CLEAN_ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("TRELLIS_", "DATABASE_URL"))
}
MAX_MEGABYTES = 205


class ServeProcess:
    """A server started by a shell, as make would start it."""

    def __init__(self, directory: Path, **variables: str) -> None:
        with socket.socket() as finding:
            finding.bind(("127.0.0.1", 0))
            self.port = finding.getsockname()[1]
        self.directory = directory
        self.log = directory / "said.txt"
        settings = {"PORT": str(self.port), "TRELLIS_DIRECTORY": str(directory), **variables}
        with self.log.open("wb") as log:
            self.parent = subprocess.Popen(
                [
                    "/bin/sh",
                    "-c",
                    f"{sys.executable} -m api.commands.cli serve --with-parent; exit $?",
                ],
                cwd=ROOT,
                env={**CLEAN_ENVIRONMENT, **settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def output(self) -> str:
        """Everything that it printed."""
        return self.log.read_text()

    def fetch_json(self, path: str) -> Any:
        """Return the server's answer, as soon as it responds."""
        until = time.monotonic() + 600
        while True:
            try:
                url = f"http://127.0.0.1:{self.port}{path}"
                with urllib.request.urlopen(url, timeout=5) as answered:
                    return json.load(answered)
            except OSError:
                assert time.monotonic() < until, self.output
                assert self.parent.poll() is None, self.output
                time.sleep(0.05)

    def list_processes(self) -> dict[int, str]:
        """List the processes of the server, of its database and of its preparation."""
        listed = subprocess.run(
            ["ps", "-wweo", "pid,rss,command"], capture_output=True, text=True, check=True
        )
        rows = [line.split(None, 2) for line in listed.stdout.splitlines()[1:]]
        return {
            int(row[0]): f"{row[1]} {row[2]}"
            for row in rows
            if any(f"{each}/" in row[2] for each in self._iterate_data_directories())
            or f"api.main {self.parent.pid}" in row[2]
        }

    def _iterate_data_directories(self) -> Iterator[Path]:
        yield self.directory
        note = self.directory / "postgres" / REDIRECT_FILE
        if note.exists():
            yield Path(note.read_text().strip())

    @property
    def server_pid(self) -> int:
        """The process id of the server."""
        return next(pid for pid, words in self.list_processes().items() if "api.main" in words)

    def read_postmaster_pid(self) -> int:
        """Return the process id of the postmaster."""
        *_, place = self._iterate_data_directories()
        data = place / ("postgres/data" if place == self.directory else "data")
        return int((data / "postmaster.pid").read_text().split()[0])

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.parent.poll() is None

    def kill_all(self) -> None:
        """Kill all processes that are left."""
        for each in self.list_processes():
            os.kill(each, signal.SIGKILL)
        self.parent.kill()
        self.parent.wait()


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Create one project directory for all tests; for root one that only root may enter."""
    made = tmp_path_factory.mktemp("serving")
    yield made
    note = made / "postgres" / REDIRECT_FILE
    if note.exists():
        shutil.rmtree(note.read_text().strip(), ignore_errors=True)


@pytest.fixture(scope="module")
def started(directory: Path) -> Iterator[list[ServeProcess]]:
    """Collect the servers that the tests start, and kill what is left of them."""
    servers: list[ServeProcess] = []
    yield servers
    for each in servers:
        each.kill_all()


@pytest.fixture
def fresh(started: list[ServeProcess], directory: Path) -> ServeProcess:
    """Start a server with its own database; kill the one before it."""
    for each in started:
        each.kill_all()
    started.append(ServeProcess(directory))
    return started[-1]


@pytest.fixture
def own(started: list[ServeProcess], request: pytest.FixtureRequest) -> ServeProcess:
    """Return a server with its own database: that of the last test, if it still runs."""
    if started and started[-1].is_running:
        return started[-1]
    server: ServeProcess = request.getfixturevalue("fresh")
    return server


def _wait_until(true: Callable[[], object], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "It did not happen in time."
        time.sleep(0.05)


def test_it_serves_with_a_database_of_its_own_and_stays_small(own: ServeProcess) -> None:
    assert own.fetch_json("/readyz") == {"status": "ok", "failing": {}}
    assert f"http://127.0.0.1:{own.port}/graphql" in own.output
    resident = int(own.list_processes()[own.server_pid].split()[0])
    assert resident < MAX_MEGABYTES * 1024


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_nothing_stays_behind_a_signal(own: ServeProcess, number: signal.Signals) -> None:
    own.fetch_json("/livez")
    os.kill(own.server_pid, number)
    _wait_until(lambda: not own.list_processes())
    assert own.parent.wait(10) == (128 + number if number == signal.SIGKILL else 0)
    assert "Traceback" not in own.output


def test_nothing_stays_behind_a_parent_that_is_killed(own: ServeProcess) -> None:
    own.fetch_json("/livez")
    own.parent.kill()
    own.parent.wait()
    _wait_until(lambda: not own.list_processes())


def test_nothing_stays_behind_a_parent_that_is_killed_early(fresh: ServeProcess) -> None:
    _wait_until(lambda: find_running_server(fresh.directory / "postgres"))
    fresh.parent.kill()
    fresh.parent.wait()
    _wait_until(lambda: not fresh.list_processes())


def test_it_outlives_a_killed_database(own: ServeProcess) -> None:
    own.fetch_json("/readyz")
    os.kill(own.read_postmaster_pid(), signal.SIGKILL)
    time.sleep(0.2)
    assert own.fetch_json("/readyz") == {"status": "ok", "failing": {}}


def test_a_second_one_in_the_same_project_is_refused(own: ServeProcess) -> None:
    own.fetch_json("/livez")
    other = ServeProcess(own.directory)
    try:
        assert other.parent.wait(60) == 1
        assert "Trellis already runs its database in" in other.output
        lines = other.output.splitlines()
        assert len([each for each in lines if "worker.task" not in each]) == 1  # of the first one
    finally:
        other.parent.kill()
    assert own.fetch_json("/livez") == {"status": "ok"}


def test_a_taken_port_is_named(own: ServeProcess, tmp_path: Path) -> None:
    own.fetch_json("/livez")
    other = ServeProcess(tmp_path, PORT=str(own.port))
    assert other.parent.wait(60) == 1
    assert other.output == (
        f"The address 127.0.0.1:{own.port} is in use. Choose another port: PORT=8001.\n"
    )
    assert not (tmp_path / "postgres").exists()


def test_a_named_database_is_served_and_left_alone(addresses: DatabaseUrls, tmp_path: Path) -> None:
    serving = ServeProcess(tmp_path, TRELLIS_SERVING_URL=addresses.serving)
    try:
        assert serving.fetch_json("/readyz") == {"status": "ok", "failing": {}}
        assert not (tmp_path / "postgres").exists()
    finally:
        serving.kill_all()
