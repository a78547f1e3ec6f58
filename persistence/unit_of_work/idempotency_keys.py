"""Idempotency keys: a change that a client sends again under the same key is made once.

The row of a key is written first, in the transaction of the change. A second request with the key
waits for that transaction, and then finds its result or no row. A refused change leaves no row, so
the key can be used again. A row has the id of what was changed and never the response, which is
read again with the rights of the second request.
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
DELETE FROM idempotency_keys AS known USING (
    SELECT member_id, key FROM idempotency_keys
    WHERE tenant_id = $1 AND used_at < $2
    ORDER BY used_at LIMIT $3 FOR UPDATE SKIP LOCKED) AS old
WHERE known.tenant_id = $1 AND known.member_id = old.member_id AND known.key = old.key
"""


@dataclass(frozen=True)
class IdempotencyKey:
    """A key, and the fingerprint of the mutation and its arguments."""

    text: str
    fingerprint: bytes


@dataclass(frozen=True)
class PriorResult:
    """The result of a change that was made before: the id of what it changed, if it was one."""

    entity_id: UUID | None


async def reserve(
    connection: Connection, tenant_id: UUID, member_id: UUID, key: IdempotencyKey, now: datetime
) -> PriorResult | None:
    """Reserve the key for this transaction, or return the result of an earlier one.

    Raises Invalid with IDEMPOTENCY_KEY_REUSED if the earlier request asked for something else.
    """
    scope = (tenant_id, member_id, key.text)
    try:
        if await connection.fetchval(RESERVE, *scope, key.fingerprint, now, now - RETENTION):
            return None
    except asyncpg.LockNotAvailableError:
        raise DatabaseUnavailable(
            "The first request with this key is still running. Try again."
        ) from None
    row = await connection.fetchrow(SELECT_PRIOR, *scope)
    assert row is not None, "A row that is not old enough to be purged stays."
    if row["fingerprint"] != key.fingerprint:
        message = "This key was used for another change. Use a new key for each change."
        raise Invalid(message, code=Code.IDEMPOTENCY_KEY_REUSED)
    return PriorResult(row["entity_id"])


async def complete(
    connection: Connection,
    tenant_id: UUID,
    member_id: UUID,
    key: IdempotencyKey,
    entity_id: UUID | None,
) -> None:
    """Store the id of what was changed."""
    await connection.execute(COMPLETE, tenant_id, member_id, key.text, entity_id)


async def purge(connection: Connection, tenant_id: UUID, now: datetime) -> None:
    """Delete some keys that are older than `RETENTION`."""
    await connection.execute(PURGE, tenant_id, now - RETENTION, PURGE_BATCH_SIZE)
