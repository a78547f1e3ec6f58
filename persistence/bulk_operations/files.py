"""The bytes of uploads and results, and how far operations have come.

A file is stored in parts, each with the places of its first byte and of the byte after its last.
The parts have no gaps.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from domain.kernel.rows import RowOutcome
from persistence.kernel.pools import Connection

PART_SIZE = 500_000
"""Bytes of a part of an upload."""

SELECT_OWNERS = """
SELECT m.subject FROM {table} f JOIN members m ON m.tenant_id = $1 AND m.id = f.owner_id
WHERE f.tenant_id = $1 AND f.id = $2
"""
GROW_UPLOAD = """
UPDATE staged_uploads SET size = size + $4
WHERE tenant_id = $1 AND id = $2 AND size = $3 RETURNING size
"""
SELECT_SIZE = "SELECT size FROM staged_uploads WHERE tenant_id = $1 AND id = $2"
INSERT_PART = """
INSERT INTO bulk_file_parts (tenant_id, file_id, starts_at, ends_at, data)
VALUES ($1, $2, $3, $4, $5)
"""
SELECT_PARTS = """
SELECT starts_at, data FROM bulk_file_parts
WHERE tenant_id = $1 AND file_id = $2 AND ends_at > $3 AND starts_at < $4 ORDER BY starts_at
"""
SELECT_PART = """
SELECT data FROM bulk_file_parts WHERE tenant_id = $1 AND file_id = $2 AND starts_at = $3
"""
SELECT_PROGRESS = """
SELECT o.read_size, o.line_count, o.result_size, o.unreadable_count, u.size AS file_size, o.cursor
FROM bulk_operations o
LEFT JOIN staged_uploads u ON u.tenant_id = $1 AND u.id = o.upload_id
WHERE o.tenant_id = $1 AND o.id = $2
"""
COUNTED = tuple(RowOutcome)
ADVANCE = f"""
UPDATE bulk_operations
SET read_size = $4, line_count = $5, file_size = $6, result_size = result_size + $7,
    unreadable_count = unreadable_count + $8, row_count = row_count + $9, cursor = $10,
    {", ".join(f"{each}_count = {each}_count + ${n}" for n, each in enumerate(COUNTED, 11))}
WHERE tenant_id = $1 AND id = $2 AND read_size = $3
RETURNING result_size
"""


@dataclass(frozen=True)
class Progress:
    """How far an operation has read its file, in bytes and lines, and the size of its results.

    `file_size` is None where the file was deleted. A query has no file: its `read_size` counts
    pages, and `cursor` is the end of the last one.
    """

    read_size: int
    line_count: int
    result_size: int
    unreadable_count: int
    file_size: int | None
    cursor: str | None = None


@dataclass
class Advance:
    """What was done with the next rows: how far they reach, their results and their outcomes."""

    read_size: int
    line_count: int
    file_size: int
    results: bytes = b""
    unreadable_count: int = 0
    row_count: int = 0
    outcomes: Mapping[RowOutcome, int] = field(default_factory=dict)
    cursor: str | None = None


async def find_owner(connection: Connection, tenant_id: UUID, table: str, id: UUID) -> str | None:
    """Return the subject of the account that owns an upload or an operation; None if it is gone."""
    found: str | None = await connection.fetchval(SELECT_OWNERS.format(table=table), tenant_id, id)
    return found


async def find_upload_size(connection: Connection, tenant_id: UUID, id: UUID) -> int:
    """Return how many bytes of an upload have arrived."""
    return int(await connection.fetchval(SELECT_SIZE, tenant_id, id) or 0)


async def add_to_upload(
    connection: Connection, tenant_id: UUID, id: UUID, offset: int, data: bytes
) -> bool:
    """Store the next bytes of an upload; return False where it does not end at this offset."""
    if await connection.fetchval(GROW_UPLOAD, tenant_id, id, offset, len(data)) is None:
        return False
    for start in range(0, len(data), PART_SIZE):
        await _add_part(connection, tenant_id, id, offset + start, data[start : start + PART_SIZE])
    return True


async def read_window(
    connection: Connection, tenant_id: UUID, id: UUID, offset: int, size: int
) -> bytes:
    """Return the bytes of a file from an offset on: at most `size`, and all if fewer are left."""
    rows = await connection.fetch(SELECT_PARTS, tenant_id, id, offset, offset + size)
    if not rows or rows[0]["starts_at"] > offset:
        return b""
    data = b"".join(each["data"] for each in rows)
    start = offset - rows[0]["starts_at"]
    return bytes(data[start : start + size])


async def read_part(connection: Connection, tenant_id: UUID, id: UUID, start: int) -> bytes | None:
    """Return the part of a file that begins here, or None at its end."""
    found: bytes | None = await connection.fetchval(SELECT_PART, tenant_id, id, start)
    return found


async def load_progress(connection: Connection, tenant_id: UUID, id: UUID) -> Progress:
    """Return how far an operation has come."""
    row = await connection.fetchrow(SELECT_PROGRESS, tenant_id, id)
    assert row is not None, "An operation is never deleted."
    return Progress(*row)


async def advance(
    connection: Connection, tenant_id: UUID, id: UUID, before: Progress, done: Advance
) -> bool:
    """Note what was done, in the transaction that did it; False where another worker did it."""
    size = len(done.results)
    counts = [done.outcomes.get(each, 0) for each in COUNTED]
    result_size = await connection.fetchval(
        ADVANCE,
        *(tenant_id, id, before.read_size, done.read_size, done.line_count, done.file_size),
        *(size, done.unreadable_count, done.row_count, done.cursor, *counts),
    )
    if result_size is None:
        return False
    if size:
        await _add_part(connection, tenant_id, id, result_size - size, done.results)
    return True


async def _add_part(
    connection: Connection, tenant_id: UUID, id: UUID, start: int, data: bytes
) -> None:
    await connection.execute(INSERT_PART, tenant_id, id, start, start + len(data), data)
