"""Crashes: what was acknowledged outlives a `kill -9` of the database, and of the process."""

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
from tests.resilience.harness import ME, Client, a_client, a_trellis
from tests.resilience.retrying_clients import Writers
from tests.resilience.scale import figure, note
from tests.resilience.server_process import Process

pytestmark = pytest.mark.anyio

CHILD = """
SELECT pid FROM pg_stat_activity
WHERE usename = current_user AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedPostgres:
    """A server that waits for the disk, as one that is to last does."""
    return EmbeddedPostgres(tmp_path_factory.mktemp("crashing"))


@pytest.fixture(scope="module")
def lasting(server: EmbeddedPostgres) -> Iterator[DatabaseUrls]:
    with server as addresses:
        migrate(addresses.owner)
        yield addresses


async def test_what_was_acknowledged_outlives_the_database(
    server: EmbeddedPostgres, lasting: DatabaseUrls, tmp_path: Path
) -> None:
    cycles = figure(20, 200)
    async with a_trellis(lasting, tmp_path) as trellis:
        writers = Writers(await trellis.client())
        crashes = Crashes(server, lasting, await trellis.client(), writers)
        await writers.write_during(crashes.run(cycles))
        await trellis.settled()
        await writers.audit(lasting.serving)
    note(
        f"{cycles} crashes of the database, {writers.acknowledged} acknowledged changes, none lost;"
        f" back after {crashes.median:.2f} s, {max(crashes.seconds):.2f} s at most."
    )
    assert writers.acknowledged > cycles


class Crashes:
    """Kills the postmaster and one of its children by turns, each time once it serves again."""

    def __init__(
        self, server: EmbeddedPostgres, addresses: DatabaseUrls, witness: Client, writers: Writers
    ) -> None:
        self.server = server
        self.addresses = addresses
        self.witness = witness
        self.writers = writers
        self.seconds: list[float] = []
        self._chance = Random(20)

    @property
    def median(self) -> float:
        return sorted(self.seconds)[len(self.seconds) // 2]

    async def run(self, cycles: int) -> None:
        for cycle in range(cycles):
            await self.writers.another_is_acknowledged()
            await asyncio.sleep(self._chance.uniform(0.05, 0.4))
            victim = await self._child() if cycle % 2 else self._postmaster()
            os.kill(victim, signal.SIGKILL)
            begun = time.monotonic()
            async with asyncio.timeout(30):
                while not await self._is_back(victim):  # noqa: ASYNC110 - nobody tells us
                    await asyncio.sleep(0.02)
            self.seconds.append(time.monotonic() - begun)

    async def _is_back(self, victim: int) -> bool:
        """Whether another server than the dead one answers; its orphans may do so for a moment."""
        if victim == self._postmaster():
            return False
        try:
            await (await connect(self.addresses.serving)).close()
        except (asyncpg.PostgresError, OSError):
            return False
        return (await self.witness.ask(ME)).status == 200

    def _postmaster(self) -> int:
        assert self.server.paths is not None
        try:
            return int((self.server.paths.data_directory / "postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError):
            return 0

    async def _child(self) -> int:
        """One of those who serve the writers."""
        connection = await connect(self.addresses.serving)
        try:
            return int(await connection.fetchval(CHILD))
        finally:
            await connection.close()


async def test_what_was_acknowledged_outlives_the_process(
    lasting: DatabaseUrls, tmp_path: Path
) -> None:
    cycles = figure(5, 200)
    process = Process(lasting, tmp_path)
    chance = Random(5)

    async def crash(writers: Writers) -> None:
        for _ in range(cycles):
            await writers.another_is_acknowledged()
            await asyncio.sleep(chance.uniform(0.05, 0.4))
            process.kill()
            await process.start()

    await process.start()
    try:
        async with httpx.AsyncClient(base_url=process.url, timeout=5) as http:
            database = Database(lasting.serving, lasting.owner)
            client = await a_client(database, Settings(directory=tmp_path), http)
            writers = Writers(client, patience=600)  # it is seldom there for more than a moment
            await writers.write_during(crash(writers))
            made = await writers.drafts()
    finally:
        process.kill()
    await writers.audit(lasting.serving)
    note(f"{cycles} crashes of the process, {writers.acknowledged} changes, none lost.")
    assert writers.acknowledged > cycles
    assert set(made.values()) == {1}
