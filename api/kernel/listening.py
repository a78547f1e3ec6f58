"""Listening: from a subscription to its events, each read with the rights of its moment."""

from collections.abc import Mapping
from typing import Any

from api.kernel.context import Context
from api.kernel.refusals import RequestRefused, refused_by
from api.kernel.subscriptions import SUBSCRIPTIONS, Events
from persistence.feed import Feed, TooSlow
from persistence.reading.selection import Field, Run

NULL = b"null"


async def listen(asked: Context, feed: Feed) -> Events:
    """Admit the caller, then follow what happens. Raises RequestRefused."""
    (root,) = asked.prepared.roots
    assert root.field is not None, "A subscription has one field, which is compiled."
    subscription = SUBSCRIPTIONS[root.field.name]
    event = Field(root.key, "node", _by_id, root.field.selection)
    async with asked.stores.reader.snapshot(asked.caller.tenant_id) as snapshot:
        run = asked.run(await asked.stores.actor(snapshot.connection, asked.caller, asked.moment))
    arguments = root.field.arguments(run)

    async def read(id_: str) -> bytes | None:
        value = await _read(asked, event, id_)
        return None if value == NULL else b'{"data":{"%b":%b}}' % (root.key.encode(), value)

    def ending(error: Exception) -> bytes:
        if isinstance(error, TooSlow):
            message = "The events came faster than they were taken. Read again, then listen again."
            error = RequestRefused("UNAVAILABLE", message, 503)
        return refused_by(error, asked.request_id).document(asked.request_id)

    events = Events(feed, lambda entry: subscription.node(entry, arguments), read, ending)
    return await events.begin(asked.caller.tenant_id)


async def _read(asked: Context, event: Field, id_: str) -> bytes:
    """The object as the listener may see it now. Raises RequestRefused for one no longer let in."""
    stores, now = asked.stores, asked.stores.clock()
    async with stores.reader.snapshot(asked.caller.tenant_id) as snapshot:
        actor = await stores.actor(snapshot.connection, asked.caller, now)
        run = Run(actor, now, stores.secret, asked.variables, {"id": id_})
        return await snapshot.read(event, run, careful=True)


def _by_id(run: Run) -> Mapping[str, Any]:
    return run.given
