"""`trellis backup` and `trellis restore`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from api.commands.console import console, open_configured_database

BackupUrlOption = Annotated[
    str | None,
    typer.Option(
        envvar="TRELLIS_BACKUP_URL",
        help="For the whole installation: the database's URL with a role that may bypass "
        "row-level security, a superuser or one with BYPASSRLS and pg_read_all_data. "
        "The embedded database needs none.",
    ),
]


def backup(
    path: Annotated[Path, typer.Argument(help="The file to write.")],
    tenant: Annotated[str | None, typer.Option(help="Back up only this tenant (its slug).")] = None,
    url: BackupUrlOption = None,
) -> None:
    """Write a backup of the whole installation, or of one tenant."""
    from api.commands import backups

    with open_configured_database() as database:
        if tenant is None:
            asyncio.run(backups.write_backup(database, url, path))
            console.print(f"Wrote the whole installation to {path}.")
        else:
            count = asyncio.run(backups.write_tenant_backup(database, tenant, path))
            console.print(f"Wrote {tenant} to {path}: {count} rows.")


def restore(
    path: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="A file that `trellis backup` wrote."),
    ],
    url: BackupUrlOption = None,
    *,
    with_issuers: Annotated[
        bool,
        typer.Option(
            "--with-issuers",
            help="For one tenant: also restore the issuers in the file. A holder of "
            "their keys can sign in as any member.",
        ),
    ] = False,
) -> None:
    """Restore a backup: an installation into an empty database, or a tenant that is missing."""
    from api.commands import backups

    with open_configured_database() as database:
        restoring = backups.restore_backup(database, url, path, with_issuers=with_issuers)
        console.print(asyncio.run(restoring))
