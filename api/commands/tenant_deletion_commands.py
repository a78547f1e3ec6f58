"""`trellis tenant schedule-deletion`, `cancel-deletion` and `erase`, and `trellis receipt`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from api.commands.console import console, open_configured_database, record, show_progress
from api.settings import Settings
from domain.platform.acts import Act

SlugArgument = Annotated[str, typer.Argument(help="The tenant's slug (its short name).")]

receipts = typer.Typer(help="Receipts of erased tenants.", no_args_is_help=True)


def add_commands(app: typer.Typer) -> None:
    """Add the commands to `trellis tenant`."""
    app.command("schedule-deletion")(schedule_deletion)
    app.command("cancel-deletion")(cancel_deletion)
    app.command()(erase)


def schedule_deletion(
    slug: SlugArgument,
    days: Annotated[
        int, typer.Option(help="The grace period: days until the data is erased, 0 to 365.")
    ] = 30,
) -> None:
    """Close a tenant, and erase all its data after a grace period."""
    from api.commands import tenant_deletions

    with open_configured_database() as database:
        erasure = asyncio.run(tenant_deletions.schedule_deletion(database, slug, days))
    console.print(
        f"Closed {slug}. It can be erased from {erasure.due_at:%Y-%m-%d %H:%M} UTC on. Until then,"
        f" `trellis tenant cancel-deletion {slug}` keeps it.",
        soft_wrap=True,
    )


def cancel_deletion(slug: SlugArgument) -> None:
    """Cancel the scheduled deletion of a tenant. It gets its former status."""
    from api.commands import tenant_deletions

    with open_configured_database() as database:
        status = asyncio.run(tenant_deletions.cancel_deletion(database, slug))
    console.print(f"Kept {slug}. It is {status}.")


def erase(
    slug: Annotated[str | None, typer.Argument(help="The tenant's slug.")] = None,
    *,
    due: Annotated[
        bool, typer.Option("--due", help="Erase all tenants whose grace period has ended.")
    ] = False,
) -> None:
    """Erase tenants whose grace period has ended. Repeat the command if it was interrupted.

    Prints a signed receipt for each of them to standard output.
    """
    from api.commands import tenant_deletions

    if (slug is None) != due:
        raise typer.BadParameter("Give the slug of a tenant, or --due for all that are due.")
    with open_configured_database() as database, show_progress() as report:
        if slug is None:
            done = asyncio.run(tenant_deletions.erase_due(database, Settings(), report))
        else:
            erasing = tenant_deletions.erase_tenant(database, Settings(), slug, report)
            done = [asyncio.run(erasing)]
        for each in done:
            record(database, Act.TENANT_ERASE, each.slug, tenant_id=each.tenant_id)
    for each in done:
        print(each.receipt)
    console.print(f"Erased {', '.join(each.slug for each in done) or 'nothing'}.")


@receipts.command()
def show(slug: SlugArgument) -> None:
    """Print the receipt of an erased tenant to standard output."""
    from api.commands import tenant_deletions
    from domain.kernel.errors import StateConflict

    with open_configured_database() as database:
        erasure = asyncio.run(tenant_deletions.find_deletion(database, slug))
    if erasure.receipt is None:
        raise StateConflict(f"{slug} is not erased yet. See `trellis tenant erase`.")
    print(erasure.receipt)


@receipts.command()
def verify(
    path: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A receipt.")],
    key: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="The public key; that of this installation by default.",
        ),
    ] = None,
) -> None:
    """Verify a receipt, and print what it says to standard output."""
    from api.identity.receipts import verify_receipt

    public_key = None if key is None else key.read_bytes()
    print(verify_receipt(Settings(), path.read_text(), public_key))
    console.print("The receipt is valid.")


@receipts.command("key")
def print_key() -> None:
    """Print the public key that verifies the receipts of this installation, as PEM."""
    from api.identity.receipts import render_public_key

    print(render_public_key(Settings()), end="")
