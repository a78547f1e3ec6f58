"""Outages: whatever the network does, requests end in time and with a stable code."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from persistence.embedded import DatabaseUrls
from persistence.kernel.pools import COMMAND_TIMEOUT, connect
from tests.resilience.harness import (
    DEADLINE,
    ME,
    TITLES,
    Client,
    Outcome,
    Trellis,
    a_trellis,
    backends,
)
from tests.resilience.proxy import CUTS, Proxy, Toxic
from tests.resilience.scale import figure, note

pytestmark = pytest.mark.anyio

POOL = 4
SLOW = (Toxic.LATENCY, Toxic.BANDWIDTH, Toxic.SLICER, Toxic.SLOW_CLOSE)


@pytest.fixture(scope="module")
async def proxy(addresses: DatabaseUrls) -> AsyncIterator[Proxy]:
    async with Proxy(addresses.serving) as proxy:
        yield proxy


@pytest.fixture(scope="module")
async def trellis(
    addresses: DatabaseUrls, proxy: Proxy, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Trellis]:
    directory: Path = tmp_path_factory.mktemp("trellis")
    async with a_trellis(addresses, directory, proxy.url, pool_size=POOL) as trellis:
        yield trellis


@pytest.mark.parametrize("toxic", Toxic)
async def test_no_hang_and_a_stable_code_and_all_is_well_afterwards(
    trellis: Trellis, proxy: Proxy, toxic: Toxic
) -> None:
    known, unknown = await trellis.client(), await trellis.client()
    await trellis.recovers(known)
    proxy.poison(toxic)
    outcomes = await under(known, unknown)
    proxy.heal()
    for what, each in outcomes.items():
        assert each.seconds < DEADLINE + 1, (toxic, what, each)
        assert is_stable(each), (toxic, what, each)
        if toxic in SLOW:
            assert each.status == 200, (toxic, what, each)
    await trellis.recovers(known)
    await trellis.settled()


async def under(known: Client, unknown: Client) -> dict[str, Outcome]:
    """Four of each kind of request at once; the worst of each kind."""
    found = await asyncio.gather(
        *(known.ask(ME) for _ in range(4)),
        *(known.create("In the storm") for _ in range(4)),
        *(unknown.ask(ME) for _ in range(4)),
    )
    kinds = {"read": found[:4], "write": found[4:8], "login": found[8:]}
    return {kind: max(them, key=lambda each: each.seconds) for kind, them in kinds.items()}


def is_stable(outcome: Outcome) -> bool:
    if outcome.status == 200:
        return outcome.code is None
    refused = outcome.code in ("UNAVAILABLE", "TIMEOUT") and outcome.retry_after is not None
    return outcome.status == 503 and refused


@pytest.mark.parametrize("toxic", CUTS)
async def test_a_change_whose_commit_is_cut_is_not_called_refused(
    trellis: Trellis, proxy: Proxy, toxic: Toxic
) -> None:
    client = await trellis.client()
    proxy.once.append(toxic)
    outcome = await client.create("Perhaps")
    assert (outcome.status, outcome.code) == (503, "UNAVAILABLE")
    kept = await client.titles()
    assert kept == (["Perhaps"] if toxic is Toxic.CUT_AFTER_COMMIT else [])


async def test_many_outages_leave_no_connection_behind(
    trellis: Trellis, proxy: Proxy, addresses: DatabaseUrls
) -> None:
    outages = figure(10, 100)
    chance = Random(4)
    known, unknown = await trellis.client(), await trellis.client()
    slowest = 0.0
    for _ in range(outages):
        proxy.poison(chance.choice(list(Toxic)))
        outcomes = await under(known, unknown)
        proxy.heal()
        assert all(is_stable(each) for each in outcomes.values()), outcomes
        slowest = max(slowest, await trellis.recovers(known))
    await trellis.settled()
    async with asyncio.timeout(COMMAND_TIMEOUT + 2):  # attempts that the storm has swallowed
        while len(proxy.pairs) > len(await backends(addresses)):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.1)
    states = await backends(addresses)
    note(f"{outages} outages: back within {slowest:.2f} s, {len(states)} connections, all idle.")
    assert set(states) == {"idle"}
    assert len(states) <= POOL + 5


async def test_a_request_that_is_given_up_leaves_no_statement_behind(
    trellis: Trellis, addresses: DatabaseUrls
) -> None:
    client = await trellis.client()
    await trellis.recovers(client)
    migrating = await connect(addresses.owner)
    async with migrating.transaction():
        await migrating.execute("LOCK TABLE goals IN ACCESS EXCLUSIVE MODE")
        read, changed = await asyncio.gather(client.ask(TITLES), client.create("Meanwhile"))
        assert {"active"}.isdisjoint(await backends(addresses))
    await migrating.close()
    assert is_stable(read), read
    assert read.status == 503
    assert read.seconds < DEADLINE + 1
    assert changed.seconds < DEADLINE + 1
    assert await client.titles() == ["After the storm"]
    await trellis.settled()
