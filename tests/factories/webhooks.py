"""Webhooks for tests."""

from typing import Any

from domain.kernel.identity import generate_id
from domain.members import Member
from domain.webhooks import Webhook, WebhookPauseReason, WebhookStatus


def a_webhook(owner: Member, name: str, **more: Any) -> Webhook:
    """Build a webhook of an account."""
    return Webhook(
        tenant_id=owner.tenant_id,
        owner_id=owner.id,
        name=name,
        url=f"https://{name.lower()}.example/changes",
        key_id=generate_id(),
        start_id=generate_id(),
        **more,
    )


def some_webhooks(owner: Member) -> dict[str, Webhook]:
    """Build a webhook that sends, and one that is paused."""
    paused = {"status": WebhookStatus.PAUSED, "pause_reason": WebhookPauseReason.FAILING}
    return {
        "warehouse": a_webhook(owner, "Warehouse"),
        "stopped": a_webhook(owner, "Stopped", **paused),
    }
