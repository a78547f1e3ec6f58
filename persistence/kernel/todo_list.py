"""To-dos: rows that follow from aggregates, in the statement that writes them.

The id of a row follows from its object and its person, so it stays while the to-do changes.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import Column, Date, DateTime, Integer, Text, Uuid

from domain.kernel.aggregate import Aggregate
from domain.kernel.todos import MayBeTodo, Todo
from persistence.kernel.mapping.state import EntityState
from persistence.kernel.mapping.write_batch import WriteBatch
from persistence.kernel.mapping.write_statement import WritePhase, WriteStatement
from persistence.kernel.schema.tables import entity_table, tenant_index

todos = entity_table(
    "todos",
    Column("person_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("entity", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("reminder_stage", Integer),
    Column("reminded_at", DateTime(timezone=True)),
    Column("reminders_sent", Integer, nullable=False, server_default="0"),
    tenant_index("person_id", "due_on", "id"),
    tenant_index("subject_id"),
    prefix="task",
)
"""The people have no foreign key: a merge of people changes the objects, and so these rows.

`reminder_stage` is the last stage of reminders that was sent. It begins anew with another due day.
"""

DELETE_TODOS = WriteStatement(
    WritePhase.DELETE,
    """
    DELETE FROM todos USING {rows} WHERE todos.tenant_id = $1 AND todos.subject_id = r.subject_id
    AND NOT todos.id::text = ANY(string_to_array(r.kept_ids, ','))""",
    (("subject_id", "uuid"), ("kept_ids", "text")),
)
DELETE_TODO = WriteStatement(
    WritePhase.DELETE,
    "DELETE FROM todos USING {rows} WHERE todos.tenant_id = $1 AND todos.id = r.id",
    (("id", "uuid"),),
)
UPSERT_TODOS = WriteStatement(
    WritePhase.INSERT,
    """
    INSERT INTO todos (tenant_id, id, person_id, kind, due_on, entity, subject_id)
    SELECT $1::uuid, r.id, r.person_id, r.kind, r.due_on, r.entity, r.subject_id FROM {rows}
    ON CONFLICT (tenant_id, id) DO UPDATE SET kind = excluded.kind, due_on = excluded.due_on,
      reminder_stage = CASE WHEN (todos.kind, todos.due_on) = (excluded.kind, excluded.due_on)
        THEN todos.reminder_stage END""",
    (
        ("id", "uuid"),
        ("person_id", "uuid"),
        ("kind", "text"),
        ("due_on", "date"),
        ("entity", "text"),
        ("subject_id", "uuid"),
    ),
)


def update_todos(
    batch: WriteBatch, aggregate: Aggregate, before: EntityState | None, after: EntityState | None
) -> None:
    """Add the to-dos of a changed aggregate to the batch, and remove those that it no longer has.

    A new aggregate has none to remove.
    """
    list_todos = getattr(aggregate, "list_todos", None)  # isinstance of a protocol is slow
    if list_todos is None or before == after:
        return
    rows = [] if after is None else list(_build_rows(aggregate, list_todos()))
    if before is not None:
        batch.add(DELETE_TODOS, (aggregate.id, ",".join(str(row[0]) for row in rows)))
    batch.add(UPSERT_TODOS, *rows)


def update_todo_of_record(batch: WriteBatch, record: MayBeTodo, *, is_removed: bool) -> None:
    """Add the to-do of a part to the batch, or remove the one that it no longer is."""
    if record.person_id is None:
        return
    entity, subject_id = record.subject
    todo = None if is_removed else record.find_todo()
    id = uuid5(subject_id, str(record.person_id))
    if todo is None:
        batch.add(DELETE_TODO, (id,))
    else:
        row = id, todo.person_id, todo.kind.value, todo.due_on, entity, subject_id
        batch.add(UPSERT_TODOS, row)


def _build_rows(
    aggregate: Aggregate, found: Iterable[Todo]
) -> Iterable[tuple[UUID, UUID, str, date, str, UUID]]:
    for each in found:
        id = uuid5(aggregate.id, str(each.person_id))
        yield id, each.person_id, each.kind.value, each.due_on, aggregate.NAME, aggregate.id
