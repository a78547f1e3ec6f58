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
    from api.database import Database

app = typer.Typer(
    help="Trellis, the performance-management backend.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
tenants = typer.Typer(help="Create, list, suspend and resume tenants.", no_args_is_help=True)
app.add_typer(tenants, name="tenant")

talk = Console(stderr=True, highlight=False)
"""What is said about the work goes to standard error; its results go to standard output."""

BypassingUrl = Annotated[
    str | None,
    typer.Option(
        envvar="TRELLIS_BACKUP_URL",
        help="For everything: the database as a role that row-level security does not hold, "
        "a superuser or one with BYPASSRLS and pg_read_all_data. The embedded database has one.",
    ),
]
Slug = Annotated[str, typer.Argument(help="The tenant's short name.")]


def main() -> None:
    """Run one command. What can be expected to go wrong is said in a sentence."""
    try:
        app()
    except Exception as error:
        from api.expected import sentence_for

        sentence = sentence_for(error)
        if sentence is None:
            raise
        talk.print(sentence, style="bold red", soft_wrap=True, markup=False)
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
    os.execv(sys.executable, [sys.executable, "-m", "api.serving", *parent])  # noqa: S606


@app.command()
def migrate() -> None:
    """Bring the schema up to date and give the serving role what it needs."""
    _migrate()
    talk.print("The schema is up to date.")


@app.command()
def demo() -> None:
    """Load the demo tenants, unless they are there already."""
    made = _load_demo()
    talk.print("The demo is loaded." if made else "The demo was here already.")


@app.command()
def token(
    tenant: Annotated[str, typer.Option(help="The tenant's short name.")],
    as_: Annotated[str, typer.Option("--as", help="Whom to be: a work e-mail address.")],
    ttl: Annotated[int | None, typer.Option(help="Seconds that the token lives.")] = None,
) -> None:
    """Print a token of the built-in issuer, and nothing else."""
    from api.identity import built_in

    lifetime = None if ttl is None else timedelta(seconds=ttl)
    print(built_in.token(Settings(), tenant, as_, lifetime))


@app.command()
def schema() -> None:
    """Print the graph's schema."""
    from api.schema import sdl

    print(sdl(), end="")


@app.command()
def check(
    *,
    schema: Annotated[
        bool, typer.Option("--schema", help="Only the schema, rule by rule, as the owner sees it.")
    ] = False,
) -> None:
    """Check what serving would check at its start: roles, the schema rule by rule, revision."""
    with _database() as at:
        asyncio.run(_check_schema(at.owner or at.serving) if schema else _check(at.serving))
    talk.print("All is well: the role, row-level security and the revision are as they must be.")


async def _check(address: str) -> None:
    from persistence.kernel.engine import connect
    from persistence.kernel.serving import check_serving

    connection = await connect(address)
    try:
        await check_serving(connection)
    finally:
        await connection.close()


async def _check_schema(address: str) -> None:
    from persistence.kernel.catalogue import RULES, lint
    from persistence.kernel.engine import connect

    connection = await connect(address)
    try:
        found = await lint(connection)
    finally:
        await connection.close()
    for code, rule in RULES.items():
        names = ", ".join(each.name for each in found if each.rule == code)
        print(code, "BROKEN" if names else "ok", f"{rule.says}: {names or 'no'}", sep="\t")
    if found:
        raise typer.Exit(1)


@app.command()
def backup(
    path: Annotated[Path, typer.Argument(help="The file to write.")],
    tenant: Annotated[str | None, typer.Option(help="Only this tenant, by its short name.")] = None,
    url: BypassingUrl = None,
) -> None:
    """Write a backup: of everything, or of one tenant."""
    from api import backups

    with _database() as at:
        if tenant is None:
            backups.back_up(at, url, path)
            talk.print(f"Everything is in {path}.")
        else:
            count = asyncio.run(backups.back_up_tenant(at, tenant, path))
            talk.print(f"{tenant} is in {path}, with {count} rows.")


@app.command()
def restore(
    path: Annotated[Path, typer.Argument(help="What `trellis backup` wrote.")],
    url: BypassingUrl = None,
) -> None:
    """Bring a backup back: everything into an empty database, or a tenant that is not there."""
    from api import backups

    with _database() as at:
        talk.print(asyncio.run(backups.restore(at, url, path)))


@app.command(hidden=True)
def prepare() -> None:
    """Do what `serve` does before it serves: migrate, and load the demo once."""
    _migrate()
    _load_demo()


@tenants.command("create")
def create_tenant(
    slug: Slug,
    name: Annotated[str, typer.Option(help="What people call it.")],
    admin: Annotated[str | None, typer.Option(help="The first admin's work e-mail.")] = None,
    given_name: Annotated[str, typer.Option(help="The first admin's given name.")] = "Tenant",
    family_name: Annotated[str, typer.Option(help="The first admin's family name.")] = "Admin",
) -> None:
    """Found a tenant, with a first admin who can let everybody else in."""
    from api import tenancy

    first = tenancy.Admin(given_name, family_name, admin) if admin else None
    with _database() as at:
        asyncio.run(tenancy.create(at, Settings(), slug, name, first))
    talk.print(f"{slug} is founded.")


@tenants.command("list")
def list_tenants() -> None:
    """List the tenants: short name, status, since when."""
    from api import tenancy

    with _database() as at:
        for each in asyncio.run(tenancy.listed(at)):
            print(each.slug, each.status, f"{each.created_at:%Y-%m-%d}", sep="\t")


@tenants.command("suspend")
def suspend_tenant(slug: Slug) -> None:
    """Serve nobody of a tenant, from the next request on."""
    from api import tenancy

    with _database() as at:
        asyncio.run(tenancy.suspend(at, slug))
    talk.print(f"{slug} is suspended.")


@tenants.command("resume")
def resume_tenant(slug: Slug) -> None:
    """Serve a suspended tenant again."""
    from api import tenancy

    with _database() as at:
        asyncio.run(tenancy.resume(at, slug))
    talk.print(f"{slug} is served again.")


def _migrate() -> None:
    from persistence.kernel.engine import password_of
    from persistence.kernel.serving import migrate as to_head

    with _database() as at, talk.status("Migrating ..."):
        to_head(at.changing, password=password_of(at.serving))


def _load_demo() -> bool:
    from api.demo import load_demo

    with _database() as at, _bar() as bar:
        return bool(asyncio.run(load_demo(at, Settings(), _reporter(bar))))


@contextmanager
def _database() -> "Iterator[Database]":
    from api.database import database

    with database(Settings()) as found:
        yield found


@contextmanager
def _bar() -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=talk, transient=True) as bar:
        yield bar


def _reporter(bar: Progress) -> Callable[[str, int, int], None]:
    """What long work calls with its name, how far it is, and how far it has to go."""
    tasks: dict[str, TaskID] = {}

    def report(what: str, done: int, of: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=of)
        bar.update(tasks[what], completed=done, total=of)

    return report


if __name__ == "__main__":
    main()
