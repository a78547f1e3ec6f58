"""Write and restore backups of the whole installation or of one tenant."""

from pathlib import Path

import persistence.registry  # noqa: F401 - declares every table
from api.commands.database_url import Database
from api.commands.tenants import find_tenant
from api.identity.built_in_issuer import build_issuer_name, is_built_in
from persistence import backup
from persistence.embedded import EmbeddedPostgresError, get_superuser_url
from persistence.kernel.pools import connect, open_connection
from persistence.kernel.schema.database_role import ensure_roles
from persistence.kernel.schema.startup_check import check_database_ready


async def write_backup(database: Database, url: str | None, path: Path) -> None:
    """Back up the whole installation into a file.

    Raises EmbeddedPostgresError if no role is known that may bypass row-level security.
    """
    await backup.back_up_database(_require_bypass_url(database, url), path)


async def write_tenant_backup(database: Database, slug: str, path: Path) -> int:
    """Back up a tenant into a file; return the number of rows. Raises NotFound."""
    async with open_connection(database.required_owner_url) as home:
        location = (await find_tenant(home, slug)).database
        if location is None:
            return await backup.back_up_tenant(home, slug, path)
        async with open_connection(database.find(location).required_owner_url) as own:
            return await backup.back_up_tenant(own, slug, path, home=home)


async def restore_backup(
    database: Database, url: str | None, path: Path, *, with_issuers: bool = False
) -> str:
    """Restore a backup of either kind; return a message for the operator.

    A backup of everything always contains the issuers; those of a tenant have to be asked for.

    Raises Invalid, and has changed nothing then.
    """
    if backup.is_database_backup(path):
        return await _restore_installation(database, _require_bypass_url(database, url), path)
    connection = await connect(database.required_owner_url)
    try:
        restored = await backup.restore_tenant(
            connection, path, is_own_issuer=_is_own_issuer if with_issuers else None
        )
    finally:
        await connection.close()
    return _describe_restored(restored)


def _is_own_issuer(name: str, slug: str) -> bool:
    return not is_built_in(name) or name == build_issuer_name(slug)


def _describe_restored(restored: backup.RestoredTenant) -> str:
    message = f"Restored {restored.slug}: {restored.row_count} rows."
    if not restored.skipped_issuers:
        return message
    names = ", ".join(map(repr, restored.skipped_issuers))
    return (
        f"{message} Nobody can sign in yet, because its issuers were not restored: {names}."
        " Register them in directory.issuers; --with-issuers takes them from the file."
    )


async def _restore_installation(database: Database, url: str, path: Path) -> str:
    await ensure_roles(database.required_owner_url)
    connection = await connect(url)
    try:
        await backup.restore_database(connection, url, path)
    finally:
        await connection.close()
    serving_connection = await connect(database.serving_url)
    try:
        await check_database_ready(serving_connection)
    finally:
        await serving_connection.close()
    return "Restored the whole installation. It can be served."


def _require_bypass_url(database: Database, url: str | None) -> str:
    bypass_url = url or get_superuser_url(database.required_owner_url)
    if bypass_url is None:
        raise EmbeddedPostgresError(
            "This needs a role that may bypass row-level security.",
            "Set --url or TRELLIS_BACKUP_URL: a superuser, or a role with BYPASSRLS.",
        )
    return bypass_url
