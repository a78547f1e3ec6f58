"""A subscriber: one subscription, and the queue of its events."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
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
    """One subscription: an iterator of JSON documents, of which the last may be an error.

    `arguments` select the changes to publish. `unsubscribe` is called once, at the end.
    `last_document` is the last one that was queued. While the past is replayed, new documents are
    held back in `_held`.
    """

    context: RequestContext
    arguments: Mapping[str, Any]
    unsubscribe: Callable[["Subscriber"], None]
    last_document: bytes | None = None
    _queue: deque[bytes] = field(default_factory=deque)
    _queue_changed: asyncio.Event = field(default_factory=asyncio.Event)
    _queue_drained: asyncio.Event = field(default_factory=asyncio.Event)
    _held: list[bytes] | None = None
    _replay: "asyncio.Task[None] | None" = None
    _is_active: bool = True
    _cached_entry: tuple[Actor, BatchEntry] | None = None

    @property
    def subject(self) -> str:
        """Return the subject of the caller's token."""
        return self.context.caller.subject

    def get_batch_entry(self, shared_selection: SharedSelection, actor: Actor) -> BatchEntry:
        """Return this subscriber's part of a shared read. Raises Refusal."""
        if self._cached_entry is None or self._cached_entry[0] is not actor:
            self._cached_entry = (
                actor,
                shared_selection.create_entry(self.context.build_read_request(actor)),
            )
        return self._cached_entry[1]

    def push(self, documents: Sequence[bytes]) -> None:
        """Add documents to the queue; close a subscriber whose queue is full."""
        queue = self._queue if self._held is None else self._held
        if len(queue) >= MAX_QUEUE_LENGTH:
            self.close_with_error(SlowConsumer())
        elif self._is_active and documents:
            queue.extend(documents)
            self.last_document = documents[-1]
            self._queue_changed.set()

    def replay(self, pages: AsyncGenerator[Sequence[bytes], None]) -> None:
        """Send the pages of the past first, each when the queue is empty, and then what is new."""
        self._held = []
        self._replay = asyncio.create_task(self._send_past(pages))

    async def _send_past(self, pages: AsyncGenerator[Sequence[bytes], None]) -> None:
        try:
            async with aclosing(pages):
                async for documents in pages:
                    self._queue += documents
                    self._queue_changed.set()
                    while self._queue:
                        self._queue_drained.clear()
                        await self._queue_drained.wait()
            self._queue += self._held or ()
            self._held = None
            self._queue_changed.set()
        except Exception as error:  # noqa: BLE001 - it closes the subscription
            self.close_with_error(error)

    def close_with_error(self, error: Exception) -> None:
        """Replace the queue with an error, and end the subscription."""
        if self._is_active:
            self._queue = deque([_build_error_document(error, self.context.request_id)])
            self._close()

    def _close(self) -> None:
        self._is_active = False
        self._queue_changed.set()
        if self._replay is not None:
            self._replay.cancel()
            self._replay = None  # its exception refers to a frame that refers to this subscriber
        self.unsubscribe(self)

    def __aiter__(self) -> "Subscriber":
        return self

    async def __anext__(self) -> bytes:
        while not self._queue:
            if not self._is_active:
                raise StopAsyncIteration
            self._queue_changed.clear()
            await self._queue_changed.wait()
        document = self._queue.popleft()
        if not self._queue:
            self._queue_drained.set()
        return document

    async def aclose(self) -> None:
        """End the subscription and drop its queue."""
        self._queue.clear()
        if self._is_active:
            self._close()


def _build_error_document(error: Exception, request_id: str) -> bytes:
    if isinstance(error, SlowConsumer):
        message = (
            "Events came faster than they were received. Read the data again, then subscribe again."
        )
        error = RequestError("UNAVAILABLE", message, 503)
    return to_request_error(error, request_id).serialize(request_id)
