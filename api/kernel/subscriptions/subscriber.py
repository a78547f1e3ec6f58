"""Listeners: who asked to be told, and the documents that wait to be taken."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.errors import RequestError
from api.kernel.execution.errors import to_request_error
from api.kernel.execution.request_context import RequestContext
from domain.kernel.access import Actor
from persistence.change_feed import SlowConsumer
from persistence.reading.batched_reads import BatchEntry, SharedSelection

MAX_QUEUE_LENGTH = 1000


@dataclass(eq=False)
class Subscriber:
    """One subscription: an iterator of whole JSON documents, the last of which may be a refusal.

    `arguments` say what concerns it, `leave` is called once it listens no longer.
    """

    context: RequestContext
    arguments: Mapping[str, Any]
    unsubscribe: Callable[["Subscriber"], None]
    _queue: deque[bytes] = field(default_factory=deque)
    _queue_changed: asyncio.Event = field(default_factory=asyncio.Event)
    _is_active: bool = True
    _cached_entry: tuple[Actor, BatchEntry] | None = None

    @property
    def subject(self) -> str:
        """Whom the listener's token names."""
        return self.context.caller.subject

    def get_batch_entry(self, shared_selection: SharedSelection, actor: Actor) -> BatchEntry:
        """What the listener brings to a read that is shared. Raises a Refusal."""
        if self._cached_entry is None or self._cached_entry[0] is not actor:
            self._cached_entry = (
                actor,
                shared_selection.create_entry(self.context.build_read_request(actor)),
            )
        return self._cached_entry[1]

    def push(self, documents: Sequence[bytes]) -> None:
        """Have these taken; whoever does not take what waits is told to start again."""
        if len(self._queue) >= MAX_QUEUE_LENGTH:
            self.close_with_error(SlowConsumer())
        elif self._is_active and documents:
            self._queue += documents
            self._queue_changed.set()

    def close_with_error(self, error: Exception) -> None:
        """Tell why nothing more comes, in place of what was not taken yet."""
        if self._is_active:
            self._queue = deque([_build_error_document(error, self.context.request_id)])
            self._close()

    def _close(self) -> None:
        self._is_active = False
        self._queue_changed.set()
        self.unsubscribe(self)

    def __aiter__(self) -> "Subscriber":
        return self

    async def __anext__(self) -> bytes:
        while not self._queue:
            if not self._is_active:
                raise StopAsyncIteration
            self._queue_changed.clear()
            await self._queue_changed.wait()
        return self._queue.popleft()

    async def aclose(self) -> None:
        """Listen no longer."""
        self._queue.clear()
        if self._is_active:
            self._close()


def _build_error_document(error: Exception, request_id: str) -> bytes:
    if isinstance(error, SlowConsumer):
        message = "The events came faster than they were taken. Read again, then listen again."
        error = RequestError("UNAVAILABLE", message, 503)
    return to_request_error(error, request_id).serialize(request_id)
