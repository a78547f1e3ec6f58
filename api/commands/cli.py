"""The command line: what an operator does to a whole installation, and `serve`."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from api.settings import Settings

if TYPE_CHECKING:
    from api.commands.database_url import Database

app = typer.Typer(
    help="Trellis, the performance-management backend.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
tenant_commands = typer.Typer(
    help="Create, list, suspend and resume tenants.", no_args_is_help=True
)
app.add_typer(tenant_commands, name="tenant")

console = Console(stderr=True, highlight=False)
"""What is said about the work goes to standard error; its results go to standard output."""

BackupUrlOption = Annotated[
    str | None,
    typer.Option(
        envvar="TRELLIS_BACKUP_URL",
        help="For everything: the database as a role that row-level security does not hold, "
        "a superuser or one with BYPASSRLS and pg_read_all_data. The embedded database has one.",
    ),
]
SlugArgument = Annotated[str, typer.Argument(help="The tenant's short name.")]


def main() -> None:
    """Run one command. What can be expected to go wrong is said in a sentence."""
    try:
        app()
    except Exception as error:
        from api.commands.startup_errors import describe_error

        message = describe_error(error)
        if message is None:
            raise
        console.print(message, style="bold red", soft_wrap=True, markup=False)
        sys.exit(1)


@app.command()
def serve(
    *,
    with_parent: Annotated[
        bool, typer.Option("--with-parent", help="Stop when the process that started this ends.")
    ] = False,
) -> None:
    """Serve the graph. Without DATABASE_URL, with a database and a demo of its own."""
    Settings()  # a mistake in the environment is told before anything starts
    # A fresh process: what this one loaded to read a command line would stay in memory for ever.
    parent = [str(os.getppid())] if with_parent else []
    os.execv(sys.executable, [sys.executable, "-m", "api.main", *parent])  # noqa: S606


@app.command()
def migrate() -> None:
    """Bring the schema up to date and give the serving role what it needs."""
    _run_migrations()
    console.print("The schema is up to date.")


@app.command()
def demo() -> None:
    """Load the demo tenants, unless they are there already."""
    is_loaded = _load_demo()
    console.print("The demo is loaded." if is_loaded else "The demo was here already.")


@app.command()
def token(
    tenant: Annotated[str, typer.Option(help="The tenant's short name.")],
    as_: Annotated[str, typer.Option("--as", help="Whom to be: a work e-mail address.")],
    ttl: Annotated[int | None, typer.Option(help="Seconds that the token lives.")] = None,
) -> None:
    """Print a token of the built-in issuer, and nothing else."""
    from api.identity import built_in_issuer

    lifetime = None if ttl is None else timedelta(seconds=ttl)
    print(built_in_issuer.issue_token(Settings(), tenant, as_, lifetime))


@app.command()
def schema() -> None:
    """Print the graph's schema."""
    from api.schema import render_sdl

    print(render_sdl(), end="")


@app.command()
def check(
    *,
    schema: Annotated[
        bool, typer.Option("--schema", help="Only the schema, rule by rule, as the owner sees it.")
    ] = False,
) -> None:
    """Check what serving would check at its start: roles, the schema rule by rule, revision."""
    with _open_database() as at:
        asyncio.run(
            _lint_schema(at.owner_url or at.serving_url)
            if schema
            else _check_database(at.serving_url)
        )
    console.print("All is well: the role, row-level security and the revision are as they must be.")


async def _check_database(url: str) -> None:
    from persistence.kernel.pools import connect
    from persistence.kernel.schema.startup_check import check_database_ready

    connection = await connect(url)
    try:
        await check_database_ready(connection)
    finally:
        await connection.close()


async def _lint_schema(url: str) -> None:
    from persistence.kernel.pools import connect
    from persistence.kernel.schema.lint import RULES, lint_schema

    connection = await connect(url)
    try:
        violations = await lint_schema(connection)
    finally:
        await connection.close()
    for code, rule in RULES.items():
        names = ", ".join(each.name for each in violations if each.rule == code)
        print(code, "BROKEN" if names else "ok", f"{rule.message}: {names or 'no'}", sep="\t")
    if violations:
        raise typer.Exit(1)


