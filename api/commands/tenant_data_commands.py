"""`trellis tenant export`, `import` and `restore`: the data of one tenant as a file."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from api.commands.console import console, open_configured_database, record
from api.settings import Settings
from domain.platform.acts import Act

if TYPE_CHECKING:
    from persistence.tenant_lifecycle.importing import Imported
    from persistence.tenant_lifecycle.planning import ImportPlan

SlugArgument = Annotated[str, typer.Argument(help="The tenant's slug (its short name).")]
FileArgument = Annotated[
    Path,
    typer.Argument(exists=True, dir_okay=False, help="A file that `trellis tenant export` wrote."),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Print what would change, and change nothing.")
]


def add_commands(app: typer.Typer) -> None:
    """Add the commands to `trellis tenant`."""
    app.command()(export)
    app.command("import")(import_)
    app.command()(restore)
    app.command()(clone)


def export(
    slug: SlugArgument, path: Annotated[Path, typer.Argument(help="The file to write.")]
) -> None:
    """Export all data of a tenant into a file. The tenant's audit log has an entry EXPORTED."""
    from api.commands import tenant_files

    with open_configured_database() as database:
        written = asyncio.run(tenant_files.write_export(database, slug, path))
        record(database, Act.TENANT_EXPORT, slug)
    console.print(f"Wrote {slug} to {path}: {written.row_count} rows.")
    if written.open_box_count:
        text = tenant_files.KEYS_ARE_ELSEWHERE.format(count=written.open_box_count)
        console.print(text, soft_wrap=True)


def import_(
    path: FileArgument,
    *,
    with_issuers: Annotated[
        bool,
        typer.Option(
            "--with-issuers",
            help="Also take the issuers in the file. A holder of their keys can sign in as any"
            " member.",
        ),
    ] = False,
    dry_run: DryRunOption = False,
) -> None:
    """Import a tenant that does not exist here, with its own slug and id."""
    from api.commands import tenant_files

    with open_configured_database() as database:
        if dry_run:
            _show_plan(asyncio.run(tenant_files.plan_import(database, path, None)))
            return
        importing = tenant_files.import_file(database, path, with_issuers=with_issuers)
        imported = asyncio.run(importing)
        record(database, Act.TENANT_IMPORT, imported.slug)
        _show_imported(path, imported)


def restore(
    path: FileArgument,
    *,
    as_: Annotated[
        str | None, typer.Option("--as", help="Restore beside, as a tenant with this new slug.")
    ] = None,
    in_place: Annotated[
        str | None,
        typer.Option("--in-place", help="Replace all data of this tenant, given by its slug."),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(help="With --in-place: first export the present data to this file."),
    ] = None,
    discard: Annotated[
        bool, typer.Option("--discard", help="With --in-place: do not keep the present data.")
    ] = False,
    database: Annotated[
        str | None, typer.Option(help="With --as: the database for its data; `home` by default.")
    ] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Restore a tenant from its export, beside the living one or in place of it."""
    if (as_ is None) == (in_place is None):
        raise typer.BadParameter("Give --as with a new slug, or --in-place with the tenant's slug.")
    if in_place and not dry_run and (keep is None) != discard:
        raise typer.BadParameter("Give --keep with a file for the present data, or --discard.")
    if dry_run:
        _plan_restore(path, as_ or in_place, in_place=in_place is not None)
    elif in_place:
        _restore_in_place(path, in_place, keep)
    else:
        _restore_beside(path, as_ or "", database)


def clone(
    slug: SlugArgument,
    new_slug: Annotated[str, typer.Argument(help="The slug of the sandbox.")],
    admin: Annotated[str, typer.Option(help="The work e-mail of the sandbox's first admin.")],
    name: Annotated[str, typer.Option(help="The sandbox's display name.")] = "Sandbox",
    *,
    with_people: Annotated[
        bool,
        typer.Option(
            "--with-people",
            help="Also clone people, members of teams, goals and values of KPIs, with made-up names"
            " and texts.",
        ),
    ] = False,
    database: Annotated[
        str | None, typer.Option(help="The database for its data; `home` by default.")
    ] = None,
) -> None:
    """Clone a tenant as a sandbox: its configuration, and with --with-people made-up people."""
    from api.commands import tenant_clones
    from domain.platform import FirstAdmin

    first = FirstAdmin("Sandbox", "Admin", admin)
    sandbox = tenant_clones.Sandbox(new_slug, name, first, with_people, database)
    with open_configured_database() as home:
        cloning = tenant_clones.clone_tenant(home, Settings(), slug, sandbox)
        cloned = asyncio.run(cloning)
        record(home, Act.TENANT_CLONE, slug, into=new_slug)
    console.print(
        f"Cloned {slug} as {new_slug}: {cloned.row_count} rows. Its only account is its admin's. It"
        " has no keys, no webhooks, no reviews, no feedback, no surveys and no history.",
        soft_wrap=True,
    )


def _plan_restore(path: Path, slug: str | None, *, in_place: bool) -> None:
    from api.commands import tenant_files

    with open_configured_database() as database:
        _show_plan(asyncio.run(tenant_files.plan_import(database, path, slug, in_place=in_place)))


def _restore_in_place(path: Path, slug: str, keep: Path | None) -> None:
    from api.commands import tenant_files

    with open_configured_database() as database:
        restored = asyncio.run(tenant_files.restore_in_place(database, path, slug, keep=keep))
        record(database, Act.TENANT_RESTORE, slug)
        _show_imported(path, restored)


def _restore_beside(path: Path, slug: str, location: str | None) -> None:
    from api.commands import tenant_files

    with open_configured_database() as database:
        making = tenant_files.restore_beside(database, Settings(), path, slug, location=location)
        restored = asyncio.run(making)
        record(database, Act.TENANT_RESTORE, slug)
        _show_imported(path, restored, is_beside=True)


def _show_imported(path: Path, imported: "Imported", *, is_beside: bool = False) -> None:
    from api.commands import tenant_files
    from persistence.tenant_lifecycle.planning import read_head

    text = f"Restored {imported.slug}: {imported.row_count} rows."
    if imported.skipped_issuers:
        names = ", ".join(map(repr, imported.skipped_issuers))
        text += f" Its issuers were not taken: {names}. Register those that it needs."
    if is_beside:
        text += (
            " Keys of service clients, webhooks and sealed ballots were left out. Open surveys and"
            " feedback programs, and closed ones that are not counted, are cancelled."
        )
    else:
        text += tenant_files.describe_ballots(Settings(), imported, read_head(path).tenant.id)
    console.print(text, soft_wrap=True)


def _show_plan(plan: "ImportPlan") -> None:
    """Print what a file would change; exit with 1 if it would be refused."""
    head = plan.head
    print(f"tenant\t{head.tenant.slug}\t{head.tenant.id}")
    print(f"exported at\t{head.exported_at}")
    print(f"schema revision\t{head.revision}\tthis program: {plan.expected_revision}")
    print(f"issuers\t{', '.join(head.issuer_names) or 'none'}")
    print(f"surveys and programs with sealed ballots\t{len(head.open_boxes)}")
    table = Table("table", "rows now", "rows in the file", "to remove", "to add")
    for each in plan.tables:
        if each.removed or each.added:
            counts = each.now, each.in_file, each.removed, each.added
            table.add_row(each.table, *map(str, counts))
    if table.row_count:
        console.print(table)
    elif not plan.refusals:
        console.print("No row would change.")
    for refusal in plan.refusals:
        console.print(f"Refused: {refusal}", style="bold red", soft_wrap=True)
    if plan.refusals:
        raise typer.Exit(1)
