"""Acknowledged changes survive a `kill -9` of the database and of the process."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import asyncpg
import httpx
import pytest

from api.commands.database_url import Database
from api.settings import Settings
from persistence.embedded import DatabaseUrls, EmbeddedPostgres
from persistence.kernel.pools import connect
from persistence.kernel.schema.migrations import migrate
from tests.resilience.harness import READ_VIEWER, Client, a_client, a_trellis
from tests.resilience.retrying_clients import RetryingClients
from tests.resilience.scale import print_result, select_scale
from tests.resilience.server_process import ServerProcess

pytestmark = pytest.mark.anyio

RANDOM_BACKEND = """
SELECT pid FROM pg_stat_activity
WHERE usename = current_user AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedPostgres:
    """Start a durable server, which waits for the disk."""
    return EmbeddedPostgres(tmp_path_factory.mktemp("crashing"))


@pytest.fixture(scope="module")
def lasting(server: EmbeddedPostgres) -> Iterator[DatabaseUrls]:
    with server as addresses:
        migrate(addresses.owner)
        yield addresses


async def test_what_was_acknowledged_outlives_the_database(
    server: EmbeddedPostgres, lasting: DatabaseUrls, tmp_path: Path
) -> None:
    cycles = select_scale(10, 200)
    async with a_trellis(lasting, tmp_path) as trellis:
        writers = RetryingClients(await trellis.create_client())
        crashes = CrashInjector(server, lasting, await trellis.create_client(), writers)
        await writers.run_changes_during(crashes.crash_repeatedly(cycles))
        await trellis.wait_for_idle_pools()
        await writers.assert_consistent(lasting.serving)
    print_result(
        f"{cycles} crashes of the database, {writers.acknowledged_count} acknowledged changes,"
        f" none lost; back after {crashes.median_recovery:.2f} s,"
        f" {max(crashes.recovery_seconds):.2f} s at most."
    )
    assert writers.acknowledged_count > cycles


class CrashInjector:
    """Kills the postmaster and one of its backends in turn, each time after the recovery."""

    def __init__(
        self,
        server: EmbeddedPostgres,
        addresses: DatabaseUrls,
        witness: Client,
        writers: RetryingClients,
    ) -> None:
        self.server = server
        self.addresses = addresses
        self.witness = witness
        self.writers = writers
        self.recovery_seconds: list[float] = []
        self._random = Random(20)

    @property
    def median_recovery(self) -> float:
        return sorted(self.recovery_seconds)[len(self.recovery_seconds) // 2]

    async def crash_repeatedly(self, cycles: int) -> None:
        for cycle in range(cycles):
            await self.writers.wait_for_acknowledgement()
            await asyncio.sleep(self._random.uniform(0.05, 0.4))
            victim = await self._pick_backend_pid() if cycle % 2 else self._read_postmaster_pid()
            os.kill(victim, signal.SIGKILL)
            begun = time.monotonic()
            async with asyncio.timeout(30):
                while not await self._is_recovered(victim):  # noqa: ASYNC110 - nobody tells us
                    await asyncio.sleep(0.02)
            self.recovery_seconds.append(time.monotonic() - begun)

    async def _is_recovered(self, victim: int) -> bool:
        """Return whether a new server answers; orphans of the old one may do so for a moment."""
        if victim == self._read_postmaster_pid():
            return False
        try:
            await (await connect(self.addresses.serving)).close()
        except (asyncpg.PostgresError, OSError):
            return False
        return (await self.witness.execute(READ_VIEWER)).status == 200

    def _read_postmaster_pid(self) -> int:
        assert self.server.paths is not None
        try:
            return int((self.server.paths.data_directory / "postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError):
            return 0

    async def _pick_backend_pid(self) -> int:
        """Pick a backend that serves the clients."""
        connection = await connect(self.addresses.serving)
        try:
            return int(await connection.fetchval(RANDOM_BACKEND))
        finally:
            await connection.close()


async def test_what_was_acknowledged_outlives_the_process(
    lasting: DatabaseUrls, tmp_path: Path
) -> None:
    cycles = select_scale(3, 200)
    process = ServerProcess(lasting, tmp_path)
    chance = Random(5)

    async def crash(writers: RetryingClients) -> None:
        for _ in range(cycles):
            await writers.wait_for_acknowledgement()
            await asyncio.sleep(chance.uniform(0.05, 0.4))
            process.kill()
            await process.start()

    await process.start()
    try:
        async with httpx.AsyncClient(base_url=process.url, timeout=5) as http:
            database = Database(lasting.serving, lasting.owner)
            client = await a_client(database, Settings(directory=tmp_path), http)
            writers = RetryingClients(
                client, timeout=600
            )  # it is seldom there for more than a moment
            await writers.run_changes_during(crash(writers))
            made = await writers.count_goals()
    finally:
        process.kill()
    await writers.assert_consistent(lasting.serving)
    print_result(
        f"{cycles} crashes of the process, {writers.acknowledged_count} changes, none lost."
    )
    assert writers.acknowledged_count > cycles
    assert set(made.values()) == {1}
