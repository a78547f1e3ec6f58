"""During network faults every request ends in time, with a stable error code."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from persistence.embedded import DatabaseUrls
from persistence.kernel.pools import COMMAND_TIMEOUT, connect
from tests.resilience.harness import (
    LIST_TITLES,
    READ_VIEWER,
    REQUEST_TIMEOUT,
    Client,
    Harness,
    Outcome,
    a_trellis,
    list_backend_states,
)
from tests.resilience.proxy import COMMIT_CUTS, Proxy, Toxic
from tests.resilience.scale import assert_quick, print_result, select_scale

pytestmark = pytest.mark.anyio

POOL_SIZE = 4
SLOW_TOXICS = (Toxic.LATENCY, Toxic.BANDWIDTH, Toxic.SLICER, Toxic.SLOW_CLOSE)


@pytest.fixture(scope="module")
async def proxy(addresses: DatabaseUrls) -> AsyncIterator[Proxy]:
    async with Proxy(addresses.serving) as proxy:
        yield proxy


@pytest.fixture(scope="module")
async def trellis(
    addresses: DatabaseUrls, proxy: Proxy, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Harness]:
    directory: Path = tmp_path_factory.mktemp("trellis")
    async with a_trellis(addresses, directory, proxy.url, pool_size=POOL_SIZE) as trellis:
        yield trellis


@pytest.mark.parametrize("toxic", Toxic)
async def test_no_hang_and_a_stable_code_and_all_is_well_afterwards(
    trellis: Harness, proxy: Proxy, toxic: Toxic
) -> None:
    known, unknown = await trellis.create_client(), await trellis.create_client()
    await trellis.wait_for_recovery(known)
    proxy.apply_toxic(toxic)
    outcomes = await send_concurrent_requests(known, unknown)
    proxy.remove_toxic()
    for what, each in outcomes.items():
        assert_quick(each.seconds, REQUEST_TIMEOUT + 1)
        assert has_stable_code(each), (toxic, what, each)
        if toxic in SLOW_TOXICS:
            assert each.status == 200, (toxic, what, each)
    await trellis.wait_for_recovery(known)
    await trellis.wait_for_idle_pools()


async def send_concurrent_requests(known: Client, unknown: Client) -> dict[str, Outcome]:
    """Send four requests of each kind at once; return the worst of each kind."""
    found = await asyncio.gather(
        *(known.execute(READ_VIEWER) for _ in range(4)),
        *(known.create_goal("In the storm") for _ in range(4)),
        *(unknown.execute(READ_VIEWER) for _ in range(4)),
    )
    kinds = {"read": found[:4], "write": found[4:8], "login": found[8:]}
    return {kind: max(them, key=lambda each: each.seconds) for kind, them in kinds.items()}


def has_stable_code(outcome: Outcome) -> bool:
    if outcome.status == 200:
        return outcome.code is None
    refused = outcome.code in ("UNAVAILABLE", "TIMEOUT") and outcome.retry_after is not None
    return outcome.status == 503 and refused


@pytest.mark.parametrize("toxic", COMMIT_CUTS)
async def test_a_change_whose_commit_is_cut_is_not_called_refused(
    trellis: Harness, proxy: Proxy, toxic: Toxic
) -> None:
    client = await trellis.create_client()
    proxy.next_toxics.append(toxic)
    outcome = await client.create_goal("Perhaps")
    assert (outcome.status, outcome.code) == (503, "UNAVAILABLE")
    kept = await client.list_titles()
    assert kept == (["Perhaps"] if toxic is Toxic.CUT_AFTER_COMMIT else [])


async def test_many_outages_leave_no_connection_behind(
    trellis: Harness, proxy: Proxy, addresses: DatabaseUrls
) -> None:
    outages = select_scale(10, 100)
    chance = Random(4)
    known, unknown = await trellis.create_client(), await trellis.create_client()
    slowest = 0.0
    for _ in range(outages):
        proxy.apply_toxic(chance.choice(list(Toxic)))
        outcomes = await send_concurrent_requests(known, unknown)
        proxy.remove_toxic()
        assert all(has_stable_code(each) for each in outcomes.values()), outcomes
        slowest = max(slowest, await trellis.wait_for_recovery(known))
    await trellis.wait_for_idle_pools()
    async with asyncio.timeout(COMMAND_TIMEOUT + 2):  # attempts that the storm has swallowed
        while len(proxy.connections) > len(await list_backend_states(addresses)):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.1)
    states = await list_backend_states(addresses)
    print_result(
        f"{outages} outages: back within {slowest:.2f} s, {len(states)} connections, all idle."
    )
    assert set(states) == {"idle"}
    assert len(states) <= POOL_SIZE + 5


async def test_a_request_that_is_given_up_leaves_no_statement_behind(
    trellis: Harness, addresses: DatabaseUrls
) -> None:
    client = await trellis.create_client()
    await trellis.wait_for_recovery(client)
    migrating = await connect(addresses.owner)
    async with migrating.transaction():
        await migrating.execute("LOCK TABLE goals IN ACCESS EXCLUSIVE MODE")
        read, changed = await asyncio.gather(
            client.execute(LIST_TITLES), client.create_goal("Meanwhile")
        )
        assert {"active"}.isdisjoint(await list_backend_states(addresses))
    await migrating.close()
    assert has_stable_code(read), read
    assert read.status == 503
    assert_quick(max(read.seconds, changed.seconds), REQUEST_TIMEOUT + 1)
    assert await client.list_titles() == ["After the storm"]
    await trellis.wait_for_idle_pools()
