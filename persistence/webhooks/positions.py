"""Where a webhook has arrived in the feed, and the log of its deliveries. Workers write both."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from domain.kernel.identity import TenantId, generate_id
from domain.webhooks import WebhookDeliveryOutcome
from persistence.changes.sealed_cursors import END_OF_DAY, FeedPosition, seal_position
from persistence.kernel.engine_kind import count_inserted
from persistence.kernel.pools import Connection

LOG_RETENTION = timedelta(days=30)

SELECT_STATE = """
SELECT m.subject, w.start_id, w.start_after, p.start_id AS stored_start_id, p.cursor,
       p.sent_ids::text AS sent_ids, p.sequence, p.failures, p.next_attempt_at,
       (SELECT j.id FROM journal j WHERE j.tenant_id = $1 AND j.entity = 'webhook'
          AND j.entity_id = w.id ORDER BY j.id LIMIT 1) AS created_entry_id
FROM webhooks w JOIN members m ON m.tenant_id = $1 AND m.id = w.owner_id
LEFT JOIN webhook_positions p ON p.tenant_id = $1 AND p.webhook_id = w.id
WHERE w.tenant_id = $1 AND w.id = $2
"""
SAVE_POSITION = """
INSERT INTO webhook_positions (tenant_id, webhook_id, start_id, cursor, sent_ids, sequence,
                               failures, next_attempt_at)
VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8)
ON CONFLICT (tenant_id, webhook_id) DO UPDATE
SET start_id = excluded.start_id, cursor = excluded.cursor, sent_ids = excluded.sent_ids,
    sequence = excluded.sequence, failures = excluded.failures,
    next_attempt_at = excluded.next_attempt_at
"""
INSERT_DELIVERIES = count_inserted(
    """
INSERT INTO webhook_deliveries (tenant_id, id, webhook_id, message_id, message_type, attempt,
                                attempted_at, outcome, status_code, duration_ms)
SELECT $1::uuid, new.* FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::int[],
    $7::timestamptz[], $8::text[], $9::int[], $10::int[]) AS new"""
)
DELETE_OLD_DELIVERIES = """
DELETE FROM webhook_deliveries WHERE tenant_id = $1 AND webhook_id = $2 AND attempted_at < $3
"""
SELECT_WAITING = """
SELECT w.id FROM webhooks w
LEFT JOIN webhook_positions p ON p.tenant_id = $1 AND p.webhook_id = w.id
WHERE w.tenant_id = $1 AND w.status = 'active'
  AND (p.next_attempt_at IS NULL OR p.next_attempt_at <= now())
"""


@dataclass
class Position:
    """A place in the feed.

    `cursor` is before the messages of a page, of which those in `sent_ids` have arrived. `sequence`
    is the number of the last message before the page. `failures` counts attempts in a row.
    """

    start_id: UUID
    cursor: str | None
    sent_ids: set[str] = field(default_factory=set)
    sequence: int = 0
    failures: int = 0
    next_attempt_at: datetime | None = None

    def waits(self, now: datetime) -> bool:
        """Return whether the next attempt is to be made later."""
        return self.next_attempt_at is not None and now < self.next_attempt_at


@dataclass(frozen=True)
class Start:
    """A position, the subject whose rights count, and the entry after which the webhook began."""

    position: Position
    subject: str
    created_entry_id: UUID

    def build_cursor(
        self, secret: str, tenant_id: TenantId, types: Sequence[str], today: date
    ) -> str:
        """Return the cursor of the position; at first that of the webhook's creation.

        Its fingerprints fit nobody's rights, so the first page names all types to read.
        """
        if self.position.cursor is not None:
            return self.position.cursor
        first = FeedPosition(self.created_entry_id, today, END_OF_DAY, 0, 0, 0, today)
        names = [each.lower() for each in types]
        return seal_position(first, secret, tenant_id, names or None)


@dataclass(frozen=True)
class Delivery:
    """An attempt to deliver a message, for the log."""

    message_id: str
    message_type: str
    attempt: int
    attempted_at: datetime
    outcome: WebhookDeliveryOutcome
    status_code: int | None
    duration_ms: int


async def load_start(connection: Connection, tenant_id: TenantId, id: UUID) -> Start | None:
    """Return where a webhook has to go on, or None when there is none."""
    row = await connection.fetchrow(SELECT_STATE, tenant_id, id)
    if row is None:
        return None
    if row["stored_start_id"] == row["start_id"]:
        sent_ids = set(json.loads(row["sent_ids"]))
        position = Position(
            *(row["start_id"], row["cursor"], sent_ids, row["sequence"], row["failures"]),
            next_attempt_at=row["next_attempt_at"],
        )
    else:
        position = Position(row["start_id"], row["start_after"], sequence=row["sequence"] or 0)
    return Start(position, row["subject"], row["created_entry_id"])


async def save_position(
    connection: Connection, tenant_id: TenantId, id: UUID, position: Position
) -> None:
    """Store where a webhook has arrived."""
    await connection.execute(
        SAVE_POSITION,
        tenant_id,
        id,
        position.start_id,
        position.cursor,
        json.dumps(sorted(position.sent_ids)),
        position.sequence,
        position.failures,
        position.next_attempt_at,
    )


async def add_deliveries(
    connection: Connection, tenant_id: TenantId, id: UUID, deliveries: Sequence[Delivery]
) -> None:
    """Add attempts to the log of a webhook."""
    await connection.fetchval(
        INSERT_DELIVERIES,
        tenant_id,
        [generate_id() for _ in deliveries],
        [id for _ in deliveries],
        [each.message_id for each in deliveries],
        [each.message_type for each in deliveries],
        [each.attempt for each in deliveries],
        [each.attempted_at for each in deliveries],
        [each.outcome.value for each in deliveries],
        [each.status_code for each in deliveries],
        [each.duration_ms for each in deliveries],
    )


async def delete_old_deliveries(
    connection: Connection, tenant_id: TenantId, id: UUID, now: datetime
) -> None:
    """Delete what is too old from the log of a webhook."""
    await connection.execute(DELETE_OLD_DELIVERIES, tenant_id, id, now - LOG_RETENTION)


async def list_waiting(connection: Connection, tenant_id: TenantId) -> list[UUID]:
    """Return the webhooks of a tenant that may send something now."""
    return [row["id"] for row in await connection.fetch(SELECT_WAITING, tenant_id)]
