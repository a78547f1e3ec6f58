"""A directory for an embedded server, and other processes that own one."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from domain.kernel.background_tasks import TaskHandler
from domain.kernel.identity import TenantId
from domain.kernel.permissions import Permission
from persistence.embedded import data_directory
from persistence.worker import Worker
from tests.persistence.embedded_support import list_server_processes, wait_until
from tests.persistence.worker_support import Recorder

ROOT = Path(__file__).resolve().parents[2]
OWNER_SCRIPT = """
import signal, sys, time
from pathlib import Path
from persistence.embedded import EmbeddedPostgres
signal.signal(signal.SIGINT, signal.default_int_handler)  # shells may ignore it
server = EmbeddedPostgres(Path(sys.argv[1]))
print(server.start().owner, flush=True)
time.sleep(600)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """Create a directory that the server's user may enter, unlike pytest's own."""
    directory = Path(tempfile.mkdtemp(prefix="embedded-")).resolve()
    directory.chmod(0o755)
    yield directory / "postgres"
    for each in directory.rglob(data_directory.REDIRECT_FILE):
        shutil.rmtree(each.read_text().strip(), ignore_errors=True)
    shutil.rmtree(directory)


@pytest.fixture
def owning(home: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Return a function that starts other processes which own the server of the directory."""
    started: list[subprocess.Popen[str]] = []

    def start(
        at: Path = home, python: str = sys.executable, **options: Any
    ) -> "subprocess.Popen[str]":
        command = [python, "-c", OWNER_SCRIPT, str(at)]
        started.append(
            subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, **options)
        )
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.wait()
        if each.stdout:
            each.stdout.close()
    wait_until(lambda: not list_server_processes(home.parent))


@pytest.fixture
def recorder() -> Recorder:
    """Create a handler that ends at once, unless a test clears `may_end`."""
    created = Recorder()
    created.may_end.set()
    return created


@pytest.fixture
async def new_worker(
    owner: asyncpg.Connection, writing: asyncpg.Pool, recorder: Recorder, tenant_id: TenantId
) -> Callable[..., Worker]:
    """Return a function that builds workers. The tenants of other tests have nothing to do."""
    await owner.execute(
        "INSERT INTO directory.queues (tenant_id, next_due_at) SELECT id, '9999-01-01'"
        " FROM directory.tenants ON CONFLICT (tenant_id) DO UPDATE SET next_due_at = '9999-01-01'"
    )

    def build(**options: Any) -> Worker:
        handler = TaskHandler(recorder.run, frozenset({Permission.KPIS_READ}))
        return Worker(writing, {"units.add": handler}, **options)

    return build
