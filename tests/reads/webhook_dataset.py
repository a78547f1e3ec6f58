"""The webhooks of a dataset, from a source of randomness of their own."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset

BASE_TIME = datetime(2025, 11, 5, 6, 30, tzinfo=UTC)
WEBHOOKS = [
    ("Warehouse", ["GOAL", "PERSON"], "active", None, ["title", "dueOn"]),
    ("łódź copy", [], "paused", "failing", []),
    ("Archive", ["TEAM"], "paused", "owner_without_rights", []),
]
OUTCOMES = [("delivered", 200), ("refused", 500), ("timeout", None)]


def add_webhooks(world: "TenantDataset") -> None:
    """Add webhooks of some accounts, with places in the feed and attempts to deliver."""
    random = Random(f"webhooks {world.seed}")  # so the rows of other tables stay as they are

    def draw_id() -> UUID:
        return UUID(int=random.getrandbits(128))

    for n, (name, types, status, reason, fields) in enumerate(WEBHOOKS):
        at = BASE_TIME + timedelta(hours=n)
        webhook = world.add_row(
            "webhooks",
            id=draw_id(),
            version=1 + n,
            created_at=at,
            updated_at=at + timedelta(days=n),
            owner_id=random.choice(world.tables["members"])["id"],
            name=name,
            url=f"https://receiver{n}.example/changes",
            types=types,
            trigger_fields=fields,
            payload_query="query($id: ID!) { node(id: $id) { id } }" if fields else None,
            sends_only_matches=bool(fields),
            status=status,
            pause_reason=reason,
            key_id=draw_id(),
            former_key_id=draw_id(),
            former_key_until=at + timedelta(days=1),
            start_id=draw_id(),
            start_after=f"changes_{n}",
        )
        world.add_row(
            "webhook_positions",
            webhook_id=webhook["id"],
            start_id=webhook["start_id"],
            cursor=f"changes_{n}",
            sent_ids=[],
            sequence=n,
            failures=n,
            next_attempt_at=at,
        )
        for number in range(2 * n):
            outcome, code = random.choice(OUTCOMES)
            world.add_row(
                "webhook_deliveries",
                id=draw_id(),
                webhook_id=webhook["id"],
                message_id=f"msg_{n}{number // 2}",
                message_type="goal.updated",
                attempt=1 + number % 2,
                attempted_at=at + timedelta(minutes=number),
                outcome=outcome,
                status_code=code,
                duration_ms=number,
            )