@app.command()
def backup(
    path: Annotated[Path, typer.Argument(help="The file to write.")],
    tenant: Annotated[str | None, typer.Option(help="Only this tenant, by its short name.")] = None,
    url: BackupUrlOption = None,
) -> None:
    """Write a backup: of everything, or of one tenant."""
    from api.commands import backups

    with _open_database() as at:
        if tenant is None:
            backups.write_backup(at, url, path)
            console.print(f"Everything is in {path}.")
        else:
            count = asyncio.run(backups.write_tenant_backup(at, tenant, path))
            console.print(f"{tenant} is in {path}, with {count} rows.")


@app.command()
def restore(
    path: Annotated[Path, typer.Argument(help="What `trellis backup` wrote.")],
    url: BackupUrlOption = None,
) -> None:
    """Bring a backup back: everything into an empty database, or a tenant that is not there."""
    from api.commands import backups

    with _open_database() as at:
        console.print(asyncio.run(backups.restore_backup(at, url, path)))


@app.command(hidden=True)
def prepare() -> None:
    """Do what `serve` does before it serves: migrate, and load the demo once."""
    _run_migrations()
    _load_demo()


@tenant_commands.command("create")
def create_tenant(
    slug: SlugArgument,
    name: Annotated[str, typer.Option(help="What people call it.")],
    admin: Annotated[str | None, typer.Option(help="The first admin's work e-mail.")] = None,
    given_name: Annotated[str, typer.Option(help="The first admin's given name.")] = "Tenant",
    family_name: Annotated[str, typer.Option(help="The first admin's family name.")] = "Admin",
) -> None:
    """Found a tenant, with a first admin who can let everybody else in."""
    from api.commands import tenants

    first = tenants.FirstAdmin(given_name, family_name, admin) if admin else None
    with _open_database() as at:
        asyncio.run(tenants.create_tenant(at, Settings(), slug, name, first))
    console.print(f"{slug} is founded.")


@tenant_commands.command("list")
def list_tenants() -> None:
    """List the tenants: short name, status, since when."""
    from api.commands import tenants

    with _open_database() as at:
        for each in asyncio.run(tenants.list_tenants(at)):
            print(each.slug, each.status, f"{each.created_at:%Y-%m-%d}", sep="\t")


@tenant_commands.command("suspend")
def suspend_tenant(slug: SlugArgument) -> None:
    """Serve nobody of a tenant, from the next request on."""
    from api.commands import tenants

    with _open_database() as at:
        asyncio.run(tenants.suspend_tenant(at, slug))
    console.print(f"{slug} is suspended.")


@tenant_commands.command("resume")
def resume_tenant(slug: SlugArgument) -> None:
    """Serve a suspended tenant again."""
    from api.commands import tenants

    with _open_database() as at:
        asyncio.run(tenants.resume_tenant(at, slug))
    console.print(f"{slug} is served again.")


def _run_migrations() -> None:
    from persistence.kernel.pools import extract_password
    from persistence.kernel.schema.migrations import migrate as to_head

    with _open_database() as at, console.status("Migrating ..."):
        to_head(at.required_owner_url, password=extract_password(at.serving_url))


def _load_demo() -> bool:
    from api.demo import load_demo

    with _open_database() as at, _show_progress_bar() as bar:
        return bool(asyncio.run(load_demo(at, Settings(), _create_progress_callback(bar))))


@contextmanager
def _open_database() -> "Iterator[Database]":
    from api.commands.database_url import open_database

    with open_database(Settings()) as database_urls:
        yield database_urls


@contextmanager
def _show_progress_bar() -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        yield bar


def _create_progress_callback(bar: Progress) -> Callable[[str, int, int], None]:
    """What long work calls with its name, how far it is, and how far it has to go."""
    tasks: dict[str, TaskID] = {}

    def report(task: str, done: int, of: int) -> None:
        if task not in tasks:
            tasks[task] = bar.add_task(task, total=of)
        bar.update(tasks[task], completed=done, total=of)

    return report


if __name__ == "__main__":
    main()
