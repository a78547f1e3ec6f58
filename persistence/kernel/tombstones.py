"""Tombstones: what stays of a deleted aggregate, so that its journal can still be judged.

The unit of work inserts a tombstone in the statement that deletes the aggregate. There is no
trigger, and nothing that depends on the concept.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from domain.kernel.aggregate import Aggregate
from persistence.kernel.access_facts import collect_access_facts, encode_access_facts
from persistence.kernel.mapping.state import EntityState
from persistence.kernel.mapping.write_batch import WriteBatch
from persistence.kernel.mapping.write_statement import WritePhase, WriteStatement
from persistence.kernel.schema.tables import link_table

tombstones = link_table(
    "tombstones",
    Column("id", Uuid, nullable=False),
    Column("entity", Text, nullable=False),
    Column("deleted_at", DateTime(timezone=True), nullable=False),
    Column("access_facts", JSONB, nullable=False),
    key=("id",),
)

INSERT_TOMBSTONES = WriteStatement(
    WritePhase.INSERT,
    """
    INSERT INTO tombstones (tenant_id, id, entity, deleted_at, access_facts) {values}""",
    (
        ("id", "uuid"),
        ("entity", "text"),
        ("deleted_at", "timestamptz"),
        ("access_facts", "text"),
    ),
    ("$1::uuid", "r.id", "r.entity", "r.deleted_at", "r.access_facts::jsonb"),
)


def write_tombstone(
    batch: WriteBatch, kind: type[Aggregate], id: UUID, last_state: EntityState, at: datetime
) -> None:
    """Add the tombstone of an aggregate, with the facts of its last stored state."""
    facts = encode_access_facts(collect_access_facts(kind, last_state))
    batch.add(INSERT_TOMBSTONES, (id, kind.NAME, at, facts))
