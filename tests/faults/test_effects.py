"""Effects: a change that is repeated under its key until it is answered has happened once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from random import Random

import pytest

from persistence.embedded import Addresses
from tests.faults.figures import figure, note
from tests.faults.proxy import CUTS, Proxy
from tests.faults.trellis import Client, a_trellis

pytestmark = pytest.mark.anyio

AT_ONCE = 8
ATTEMPTS = 50


@pytest.fixture
async def proxy(addresses: Addresses) -> AsyncIterator[Proxy]:
    async with Proxy(addresses.serving) as proxy:
        yield proxy


async def test_keyed_changes_under_faults_happen_once_each(
    addresses: Addresses, proxy: Proxy, tmp_path: Path
) -> None:
    changes, faults = figure(300, 5_000), figure(60, 1_000)
    async with a_trellis(addresses, tmp_path, proxy) as trellis:
        client = await trellis.client()
        storm = Storm(client, proxy, changes, faults, keyed=True)
        made = await storm.run()
        await trellis.settled()
    note(f"{changes} keyed changes, {storm.struck} faults, {storm.repeated} repetitions.")
    assert storm.struck >= faults
    assert storm.repeated > 0
    assert made == {f"Change {number}": 1 for number in range(changes)}


async def test_keyless_changes_under_faults_do_not(
    addresses: Addresses, proxy: Proxy, tmp_path: Path
) -> None:
    """What the keys are for: without them, the same storm makes some goals twice."""
    async with a_trellis(addresses, tmp_path, proxy) as trellis:
        storm = Storm(await trellis.client(), proxy, figure(60, 500), figure(30, 250), keyed=False)
        made = await storm.run()
    assert max(made.values()) > 1


class Storm:
    """Clients that repeat each change until it is done, while their network breaks."""

    def __init__(
        self, client: Client, proxy: Proxy, changes: int, faults: int, *, keyed: bool
    ) -> None:
        self.client = client
        self.proxy = proxy
        self.changes = changes
        self.every = changes // faults
        self.keyed = keyed
        self.resets = 0
        self.repeated = 0
        self._numbers = count()
        self._chance = Random(changes)

    @property
    def struck(self) -> int:
        """How many faults have happened."""
        return self.resets + self.proxy.struck

    async def run(self) -> dict[str, int]:
        """How often each change has happened in the end."""
        await asyncio.gather(*(self._work() for _ in range(AT_ONCE)))
        return dict(Counter(await self.client.titles()))

    async def _work(self) -> None:
        while (number := next(self._numbers)) < self.changes:
            if number % self.every == 0:
                self._strike()
            await self._insist(f"Change {number}")

    async def _insist(self, title: str) -> None:
        for _ in range(ATTEMPTS):
            outcome = await self.client.create(title, key=title if self.keyed else None)
            if outcome.is_done:
                return
            self.repeated += 1
            assert outcome.status == 503, outcome
            assert outcome.code in ("UNAVAILABLE", "TIMEOUT"), outcome
        raise AssertionError(f"{title} was never answered.")

    def _strike(self) -> None:
        if self._chance.random() < 0.3:
            self.resets += 1
            self.proxy.strike()
        else:
            self.proxy.once.append(self._chance.choice(CUTS))
