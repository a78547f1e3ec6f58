"""Sync runs, the feed and webhooks while the process and the database are killed."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from uuid import UUID

import httpx
import pytest

from api.commands.database_url import Database
from api.settings import Settings
from domain.webhooks import build_message_id
from persistence.embedded import DatabaseUrls, EmbeddedPostgres
from persistence.kernel.pools import connect
from persistence.kernel.schema.migrations import migrate
from tests.api.webhook_receiver import Receiver, run_receiver
from tests.resilience.harness import a_client
from tests.resilience.partner import Partner, let_hire
from tests.resilience.scale import IS_LONG_RUN, print_result
from tests.resilience.server_process import ServerProcess

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not IS_LONG_RUN, reason="It takes minutes: make faults"),
]

CRASHES, PEOPLE = 30, 300
CATCH_UP = 240.0
"""Seconds until all messages have arrived: a task that was killed is tried after a minute."""
DOUBLED = """
SELECT count(*) FROM (
  SELECT FROM journal WHERE entity = 'person' AND action = 'hired'
  GROUP BY entity_id HAVING count(*) > 1
  UNION ALL SELECT FROM person_references GROUP BY external_id HAVING count(*) > 1
  UNION ALL SELECT FROM jobs WHERE state = 'current' GROUP BY person_id, starts_on
    HAVING count(*) > 1) AS doubled"""
DEAD_TASKS = "SELECT count(*) FROM background_tasks WHERE state = 'dead'"


@pytest.fixture
def server(tmp_path: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(tmp_path / "postgres")


@pytest.fixture
def lasting(server: EmbeddedPostgres) -> Iterator[DatabaseUrls]:
    with server as addresses:
        migrate(addresses.owner)
        yield addresses


async def crash(server: EmbeddedPostgres, process: ServerProcess, partner: Partner) -> None:
    """Kill the process and the database in turn, each time after another batch."""
    chance = Random(7)
    for number in range(CRASHES):
        sent = partner.batch_count
        while partner.batch_count == sent:  # noqa: ASYNC110 - nobody tells us
            await asyncio.sleep(0.02)
        await asyncio.sleep(chance.uniform(0.0, 0.5))
        if number % 2:
            assert server.paths is not None
            pid = (server.paths.data_directory / "postmaster.pid").read_text().split()[0]
            os.kill(int(pid), signal.SIGKILL)
        else:
            process.kill()
            await process.start()


async def sync_during(partner: Partner, crashes: "asyncio.Task[None]") -> int:
    """Send full runs until the crashes are over, and one more. Return their number."""
    number = 0
    while True:
        is_last, number = crashes.done(), number + 1
        run = await partner.sync(number, PEOPLE)
        assert run == {"status": "FINISHED", "endedCount": 0}
        if is_last:
            return number


async def follow_during(partner: Partner, other: "asyncio.Task[int]") -> None:
    """Follow the feed until the other task is done, and to its end."""
    while not other.done():
        await partner.follow()
        await asyncio.sleep(0.1)
    await partner.follow()


async def wait_for_messages(receiver: Receiver, expected: set[str]) -> None:
    """Wait until each message has arrived at least once."""
    async with asyncio.timeout(CATCH_UP):
        while not expected <= {each.id for each in receiver.received}:  # noqa: ASYNC110
            await asyncio.sleep(0.2)


async def test_crashes_lose_no_row_no_change_and_no_message(
    server: EmbeddedPostgres, lasting: DatabaseUrls, tmp_path: Path
) -> None:
    variables = {"TRELLIS_WEBHOOK_NETWORKS": "127.0.0.0/8"}
    process = ServerProcess(lasting, tmp_path, variables)
    await process.start()
    try:
        async with (
            run_receiver() as receiver,
            httpx.AsyncClient(base_url=process.url, timeout=10) as http,
        ):
            database = Database(lasting.serving, lasting.owner)
            client = await a_client(database, Settings(directory=tmp_path), http)
            owner = await connect(lasting.owner)
            tenant_id = await owner.fetchval("SELECT id FROM directory.tenants")
            await let_hire(owner, tenant_id)
            await owner.close()
            partner = Partner(client)
            made = await partner.change(
                "webhookCreate", name="Copy", url=receiver.url, types=["PERSON"]
            )
            await partner.begin()
            crashes = asyncio.create_task(crash(server, process, partner))
            syncing = asyncio.create_task(sync_during(partner, crashes))
            await asyncio.gather(crashes, follow_during(partner, syncing))
            runs = await syncing
            webhook_id = UUID(made["webhook"]["id"].removeprefix("webhook_"))
            expected = {build_message_id(webhook_id, *each) for each in partner.changes}
            await wait_for_messages(receiver, expected)
            everybody = await partner.read_all()
    finally:
        process.kill()
    assert partner.copy == everybody
    titles = Counter(each["jobTitle"] for each in everybody.values())
    assert titles == {f"Title {runs}": PEOPLE, None: 1}
    sent = {each.id for each in receiver.received if each.message["type"] != "types.read_again"}
    # A webhook begins with the plans of its first day; a cursor of that day has them behind it.
    extra = [each.message["data"] for each in receiver.received if each.id in sent - expected]
    assert all(each["isDue"] for each in extra)
    owner = await connect(lasting.owner)
    await owner.execute(f"SET app.tenant_id = '{tenant_id}'")
    assert [await owner.fetchval(each) for each in (DOUBLED, DEAD_TASKS)] == [0, 0]
    await owner.close()
    print_result(
        f"{CRASHES} crashes during {runs} full runs of {PEOPLE} people: {partner.retry_count}"
        f" requests again, {len(expected)} changes and as many messages,"
        f" {len(receiver.received) - len(sent)} of them sent again."
    )
