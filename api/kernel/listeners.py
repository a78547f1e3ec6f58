"""Listeners: who asked to be told, and the documents that wait to be taken."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.kernel.context import Context
from api.kernel.refusals import RequestRefused, refused_by
from domain.kernel.access import Actor
from persistence.feed import SlowConsumer
from persistence.reading.together import BatchEntry, SharedSelection

MOST_WAITING = 1000


@dataclass(eq=False)
class Listener:
    """One subscription: an iterator of whole JSON documents, the last of which may be a refusal.

    `arguments` say what concerns it, `leave` is called once it listens no longer.
    """

    asked: Context
    arguments: Mapping[str, Any]
    points: float
    leave: Callable[["Listener"], None]
    _waiting: deque[bytes] = field(default_factory=deque)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _listens: bool = True
    _part: tuple[Actor, BatchEntry] | None = None

    @property
    def subject(self) -> str:
        """Whom the listener's token names."""
        return self.asked.caller.subject

    def part(self, shared: SharedSelection, actor: Actor) -> BatchEntry:
        """What the listener brings to a read that is shared. Raises a Refusal."""
        if self._part is None or self._part[0] is not actor:
            self._part = actor, shared.create_entry(self.asked.run(actor))
        return self._part[1]

    def tell(self, documents: Sequence[bytes]) -> None:
        """Have these taken; whoever does not take what waits is told to start again."""
        if len(self._waiting) >= MOST_WAITING:
            self.end(SlowConsumer())
        elif self._listens and documents:
            self._waiting += documents
            self._news.set()

    def end(self, error: Exception) -> None:
        """Tell why nothing more comes, in place of what was not taken yet."""
        if self._listens:
            self._waiting = deque([_last(error, self.asked.request_id)])
            self._stop()

    def _stop(self) -> None:
        self._listens = False
        self._news.set()
        self.leave(self)

    def __aiter__(self) -> "Listener":
        return self

    async def __anext__(self) -> bytes:
        while not self._waiting:
            if not self._listens:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        return self._waiting.popleft()

    async def aclose(self) -> None:
        """Listen no longer."""
        self._waiting.clear()
        if self._listens:
            self._stop()


def _last(error: Exception, request_id: str) -> bytes:
    if isinstance(error, SlowConsumer):
        message = "The events came faster than they were taken. Read again, then listen again."
        error = RequestRefused("UNAVAILABLE", message, 503)
    return refused_by(error, request_id).document(request_id)
