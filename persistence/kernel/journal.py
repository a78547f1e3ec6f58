"""The journal: every change, written in the transaction that makes it.

Audit, history, subscriptions and the change feed all read this one table. In the order of
`(xid, seq)` below the oldest running transaction it loses nothing; in any other order it does.
"""

from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

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
