"""Cursors of the changes of a tenant: where a client was, opaque to it.

A cursor names the journal entry that the client has seen. The order of the entries is looked up
when the cursor is used, so a cursor survives whatever numbers the journal anew, such as a restore.
Only this module knows the form of a cursor.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import BigInteger, Text, Uuid, cast, func, literal_column

from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import TenantId
from persistence.kernel.journal import journal
from persistence.kernel.schema.tables import shared_alias
from persistence.kernel.wire_format import encode_id, extract_uuid
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reading.reader import Connection
from persistence.reading.relations import tenant_subquery

PREFIX = "cursor"
MAX_CURSOR_LENGTH = 100
MAX_MISSED_ENTRIES = 10_000
"""Entries after a cursor that are sent again. After more, a client reads everything anew."""

NO_ENTRY = UUID(int=0)
"""The cursor of a tenant whose journal is empty: everything comes after it."""

_LOCATE = """
    SELECT entry.xid, entry.seq, (
        SELECT count(*) FROM (
            SELECT FROM journal later
            WHERE later.tenant_id = $1 AND (later.xid, later.seq) > (entry.xid, entry.seq)
            LIMIT $3) missed)
    FROM (
        SELECT xid, seq FROM journal WHERE tenant_id = $1 AND id = $2
        UNION ALL SELECT 0, 0 WHERE $2 = '00000000-0000-0000-0000-000000000000') entry
"""


@dataclass(frozen=True, order=True)
class Position:
    """A place in the order of a tenant's journal."""

    xid: int
    seq: int


def add_cursor(model: ReadModel) -> None:
    """Add the field `cursor` to a model whose rows are journal entries."""
    model.value("cursor", lambda entry, _: entry.c.id, prefix=PREFIX)


def encode_cursor(entry_id: UUID) -> str:
    """Return the cursor of an entry."""
    return encode_id(PREFIX, entry_id)


def build_current_cursor(_: Row, context: FieldContext) -> Sql:
    """Build the id of the last entry before which every transaction has ended.

    What the same statement reads includes the changes up to it, and maybe some after it.
    """
    entry = shared_alias(journal)
    oldest_running = cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text), BigInteger)
    newest = tenant_subquery(context, entry, entry.c.id, entry.c.xid < oldest_running)
    newest = newest.order_by(entry.c.xid.desc(), entry.c.seq.desc()).limit(literal_column("1"))
    return func.coalesce(
        newest.scalar_subquery(), literal_column(f"'{NO_ENTRY}'::uuid", Uuid()), type_=Uuid()
    )


async def locate_cursor(connection: Connection, tenant_id: TenantId, cursor: str) -> Position:
    """Return the position of a cursor.

    Raises Invalid: CURSOR_INVALID for one that names no entry of the tenant, and CURSOR_EXPIRED for
    one after which there are too many entries.
    """
    entry_id = extract_uuid(cursor, PREFIX)
    found = entry_id and await connection.fetchrow(
        _LOCATE, tenant_id, entry_id, MAX_MISSED_ENTRIES + 1
    )
    if not found:
        message = "This cursor is not known here. Read the data again, then subscribe."
        raise Invalid(message, "after", code=Code.CURSOR_INVALID)
    xid, seq, missed = found
    if missed > MAX_MISSED_ENTRIES:
        message = (
            f"More than {MAX_MISSED_ENTRIES:,} changes were made since. Read the data again, then"
            " subscribe after the new `changeCursor`."
        )
        raise Invalid(message, "after", code=Code.CURSOR_EXPIRED)
    return Position(xid, seq)
