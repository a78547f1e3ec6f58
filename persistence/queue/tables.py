"""The tables of the queue: the tasks of a tenant, and when each tenant has to be looked at.

The second table is in the directory. It is the only one that a worker reads without a tenant, and
has no data of the tenant but two counts.
"""

from enum import StrEnum

from sqlalchemy import Column, DateTime, Index, Integer, Table, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB

from persistence.kernel.schema.tables import EnumText, link_table, metadata, tenant_index


class TaskState(StrEnum):
    """The state of a task. What was done has no row."""

    WAITING = "waiting"
    RUNNING = "running"
    DEAD = "dead"


background_tasks = link_table(
    "background_tasks",
    Column("id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("arguments", JSONB, nullable=False),
    Column("key", Text),
    Column("state", EnumText(TaskState), nullable=False),
    Column("enqueued_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("again_at", DateTime(timezone=True)),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("lease_id", Uuid),
    Column("last_error", Text),
    tenant_index("due_at", postgresql_where=text("state <> 'dead'")),
    tenant_index("key", unique=True, postgresql_where=text("state <> 'dead'")),
    key=("id",),
)
"""While a task is running, `due_at` is the end of its lease: then another worker may run it.
`again_at` is when it has to run once more, because it was enqueued again in the meantime."""

directory_queues = Table(
    "queues",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("next_due_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("waiting", Integer, nullable=False, server_default="0"),
    Column("dead", Integer, nullable=False, server_default="0"),
    Index("ix_queues_next_due_at", "next_due_at"),
    schema="directory",
)
"""`next_due_at` is never later than the `due_at` of a task of the tenant. The counts are those of
the last look."""
