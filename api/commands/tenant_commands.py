"""`trellis tenant`: create, list, suspend and resume tenants."""

import asyncio
from typing import Annotated

import typer

from api.commands.console import console, open_configured_database
from api.settings import Settings

app = typer.Typer(help="Create, list, suspend and resume tenants.", no_args_is_help=True)

SlugArgument = Annotated[str, typer.Argument(help="The tenant's slug (its short name).")]


@app.command()
def create(
    slug: SlugArgument,
    name: Annotated[str, typer.Option(help="The tenant's display name.")],
    admin: Annotated[str | None, typer.Option(help="The first admin's work e-mail.")] = None,
    given_name: Annotated[str, typer.Option(help="The first admin's given name.")] = "Tenant",
    family_name: Annotated[str, typer.Option(help="The first admin's family name.")] = "Admin",
    database: Annotated[
        str | None, typer.Option(help="The database where it lives; by default `home`.")
    ] = None,
) -> None:
    """Create a tenant; with --admin, also its first admin, who can add everybody else."""
    from api.commands import tenants

    first = tenants.FirstAdmin(given_name, family_name, admin) if admin else None
    with open_configured_database() as home:
        asyncio.run(tenants.create_tenant(home, Settings(), slug, name, first, location=database))
    console.print(f"Created {slug}.")


@app.command("list")
def list_all() -> None:
    """List the tenants: slug, status, day of creation, database."""
    from api.commands import tenants
    from api.commands.database_url import HOME

    with open_configured_database() as database:
        for each in asyncio.run(tenants.list_tenants(database)):
            day = f"{each.created_at:%Y-%m-%d}"
            print(each.slug, each.status, day, each.database or HOME, sep="\t")


@app.command()
def suspend(slug: SlugArgument) -> None:
    """Suspend a tenant: from the next request on, nobody of it is served."""
    from api.commands import tenants

    with open_configured_database() as database:
        asyncio.run(tenants.suspend_tenant(database, slug))
    console.print(f"Suspended {slug}.")


@app.command()
def resume(slug: SlugArgument) -> None:
    """Resume a suspended tenant."""
    from api.commands import tenants

    with open_configured_database() as database:
        asyncio.run(tenants.resume_tenant(database, slug))
    console.print(f"Resumed {slug}.")
