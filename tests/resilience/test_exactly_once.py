"""Effects: a change that is repeated under its key until it is answered has happened once."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from random import Random

import pytest

from persistence.embedded import DatabaseUrls
from tests.resilience.harness import a_trellis
from tests.resilience.proxy import CUTS, Proxy
from tests.resilience.retrying_clients import Writers
from tests.resilience.scale import figure, note

pytestmark = pytest.mark.anyio


@pytest.fixture
async def proxy(addresses: DatabaseUrls) -> AsyncIterator[Proxy]:
    async with Proxy(addresses.serving) as proxy:
        yield proxy


async def test_keyed_changes_under_faults_happen_once_each(
    addresses: DatabaseUrls, proxy: Proxy, tmp_path: Path
) -> None:
    goals, faults = figure(150, 2_500), figure(60, 1_000)
    async with a_trellis(addresses, tmp_path, proxy.url) as trellis:
        writers = Writers(await trellis.client(), before=storm(proxy, goals // faults))
        await writers.write(goals)
        await trellis.settled()
        made = await writers.drafts()
        await writers.audit(addresses.serving)
    note(f"{2 * goals} keyed changes, {proxy.struck} faults, {writers.repeated} repetitions.")
    assert writers.acknowledged == 2 * goals
    assert proxy.struck >= faults
    assert writers.repeated > 0
    assert made == {f"Change {number}": 1 for number in range(goals)}


async def test_keyless_changes_under_faults_do_not(
    addresses: DatabaseUrls, proxy: Proxy, tmp_path: Path
) -> None:
    """What the keys are for: without them, the same storm makes some goals twice."""
    goals = figure(40, 250)
    async with a_trellis(addresses, tmp_path, proxy.url) as trellis:
        client = await trellis.client()
        writers = Writers(client, keyed=False, before=storm(proxy, 2))
        await writers.write(goals)
        made = await writers.drafts()
    twice = sum(times - 1 for times in made.values())
    note(f"{goals} keyless goals, {proxy.struck} faults: {twice} goals too many.")
    assert twice > 0


def storm(proxy: Proxy, every: int) -> Callable[[int], None]:
    """Break something before every so manieth change, in one of three ways."""
    chance = Random(every)

    def strike(number: int) -> None:
        if number % every:
            return
        if chance.random() < 0.3:
            proxy.struck += 1
            proxy.strike()
        else:
            proxy.once.append(chance.choice(CUTS))

    return strike
