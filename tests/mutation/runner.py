"""Test runs against a mutant, each in its own process with its own database."""

import asyncio
import importlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.mutation.mutant_loader import PYTEST_OPTIONS, install_mutant
from tests.mutation.mutators import Mutant
from tests.mutation.selection import FAST_ENVIRONMENT, TESTS_BY_MODULE

TEST_TIMEOUT = 180
"""Seconds after which a mutant counts as noticed, because it hangs."""


@dataclass(frozen=True)
class MutantRun:
    """A process that tests a mutant."""

    mutant: Mutant
    database: str
    deadline: float


def run_mutants(
    mutants: Iterable[Mutant], databases: Sequence[str], log: Path
) -> Iterator[tuple[Mutant, bool]]:
    """Yield each mutant, and whether the tests noticed it; run one at a time on each database."""
    free = list(databases)
    running: dict[int, MutantRun] = {}
    waiting = iter(mutants)
    while True:
        while free and (mutant := next(waiting, None)) is not None:
            database = free.pop()
            pid = _fork_test_run(
                TESTS_BY_MODULE[mutant.path], database, log.with_suffix(f".{len(free)}"), mutant
            )
            running[pid] = MutantRun(mutant, database, time.monotonic() + TEST_TIMEOUT)
        if not running:
            return
        for pid, code in _collect_finished(running):
            over = running.pop(pid)
            free.append(over.database)
            yield over.mutant, code != 0
        time.sleep(0.05)


def run_baseline(tests: Sequence[str], database: str, log: Path) -> bool:
    """Return whether the tests pass on unchanged code."""
    pid = _fork_test_run(tests, database, log.with_suffix(".rehearsal"), None)
    return os.waitpid(pid, 0)[1] == 0


def recreate_database(address: str) -> None:
    """Create an empty database at this address; drop an existing one."""

    async def make() -> None:
        name = address.partition("@/")[2].partition("?")[0]
        connection = await asyncpg.connect(address.replace(f"/{name}?", "/trellis?"))
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()

    asyncio.run(make())


def _collect_finished(running: dict[int, MutantRun]) -> Iterator[tuple[int, int]]:
    for pid, each in list(running.items()):
        done, code = os.waitpid(pid, os.WNOHANG)
        if done:
            yield pid, code
        elif time.monotonic() > each.deadline:
            os.kill(pid, signal.SIGKILL)


def _fork_test_run(tests: Sequence[str], database: str, log: Path, mutant: Mutant | None) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        with log.open("w", encoding="utf-8") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
            code = _run_tests(tests, database, mutant)
    except BaseException:  # noqa: BLE001 - nothing of this process may go on
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


class FailFastPlugin:
    """A pytest plugin that ends the process with the first failure."""

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            sys.stdout.flush()
            os._exit(1)


def _run_tests(tests: Sequence[str], database: str, mutant: Mutant | None) -> int:
    """Run the tests in this process, against the mutant."""
    os.environ |= {**FAST_ENVIRONMENT, "TRELLIS_TEST_DATABASE_URL": database}
    if mutant is not None:
        install_mutant(mutant)
        _skip_migration(database)
    return int(
        pytest.main(["-x", "-q", "--tb=short", *PYTEST_OPTIONS, *tests], plugins=[FailFastPlugin()])
    )


def _skip_migration(database: str) -> None:
    """Skip the migration of the mutants' database, which is migrated already."""
    serving: Any = importlib.import_module("persistence.kernel.schema.migrations")
    really = serving.migrate
    serving.migrate = lambda url, *more, **named: (
        None if url == database else really(url, *more, **named)
    )
