"""Idempotency keys: what a client calls one change, however often it has to ask for it.

The row of a key is written first of all, in the transaction of the effect itself: whoever asks
again meanwhile waits for that transaction, and then finds either what it did or nothing at all.
What was refused leaves no row, so the same key may try again. A row tells what was changed and
never what was answered: an answer is read anew, under the rules of the moment of asking.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from sqlalchemy import Column, DateTime, LargeBinary, Text, Uuid

from domain.kernel.errors import Code, Invalid
from persistence.kernel.error_translation import DatabaseUnavailable
from persistence.kernel.pools import Connection
from persistence.kernel.schema.tables import link_table, tenant_index

RETENTION = timedelta(days=7)
PURGE_BATCH_SIZE = 20

idempotency_keys = link_table(
    "idempotency_keys",
    Column("member_id", Uuid, nullable=False),
    Column("key", Text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("entity_id", Uuid),
    Column("used_at", DateTime(timezone=True), nullable=False),
    tenant_index("used_at"),
    key=("member_id", "key"),
)

RESERVE = """
INSERT INTO idempotency_keys AS known (tenant_id, member_id, key, fingerprint, used_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant_id, member_id, key) DO UPDATE
SET fingerprint = excluded.fingerprint, used_at = excluded.used_at, entity_id = NULL
WHERE known.used_at < $6
RETURNING true
"""

SELECT_PRIOR = """
SELECT fingerprint, entity_id FROM idempotency_keys
WHERE tenant_id = $1 AND member_id = $2 AND key = $3
"""

COMPLETE = """
UPDATE idempotency_keys SET entity_id = $4 WHERE tenant_id = $1 AND member_id = $2 AND key = $3
"""

PURGE = """
DELETE FROM idempotency_keys
WHERE tenant_id = $1 AND (member_id, key) IN (
    SELECT member_id, key FROM idempotency_keys
    WHERE tenant_id = $1 AND used_at < $2
    ORDER BY used_at LIMIT $3 FOR UPDATE SKIP LOCKED)
"""


@dataclass(frozen=True)
class IdempotencyKey:
    """A key, and the fingerprint of what was asked for under it."""

    text: str
    fingerprint: bytes


@dataclass(frozen=True)
class PriorResult:
    """The change was made before; `about` is what it was made to, if that was one thing."""

    entity_id: UUID | None


async def reserve(
    connection: Connection, tenant_id: UUID, member_id: UUID, key: IdempotencyKey, now: datetime
) -> PriorResult | None:
    """Take the key for this transaction, or learn what came of it before.

    Raises Invalid with IDEMPOTENCY_KEY_REUSED where something else was asked for under it.
    """
    scope = (tenant_id, member_id, key.text)
    try:
        if await connection.fetchval(RESERVE, *scope, key.fingerprint, now, now - RETENTION):
            return None
    except asyncpg.LockNotAvailableError:
        raise DatabaseUnavailable(
            "The first request with this key still runs. Try again."
        ) from None
    row = await connection.fetchrow(SELECT_PRIOR, *scope)
    assert row is not None, "A row that is not old enough to be swept stays."
    if row["fingerprint"] != key.fingerprint:
        message = "This key was used for something else before. Choose a new one for each change."
        raise Invalid(message, code=Code.IDEMPOTENCY_KEY_REUSED)
    return PriorResult(row["entity_id"])


async def complete(
    connection: Connection,
    tenant_id: UUID,
    member_id: UUID,
    key: IdempotencyKey,
    entity_id: UUID | None,
) -> None:
    """Note what the change was made to."""
    await connection.execute(COMPLETE, tenant_id, member_id, key.text, entity_id)


async def purge(connection: Connection, tenant_id: UUID, now: datetime) -> None:
    """Remove some keys that are too old to be asked for again."""
    await connection.execute(PURGE, tenant_id, now - RETENTION, PURGE_BATCH_SIZE)
