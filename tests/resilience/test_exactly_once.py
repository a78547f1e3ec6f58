"""A change that is retried under its idempotency key has happened exactly once."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from random import Random

import pytest

from persistence.embedded import DatabaseUrls
from tests.resilience.harness import a_trellis
from tests.resilience.proxy import COMMIT_CUTS, Proxy
from tests.resilience.retrying_clients import RetryingClients
from tests.resilience.scale import print_result, select_scale

pytestmark = pytest.mark.anyio


@pytest.fixture
async def proxy(addresses: DatabaseUrls) -> AsyncIterator[Proxy]:
    async with Proxy(addresses.serving) as proxy:
        yield proxy


async def test_keyed_changes_under_faults_happen_once_each(
    addresses: DatabaseUrls, proxy: Proxy, tmp_path: Path
) -> None:
    goals, faults = select_scale(150, 2_500), select_scale(60, 1_000)
    async with a_trellis(addresses, tmp_path, proxy.url) as trellis:
        writers = RetryingClients(
            await trellis.create_client(),
            before_change=build_fault_injector(proxy, goals // faults),
        )
        await writers.run_changes(goals)
        await trellis.wait_for_idle_pools()
        made = await writers.count_goals()
        await writers.assert_consistent(addresses.serving)
    print_result(
        f"{2 * goals} keyed changes, {proxy.fault_count} faults, {writers.retry_count} repetitions."
    )
    assert writers.acknowledged_count == 2 * goals
    assert proxy.fault_count >= faults
    assert writers.retry_count > 0
    assert made == {f"Change {number}": 1 for number in range(goals)}


async def test_keyless_changes_under_faults_do_not(
    addresses: DatabaseUrls, proxy: Proxy, tmp_path: Path
) -> None:
    """Without keys, the same faults create some goals twice."""
    goals = select_scale(40, 250)
    async with a_trellis(addresses, tmp_path, proxy.url) as trellis:
        client = await trellis.create_client()
        writers = RetryingClients(
            client, has_keys=False, before_change=build_fault_injector(proxy, 2)
        )
        await writers.run_changes(goals)
        made = await writers.count_goals()
    twice = sum(times - 1 for times in made.values())
    print_result(f"{goals} keyless goals, {proxy.fault_count} faults: {twice} goals too many.")
    assert twice > 0


def build_fault_injector(proxy: Proxy, every: int) -> Callable[[int], None]:
    """Build a function that injects one of three faults before every nth change."""
    chance = Random(every)

    def strike(number: int) -> None:
        if number % every:
            return
        if chance.random() < 0.3:
            proxy.fault_count += 1
            proxy.reset_connections()
        else:
            proxy.next_toxics.append(chance.choice(COMMIT_CUTS))

    return strike
