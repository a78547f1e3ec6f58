"""Files with all data of tenants: their rows in the directory. The bytes are in a folder.

No database has them, so neither the platform's role nor a backup contains what is in them.
"""

import os
from datetime import datetime
from pathlib import Path
from uuid import UUID

from domain.platform import FileOrigin, TenantFile
from persistence.kernel.pools import Connection

INSERT = """
INSERT INTO directory.tenant_files (id, origin, tenant_id, size, expected_size, kept_until)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING
"""
SELECT = """
SELECT id, origin, tenant_id, size, expected_size, kept_until
FROM directory.tenant_files WHERE id = $1
"""
LOCK = f"{SELECT} FOR UPDATE"
COUNT_UPLOADS = """
SELECT count(*) FROM directory.tenant_files WHERE origin = 'upload' AND kept_until > $1
"""
SET_SIZE = "UPDATE directory.tenant_files SET size = $2 WHERE id = $1"
SET_TENANT = "UPDATE directory.tenant_files SET tenant_id = $2 WHERE id = $1"
SELECT_IDS = "SELECT id FROM directory.tenant_files"
DELETE_EXPIRED = "DELETE FROM directory.tenant_files WHERE kept_until <= $1"
DELETE_OF_TENANT = "DELETE FROM directory.tenant_files WHERE tenant_id = $1 RETURNING id"


def build_path(folder: Path, id: UUID) -> Path:
    """Return the path of a file in the folder."""
    return folder / f"{id}.trellis"


def write_part(path: Path, offset: int, data: bytes) -> None:
    """Write the next bytes of a file, which only its owner may read.

    What an interrupted request has left behind them is removed.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        file.truncate(offset)
        file.seek(offset)
        file.write(data)


async def add_file(connection: Connection, file: TenantFile) -> None:
    """Add a file, unless there is one with its id."""
    f = file
    sizes = f.size, f.expected_size
    await connection.execute(INSERT, f.id, f.origin, f.tenant_id, *sizes, f.kept_until)


async def find_file(
    connection: Connection, id: UUID, *, is_locked: bool = False
) -> TenantFile | None:
    """Return a file, or None. With `is_locked`, nobody else changes it in this transaction."""
    row = await connection.fetchrow(LOCK if is_locked else SELECT, id)
    return None if row is None else TenantFile(**{**row, "origin": FileOrigin(row["origin"])})


async def count_uploads(connection: Connection, now: datetime) -> int:
    """Return how many files were sent and are kept."""
    return int(await connection.fetchval(COUNT_UPLOADS, now))


async def set_size(connection: Connection, id: UUID, size: int) -> None:
    """Store how many bytes of a file have arrived."""
    await connection.execute(SET_SIZE, id, size)


async def set_tenant(connection: Connection, id: UUID, tenant_id: UUID) -> None:
    """Store which tenant a file contains, so that it is removed with the tenant."""
    await connection.execute(SET_TENANT, id, tenant_id)


async def delete_expired(connection: Connection, now: datetime) -> None:
    """Delete the rows of files that are not kept any more."""
    await connection.execute(DELETE_EXPIRED, now)


async def list_ids(connection: Connection) -> list[UUID]:
    """Return the ids of all files."""
    return [row["id"] for row in await connection.fetch(SELECT_IDS)]


async def delete_of_tenant(connection: Connection, tenant_id: UUID) -> list[UUID]:
    """Delete the rows of all files of a tenant; return their ids."""
    return [row["id"] for row in await connection.fetch(DELETE_OF_TENANT, tenant_id)]
