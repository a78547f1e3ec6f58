"""A clock of a served context that moves only when a test moves it."""

import asyncio
from datetime import UTC, datetime, timedelta

from tests.api.ws_client import wait_until
from tests.factories.tokens import NOW


class ManualClock:
    """The time for `now` and `sleep` of a server in another thread."""

    def __init__(self) -> None:
        self._now = datetime.fromtimestamp(NOW, UTC)
        self._sleepers: list[tuple[datetime, asyncio.Future[None]]] = []

    def __call__(self) -> float:
        """Return the seconds since the epoch."""
        return self._now.timestamp()

    def now(self) -> datetime:
        """Return the time."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Wait until a test has moved the clock so far."""
        if seconds > 0:
            waking: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._sleepers.append((self._now + timedelta(seconds=seconds), waking))
            await waking

    def advance(self, seconds: float, *, sleepers: int = 1) -> None:
        """Move the clock, once at least so many tasks sleep, and wake those that are due."""
        wait_until(lambda: len(self._sleepers) >= sleepers)
        self._now += timedelta(seconds=seconds)
        due = [each for each in self._sleepers if each[0] <= self._now]
        for sleeper in due:
            self._sleepers.remove(sleeper)
            sleeper[1].get_loop().call_soon_threadsafe(_wake, sleeper[1])


def _wake(waking: asyncio.Future[None]) -> None:
    if not waking.done():
        waking.set_result(None)
