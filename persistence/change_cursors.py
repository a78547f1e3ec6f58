"""Cursors of the changes of a tenant: where a client was, opaque to it.

A cursor names the journal entry that the client has seen. The order of the entries is looked up
when the cursor is used, so a cursor survives whatever numbers the journal anew, such as a restore.
Only this module knows the form of a cursor.
"""

from typing import TypeAlias
from uuid import UUID

from sqlalchemy import Uuid, func, literal_column

from domain.kernel.aggregate import list_silent_kinds
from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import TenantId
from persistence.kernel.clocks import Clock, select_number
from persistence.kernel.journal import journal
from persistence.kernel.schema.tables import shared_alias
from persistence.kernel.sql_literals import literal_text
from persistence.kernel.wire_format import encode_id
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reading.reader import Connection
from persistence.reading.relations import tenant_subquery

Position: TypeAlias = int
"""A place in a tenant's journal: the number of the last entry before it."""

PREFIX = "cursor"
MAX_MISSED_ENTRIES = 10_000
"""Entries after a cursor that are sent again. After more, a client reads everything anew."""

NO_ENTRY = UUID(int=0)
"""The cursor of a tenant whose journal is empty: everything comes after it."""

_LOCATE = f"""
    SELECT entry.number, ({select_number(Clock.JOURNAL, "$1")}) - entry.number
    FROM (
        SELECT number FROM journal WHERE tenant_id = $1 AND id = $2
        UNION ALL SELECT 0 WHERE $2 = '{NO_ENTRY}') entry
"""


def add_cursor(model: ReadModel) -> None:
    """Add the field `cursor` to a model whose rows are journal entries."""
    model.value("cursor", lambda entry, _: entry.c.id, prefix=PREFIX)


def encode_cursor(entry_id: UUID) -> str:
    """Return the cursor of an entry."""
    return encode_id(PREFIX, entry_id)


def build_current_cursor(_: Row, context: FieldContext) -> Sql:
    """Build the id of the last entry; the same statement reads all changes up to it.

    Entries of silent kinds are passed over: everybody in the tenant reads this cursor, and would
    learn when somebody wrote in confidence. A subscription after it repeats them.
    """
    entry = shared_alias(journal)
    is_told = entry.c.entity.not_in([literal_text(each) for each in list_silent_kinds()])
    newest = tenant_subquery(context, entry, entry.c.id, is_told)
    newest = newest.order_by(entry.c.number.desc()).limit(literal_column("1"))
    return func.coalesce(
        newest.scalar_subquery(), literal_column(f"'{NO_ENTRY}'::uuid", Uuid()), type_=Uuid()
    )


async def locate_entry(
    connection: Connection, tenant_id: TenantId, entry_id: UUID | None
) -> Position:
    """Return the position of the entry that a cursor names; None is a cursor of another form.

    Raises Invalid: CURSOR_INVALID for one that names no entry of the tenant, and CURSOR_EXPIRED for
    one after which there are too many entries.
    """
    found = entry_id and await connection.fetchrow(_LOCATE, tenant_id, entry_id)
    if not found:
        message = "This cursor is not known here. Read the data again, then subscribe."
        raise Invalid(message, "after", code=Code.CURSOR_INVALID)
    number, missed_count = found
    if missed_count is not None and missed_count > MAX_MISSED_ENTRIES:
        message = (
            f"More than {MAX_MISSED_ENTRIES:,} changes were made since. Read the data again, then"
            " subscribe after the new `changeCursor`."
        )
        raise Invalid(message, "after", code=Code.CURSOR_EXPIRED)
    position: Position = number
    return position
