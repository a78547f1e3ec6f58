"""The command line `trellis`. Each command imports only what it needs, so that it starts fast."""

import asyncio
import os
import sys
from datetime import timedelta
from typing import Annotated

import typer

from api.commands import (
    audit_commands,
    issuer_commands,
    platform_commands,
    task_commands,
    tenant_commands,
    tenant_data_commands,
    tenant_deletion_commands,
)
from api.commands.backup_commands import backup, restore
from api.commands.check_command import check
from api.commands.console import console, open_configured_database, run_on_all, show_progress
from api.commands.database_url import Database
from api.commands.distribute_command import distribute
from api.commands.imports.command import import_people
from api.commands.worker_command import worker
from api.settings import Settings

app = typer.Typer(
    help="Trellis, the performance-management backend.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run one command; print an expected error as one message, and exit with 1."""
    try:
        app(prog_name="trellis")
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
        bool, typer.Option("--with-parent", help="Stop when the parent process ends.")
    ] = False,
) -> None:
    """Serve the API. Without DATABASE_URL, start an embedded PostgreSQL with the demo."""
    Settings()  # An invalid variable is reported before anything starts.
    # A fresh process: the modules that this one loaded would stay in memory while it serves.
    parent = [str(os.getppid())] if with_parent else []
    os.execv(sys.executable, [sys.executable, "-m", "api.main", *parent])  # noqa: S606


@app.command()
def migrate(
    *,
    all_texts: Annotated[
        bool,
        typer.Option("--all-texts", help="Derive search words and folded texts again everywhere."),
    ] = False,
) -> None:
    """Migrate all databases to the newest revision, and create or update their serving roles."""
    _run_migrations(refresh_all_texts=all_texts)
    console.print("The schema is up to date.")


@app.command()
def demo() -> None:
    """Load the demo tenants, unless they exist."""
    is_loaded = _load_demo()
    console.print("Loaded the demo." if is_loaded else "The demo was loaded before.")


@app.command()
def token(
    tenant: Annotated[str, typer.Option(help="The tenant's slug (its short name).")],
    as_: Annotated[str, typer.Option("--as", help="The member's work e-mail address.")],
    ttl: Annotated[int | None, typer.Option(help="The token's lifetime in seconds.")] = None,
) -> None:
    """Print an access token of the built-in issuer to standard output."""
    from api.commands.tenants import check_member
    from api.identity import built_in_issuer

    lifetime = None if ttl is None else timedelta(seconds=ttl)
    issued = built_in_issuer.issue_token(Settings(), tenant, as_, lifetime)
    with open_configured_database() as database:
        asyncio.run(check_member(database, tenant, as_))
    print(issued)


@app.command()
def schema() -> None:
    """Print the GraphQL schema (SDL) to standard output."""
    from api.schema import render_sdl

    print(render_sdl(), end="")


app.command()(check)
app.command()(distribute)
app.command()(backup)
app.command()(restore)
app.command()(worker)
app.command("import")(import_people)
tenant_data_commands.add_commands(tenant_commands.app)
tenant_deletion_commands.add_commands(tenant_commands.app)
app.add_typer(tenant_commands.app, name="tenant")
app.add_typer(issuer_commands.app, name="issuer")
app.add_typer(platform_commands.app, name="platform")
app.add_typer(task_commands.app, name="tasks")
app.add_typer(audit_commands.app, name="audit")
app.add_typer(tenant_deletion_commands.receipts, name="receipt")


@app.command(hidden=True)
def prepare() -> None:
    """Migrate, and load the demo once: what `serve` does with an embedded database."""
    _run_migrations()
    _load_demo()


def _run_migrations(*, refresh_all_texts: bool = False) -> None:
    from persistence.distribution import distribute as distribute_tables
    from persistence.kernel.pools import extract_password
    from persistence.kernel.schema.migrations import migrate as migrate_schema
    from persistence.text_refresh import refresh_texts

    def run(database: Database) -> None:
        url = database.required_owner_url
        own = extract_password(database.serving_url)
        platforms = extract_password(database.required_platform_url)
        migrate_schema(url, password=own, platform_password=platforms)
        asyncio.run(distribute_tables(url, password=own, platform_password=platforms))
        asyncio.run(refresh_texts(url, in_all_tenants=refresh_all_texts))

    with open_configured_database() as home, console.status("Migrating ..."):
        run_on_all(home, run)


def _load_demo() -> bool:
    from api.demo.loading import load_demo

    with open_configured_database() as database, show_progress() as report:
        return bool(asyncio.run(load_demo(database, Settings(), report)))


if __name__ == "__main__":
    main()
