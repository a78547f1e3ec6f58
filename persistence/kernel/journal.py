"""The journal: an entry for every change, written in the transaction of the change.

Audit, history, subscriptions and the change feed read this table. The tenant's clock numbers the
entries, without gaps. A reader that polls asks for entries after a number, and misses none.
`seq` is the position in the unit of work, so `number - seq` is the same for all of its entries.

The serving role may only insert entries, with two exceptions: a merge of people changes whom they
name, and an erasure removes personal values (`REWRITABLE_COLUMNS` of the schema lint).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from domain.kernel.identity import generate_id
from persistence.kernel.access_facts import AccessFacts, encode_access_facts
from persistence.kernel.clocks import ADVANCE_CLOCKS, Clock
from persistence.kernel.mapping.diff import Changes
from persistence.kernel.mapping.registry import list_unrelated_entities
from persistence.kernel.mapping.write_batch import WriteBatch
from persistence.kernel.mapping.write_statement import WritePhase, WriteStatement
from persistence.kernel.schema.tables import entity_table, tenant_index

UNKNOWN_FACTS = "[{}]"
"""What is stored where the facts are not known. An attribute that is missing satisfies no rule."""

journal = entity_table(
    "journal",
    Column("number", BigInteger, nullable=False),
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
    tenant_index("number", unique=True),
    tenant_index("effective_on", "number"),
    tenant_index("actor_id", "id"),
    tenant_index("action", "id"),
    prefix="journal",
)

INSERT_ENTRIES = WriteStatement(
    WritePhase.JOURNAL,
    """
    INSERT INTO journal (tenant_id, id, number, seq, entity, entity_id, action, actor_id, changes,
                         recorded_at, effective_on, request_id, access_facts)
    SELECT c.tenant_id, r.id, c.number - r.following, r.seq, r.entity, r.entity_id, r.action,
           r.actor_id, r.changes::jsonb, r.recorded_at, r.effective_on, r.request_id,
           r.access_facts::jsonb
    FROM {rows}, {clocks} c WHERE c.tenant_id = $1::uuid AND c.clock = 'journal'""",
    (
        ("following", "int"),
        ("seq", "int"),
        ("id", "uuid"),
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


SAME_UNIT_OF_WORK = """
SELECT other.entity_id FROM (
    SELECT number, number - seq AS base FROM journal
    WHERE tenant_id = $1 AND entity = $2 AND entity_id = $3 ORDER BY id LIMIT 1) first
JOIN journal other ON other.tenant_id = $1 AND other.entity = $2
  AND other.number > first.base AND other.number < coalesce((
    SELECT later.number FROM journal later
    WHERE later.tenant_id = $1 AND later.number > first.number AND later.seq = 1
    ORDER BY later.number LIMIT 1), first.number + 2147483647)
GROUP BY other.entity_id ORDER BY min(other.number)
"""
"""The objects of a kind that the unit of work changed which wrote the first entry of one."""

MOVE_ENTRIES = """
UPDATE journal SET entity_id = $3 WHERE tenant_id = $1 AND entity = $4 AND entity_id = $2
"""
"""Gives the entries of one aggregate to another."""

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
WHERE tenant_id = $1 AND journal.id = erased.id AND journal.changes <> erased.changes::jsonb
"""


@dataclass(frozen=True)
class Attribution:
    """The person who made a change, and the time."""

    actor_id: UUID | None
    recorded_at: datetime


class JournalEntry(NamedTuple):
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


class PendingEntry(NamedTuple):
    """An entry as it will be written, but for its numbers."""

    id: UUID
    entity: str
    entity_id: UUID
    action: str
    actor_id: UUID | None
    changes: str
    recorded_at: datetime
    effective_on: date | None
    request_id: str | None
    access_facts: str


def _encode_changes(changes: Changes) -> str:
    try:
        return orjson.dumps(changes).decode()
    except orjson.JSONEncodeError:  # half of a surrogate pair, which the driver refuses
        return json.dumps(changes, ensure_ascii=False)


@dataclass
class JournalWriter:
    """Collects the entries of one unit of work, and writes them with its last statement.

    Until then no entry is in the table. Code that rewrites entries of the table has to rewrite the
    pending ones of its unit of work, too.
    """

    request_id: str | None
    pending: list[PendingEntry] = field(default_factory=list)
    has_written: bool = False

    def add(self, entry: JournalEntry) -> None:
        """Add an entry of a change."""
        self.add_alike(entry, {entry.entity_id: encode_access_facts(entry.access_facts)})

    def add_alike(self, entry: JournalEntry, facts: Mapping[UUID, str]) -> None:
        """Add an entry that says the same of each of these ids, which have their access facts."""
        changes, by = _encode_changes(entry.changes), entry.attribution
        self.pending.extend(
            [
                PendingEntry(
                    generate_id(),
                    entry.entity,
                    id,
                    entry.action,
                    by.actor_id,
                    changes,
                    by.recorded_at,
                    entry.effective_on,
                    self.request_id,
                    access_facts,
                )
                for id, access_facts in facts.items()
            ]
        )

    def rewrite(self, rewrite_entry: Callable[[PendingEntry], PendingEntry]) -> None:
        """Replace each pending entry by another one."""
        self.pending[:] = map(rewrite_entry, self.pending)

    def write(self, batch: WriteBatch) -> None:
        """Move the entries to the batch of the last statement, which advances the clocks."""
        if not self.pending:
            return
        last = len(self.pending)
        if not {each.entity for each in self.pending} <= list_unrelated_entities():
            batch.add(ADVANCE_CLOCKS, (Clock.RIGHTS, 1))
        batch.add(ADVANCE_CLOCKS, (Clock.JOURNAL, last))
        rows = ((last - seq, seq, *each) for seq, each in enumerate(self.pending, 1))
        batch.add(INSERT_ENTRIES, *rows)
        self.pending.clear()
        self.has_written = True
