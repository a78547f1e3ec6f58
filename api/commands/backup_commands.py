"""`trellis backup` and `trellis restore`: the whole installation."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from api.commands.console import console, open_configured_database

BackupUrlOption = Annotated[
    str | None,
    typer.Option(
        envvar="TRELLIS_BACKUP_URL",
        help="The database's URL with a role that may bypass "
        "row-level security, a superuser or one with BYPASSRLS and pg_read_all_data. "
        "The embedded database needs none.",
    ),
]


def backup(
    path: Annotated[Path, typer.Argument(help="The file to write.")],
    url: BackupUrlOption = None,
) -> None:
    """Write a backup of the whole installation. For one tenant, see `trellis tenant export`."""
    from api.commands import backups

    with open_configured_database() as database:
        asyncio.run(backups.write_backup(database, url, path))
    console.print(f"Wrote the whole installation to {path}.")


def restore(
    path: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="A file that `trellis backup` wrote."),
    ],
    url: BackupUrlOption = None,
) -> None:
    """Restore a backup of an installation into an empty database."""
    from api.commands import backups

    with open_configured_database() as database:
        asyncio.run(backups.restore_backup(database, url, path))
    console.print("Restored the whole installation. It can be served.")
