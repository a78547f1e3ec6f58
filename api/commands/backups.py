"""Write and restore backups of the whole installation."""

from pathlib import Path

from api.commands.database_url import Database
from persistence import backup
from persistence.embedded import EmbeddedPostgresError, get_superuser_url
from persistence.kernel.pools import connect
from persistence.kernel.schema.database_role import ensure_roles
from persistence.kernel.schema.startup_check import check_database_ready


async def write_backup(database: Database, url: str | None, path: Path) -> None:
    """Back up the whole installation into a file.

    Raises EmbeddedPostgresError if no role is known that may bypass row-level security.
    """
    await backup.back_up_database(_require_bypass_url(database, url), path)


async def restore_backup(database: Database, url: str | None, path: Path) -> None:
    """Restore a backup into an empty database. Raises Invalid, and has changed nothing then."""
    backup.require_database_backup(path)
    bypass_url = _require_bypass_url(database, url)
    await ensure_roles(database.required_owner_url)
    connection = await connect(bypass_url)
    try:
        await backup.restore_database(connection, bypass_url, path)
    finally:
        await connection.close()
    serving_connection = await connect(database.serving_url)
    try:
        await check_database_ready(serving_connection)
    finally:
        await serving_connection.close()


def _require_bypass_url(database: Database, url: str | None) -> str:
    bypass_url = url or get_superuser_url(database.required_owner_url)
    if bypass_url is None:
        raise EmbeddedPostgresError(
            "This needs a role that may bypass row-level security.",
            "Set --url or TRELLIS_BACKUP_URL: a superuser, or a role with BYPASSRLS.",
        )
    return bypass_url
