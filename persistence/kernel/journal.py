"""The journal: every change, written in the transaction that makes it.

Audit, history, subscriptions and the change feed all read this one table. In the order of
`(xid, seq)` below the oldest running transaction it loses nothing; in any other order it does.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from domain.kernel.identity import new_id
from persistence.kernel.changes import Changes
from persistence.kernel.mapping import Connection
from persistence.kernel.tables import indexed, part_table

journal = part_table(
    "journal",
    Column("xid", BigInteger, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("entity", Text, nullable=False),
    Column("entity_id", Uuid, nullable=False),
    Column("action", Text, nullable=False),
    Column("actor_id", Uuid),
    Column("changes", JSONB, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("effective_on", Date),
    Column("request_id", Text),
    indexed("entity", "entity_id", "id"),
    indexed("xid", "seq"),
    indexed("actor_id", "id"),
    prefix="journal",
)

WRITE = """
INSERT INTO journal (tenant_id, id, xid, seq, entity, entity_id, action, actor_id, changes,
                     recorded_at, effective_on, request_id)
VALUES ($1, $2, pg_current_xact_id()::text::bigint, $3, $4, $5, $6, $7, $8::text::jsonb, $9, $10,
        $11)
"""


@dataclass(frozen=True)
class Entry:
    """One thing that happened to one aggregate, and what it changed."""

    entity: str
    entity_id: UUID
    action: str
    changes: Changes
    effective_on: date | None = None


@dataclass
class Journal:
    """The entries of one unit of work, numbered in the order in which they were written."""

    tenant_id: UUID
    actor_id: UUID | None
    now: datetime
    request_id: str | None
    written: int = 0

    async def write(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Write entries down, in the transaction that makes them true."""
        await connection.executemany(WRITE, [self._row(entry) for entry in entries])

    def _row(self, entry: Entry) -> tuple[object, ...]:
        self.written += 1
        return (
            self.tenant_id,
            new_id(),
            self.written,
            entry.entity,
            entry.entity_id,
            entry.action,
            self.actor_id,
            json.dumps(entry.changes, ensure_ascii=False),
            self.now,
            entry.effective_on,
            self.request_id,
        )
