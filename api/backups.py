"""Backups as the operator makes them: of everything, or of one tenant."""

from pathlib import Path

import persistence.everything  # noqa: F401 - knows every table
from api.database import Database
from persistence import backup
from persistence.embedded import Unavailable, superuser
from persistence.kernel.engine import connect
from persistence.kernel.serving import check_serving, ensure_roles


def back_up(database: Database, url: str | None, path: Path) -> None:
    """Write everything into a file. Raises Unavailable where no role may read everything."""
    backup.back_up(_bypassing(database, url), path)


async def back_up_tenant(database: Database, slug: str, path: Path) -> int:
    """Write a tenant into a file; how many rows it has. Raises NotFound."""
    connection = await connect(database.changing)
    try:
        return await backup.back_up_tenant(connection, slug, path)
    finally:
        await connection.close()


async def restore(database: Database, url: str | None, path: Path) -> str:
    """Bring a backup back; what to say of it. Raises Invalid; then nothing has changed."""
    if backup.is_whole(path):
        return await _restore_everything(database, _bypassing(database, url), path)
    connection = await connect(database.changing)
    try:
        slug, count = await backup.restore_tenant(connection, path)
    finally:
        await connection.close()
    return f"{slug} is back, with {count} rows."


async def _restore_everything(database: Database, url: str, path: Path) -> str:
    await ensure_roles(database.changing)
    connection = await connect(url)
    try:
        await backup.restore(connection, url, path)
    finally:
        await connection.close()
    serving = await connect(database.serving)
    try:
        await check_serving(serving)
    finally:
        await serving.close()
    return "Everything is back, and may be served."


def _bypassing(database: Database, url: str | None) -> str:
    found = url or superuser(database.changing)
    if found is None:
        raise Unavailable(
            "This takes a role that row-level security does not hold.",
            "Name it with --url or TRELLIS_BACKUP_URL: a superuser, or one with BYPASSRLS.",
        )
    return found
