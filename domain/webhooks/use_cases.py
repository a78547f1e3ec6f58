"""Use cases of webhooks. Who directs a webhook owns it, because it sends what its owner sees."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from domain.kernel.background_tasks import BackgroundTask
from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.fields import check_required, new_values, to_camel_case
from domain.kernel.identity import generate_id
from domain.kernel.unit_of_work import Work
from domain.webhooks.model import AFTER, TEST, Webhook

DIRECTIONS = {"url", "payload_query"}
"""What is sent, and to whom."""

MAX_WEBHOOKS = 20
"""In a tenant."""


CheckQuery: TypeAlias = Callable[[str], Awaitable[None]]
"""Raises Invalid for a text that is no query of the graph which a webhook may send."""


async def create(
    work: Work, types: Sequence[str], check_query: CheckQuery, **details: Any
) -> Webhook:
    """Create a webhook that begins now. Raises Invalid, NotPermitted and LimitExceeded."""
    tenant_id, owner_id = work.actor.tenant_id, _get_owner_id(work)
    places: dict[str, Any] = {
        "tenant_id": tenant_id,
        "owner_id": owner_id,
        "key_id": generate_id(),
        "start_id": generate_id(),
    }
    await work.require(Webhook(name="", url="", **places), to=Webhook.CREATE)
    values = new_values(Webhook, details)
    if values.get("payload_query"):
        await check_query(values["payload_query"])
    await work.lock_value("webhooks", "")
    if await work.count(Webhook) >= MAX_WEBHOOKS:
        message = f"A tenant has at most {MAX_WEBHOOKS} webhooks. Delete one that is not used."
        raise LimitExceeded(message)
    webhook = Webhook(types=tuple(sorted({each.upper() for each in types})), **places, **values)
    webhook.require_query()
    webhook.record_event("created")
    await work.add(webhook, to=Webhook.CREATE)
    return webhook


async def edit(
    work: Work,
    id: UUID,
    check_query: CheckQuery,
    *,
    expected_version: int | None = None,
    **details: Any,
) -> Webhook:
    """Change the editable fields. Who changes the address or the query owns the webhook.

    Raises what `Work.get` raises, and Invalid.
    """
    webhook = await work.get(Webhook, id, to=Webhook.EDIT, expected_version=expected_version)
    directed = DIRECTIONS & details.keys()
    webhook.edit(**details)
    webhook.require_query()
    if directed and webhook.payload_query:
        _require_both(directed)
        await check_query(webhook.payload_query)
    if directed and webhook.owner_id != _get_owner_id(work):
        webhook.owner_id = _get_owner_id(work)
        if not webhook.events:  # the same address and query, stated by somebody else
            webhook.record_event("edited")
    return webhook


def _require_both(directed: Collection[str]) -> None:
    """Raise Invalid unless the address and the query are stated together.

    A query with the rights of an account must not go to an address that only somebody else chose.
    """
    for each in sorted(DIRECTIONS - {*directed}):
        message = "The query is sent to the address. Send `url` and `payloadQuery` together."
        raise Invalid(message, to_camel_case(each), code=Code.REQUIRED)


async def resume(work: Work, id: UUID, *, expected_version: int | None = None) -> Webhook:
    """Go on where the webhook stopped. Raises what `Work.get` raises."""
    webhook = await work.get(Webhook, id, to=Webhook.RESUME, expected_version=expected_version)
    webhook.resume(_get_owner_id(work))
    return webhook


async def replay(
    work: Work, id: UUID, after: Annotated[str, AFTER], *, expected_version: int | None = None
) -> Webhook:
    """Begin after a cursor of the feed. Raises what `Work.get` raises, and Invalid."""
    webhook = await work.get(Webhook, id, to=Webhook.REPLAY, expected_version=expected_version)
    webhook.replay(check_required(AFTER, after, "after"), _get_owner_id(work))
    return webhook


async def request_test(work: Work, id: UUID, *, expected_version: int | None = None) -> Webhook:
    """Let a worker send a test message, also if the webhook is paused."""
    webhook = await work.get(Webhook, id, to=Webhook.TEST, expected_version=expected_version)
    webhook.test()
    arguments = {"webhook_id": str(id), "message_id": str(generate_id())}
    work.enqueue(BackgroundTask(TEST, arguments, str(id)))
    return webhook


async def delete(work: Work, id: UUID, *, expected_version: int | None = None) -> Webhook:
    """Delete a webhook with its log. Raises what `Work.get` raises."""
    webhook = await work.get(Webhook, id, to=Webhook.DELETE, expected_version=expected_version)
    webhook.record_event("deleted")
    await work.remove(webhook)
    return webhook


def _get_owner_id(work: Work) -> UUID:
    assert work.actor.member_id is not None, "Who may manage webhooks has an account."
    return work.actor.member_id
