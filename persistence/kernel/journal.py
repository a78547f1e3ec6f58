"""The journal: an entry for every change, written in the transaction of the change.

Audit, history, subscriptions and the change feed read this table. A reader that polls it must read
in the order of `(xid, seq)`, below the oldest running transaction. In any other order it can miss
entries.

The serving role may only insert entries, with two exceptions: a merge of people changes whom they
name, and an erasure removes personal values (`REWRITABLE_COLUMNS` of the schema lint).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from domain.kernel.identity import generate_id
from persistence.kernel.access_facts import AccessFacts, encode_access_facts
from persistence.kernel.mapping.diff import Changes
from persistence.kernel.mapping.write_batch import WriteBatch, WritePhase, WriteStatement
from persistence.kernel.schema.tables import entity_table, tenant_index

UNKNOWN_FACTS = "[{}]"
"""What is stored where the facts are not known. An attribute that is missing satisfies no rule."""

journal = entity_table(
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
    Column("access_facts", JSONB, nullable=False, server_default=text(f"'{UNKNOWN_FACTS}'")),
    tenant_index("entity", "entity_id", "id"),
    tenant_index("xid", "seq"),
    tenant_index("actor_id", "id"),
    prefix="journal",
)

INSERT_ENTRIES = WriteStatement(
    WritePhase.INSERT,
    """
    INSERT INTO journal (tenant_id, id, xid, seq, entity, entity_id, action, actor_id, changes,
                         recorded_at, effective_on, request_id, access_facts)
    SELECT $1::uuid, r.id, pg_current_xact_id()::text::bigint, r.seq, r.entity, r.entity_id,
           r.action, r.actor_id, r.changes::jsonb, r.recorded_at, r.effective_on, r.request_id,
           r.access_facts::jsonb
    FROM {rows}""",
    (
        ("id", "uuid"),
        ("seq", "int"),
        ("entity", "text"),
        ("entity_id", "uuid"),
        ("action", "text"),
        ("actor_id", "uuid"),
        ("changes", "text"),
        ("recorded_at", "timestamptz"),
        ("effective_on", "date"),
        ("request_id", "text"),
        ("access_facts", "text"),
    ),
)


SAME_TRANSACTION = """
SELECT entity_id FROM journal
WHERE tenant_id = $1 AND entity = $2 AND xid = (
    SELECT first.xid FROM journal first
    WHERE first.tenant_id = $1 AND first.entity = $2 AND first.entity_id = $3
    ORDER BY first.id LIMIT 1)
GROUP BY entity_id ORDER BY min(seq)
"""


MOVE_ENTRIES = """
UPDATE journal SET entity_id = $3
WHERE tenant_id = $1 AND entity = $4 AND entity_id = $2
  AND xid <> pg_current_xact_id()::text::bigint
"""
"""Gives the entries of one aggregate to another, but for those of the running transaction."""

MOVE_ACTOR = """
UPDATE journal SET actor_id = $3 WHERE tenant_id = $1 AND actor_id = $2
"""

REPLACE_IN_FACTS = """
UPDATE journal
SET access_facts = replace(access_facts::text, $2::uuid::text, $3::uuid::text)::jsonb
WHERE tenant_id = $1 AND entity = $4 AND entity_id = ANY($5::uuid[])
  AND strpos(access_facts::text, $2::uuid::text) > 0
"""
"""Lets the access facts of aggregates name another object, so that its rights cover the past."""


SELECT_CHANGES = """
SELECT id, action, changes::text AS changes FROM journal
WHERE tenant_id = $1 AND entity = $2 AND changes <> '{}' AND entity_id IN (
    SELECT $3::uuid UNION ALL
    SELECT id FROM redirects WHERE tenant_id = $1 AND entity = $2 AND target_id = $3)
"""

UPDATE_CHANGES = """
UPDATE journal SET changes = erased.changes::jsonb
FROM unnest($2::uuid[], $3::text[]) AS erased (id, changes)
WHERE tenant_id = $1 AND journal.id = erased.id
"""


@dataclass(frozen=True)
class Attribution:
    """The person who made a change, and the time."""

    actor_id: UUID | None
    recorded_at: datetime


@dataclass(frozen=True)
class JournalEntry:
    """One event of one aggregate, and what it changed.

    `access_facts` are those before and after the change, once where they are the same.
    """

    entity: str
    entity_id: UUID
    action: str
    attribution: Attribution
    changes: Changes
    access_facts: Sequence[AccessFacts]
    effective_on: date | None = None


@dataclass
class JournalWriter:
    """Writes the entries of one unit of work, numbered in their order."""

    request_id: str | None
    entry_count: int = 0

    def write(self, batch: WriteBatch, entry: JournalEntry) -> None:
        """Add an entry to the batch of the change."""
        self.entry_count += 1
        row = (
            generate_id(),
            self.entry_count,
            entry.entity,
            entry.entity_id,
            entry.action,
            entry.attribution.actor_id,
            json.dumps(entry.changes, ensure_ascii=False),
            entry.attribution.recorded_at,
            entry.effective_on,
            self.request_id,
            encode_access_facts(entry.access_facts),
        )
        batch.add(INSERT_ENTRIES, row)
