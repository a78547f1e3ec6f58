"""`trellis tenant`: create, list, configure, move, suspend and resume tenants."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.console import console, open_configured_database, record, show_progress
from api.settings import Settings
from domain.platform.acts import Act

if TYPE_CHECKING:
    from api.commands.tenant_moves import MovePlan, MoveResult

app = typer.Typer(
    help="Create, list, configure, move, suspend and resume tenants.", no_args_is_help=True
)

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
    from domain.platform import FirstAdmin

    first = FirstAdmin(given_name, family_name, admin) if admin else None
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
def move(
    slug: SlugArgument,
    to: Annotated[str, typer.Option(help="The database where it will live; `home` is the first.")],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check both databases, and change nothing.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Do not remove the rows of the old database.")
    ] = False,
) -> None:
    """Move a tenant to another database. Repeat the command to finish an interrupted move.

    Reads go on. Changes are refused for some seconds, with an error after which clients try again.
    """
    from api.commands import tenant_moves

    with open_configured_database() as database:
        if dry_run:
            plan = asyncio.run(tenant_moves.plan_move(database, slug, to))
            console.print(describe_plan(slug, plan))
            return
        with show_progress() as report:
            moving = tenant_moves.move_tenant(database, slug, to, report, keeps_rows=keep)
            result = asyncio.run(moving)
        record(database, Act.TENANT_MOVE, slug)
    console.print(describe_move(slug, result))


def describe_plan(slug: str, plan: "MovePlan") -> str:
    """Return the message for what a move would do."""
    if plan.source == plan.target:
        return f"{slug} lives in {plan.target}. The command would only finish an earlier move."
    return f"Would move {slug} from {plan.source} to {plan.target}: {plan.row_count:,} rows."


def describe_move(slug: str, result: "MoveResult") -> str:
    """Return the message for what a move did."""
    text = f"{slug} lives in {result.target}."
    if result.source is not None:
        text = (
            f"Moved {slug} from {result.source} to {result.target}. It was read-only for"
            f" {result.read_only_seconds:.1f} seconds."
        )
    if result.cleaned:
        text += f" Removed its rows from {', '.join(result.cleaned)}."
    return text


@app.command()
def configure(
    slug: SlugArgument,
    *,
    name: Annotated[str | None, typer.Option(help="The display name.")] = None,
    locale: Annotated[str | None, typer.Option(help="The language tag, such as de-CH.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="The IANA time zone.")] = None,
    plan: Annotated[str | None, typer.Option(help="The name of its plan; '' for none.")] = None,
    caller_budget: Annotated[
        int | None,
        typer.Option(
            help="Cost points that one caller may spend at once; 0 for TRELLIS_CALLER_BUDGET."
        ),
    ] = None,
    tenant_budget: Annotated[
        int | None,
        typer.Option(
            help="Cost points that all callers may spend at once; 0 for TRELLIS_TENANT_BUDGET."
        ),
    ] = None,
) -> None:
    """Change settings, the plan and limits of a tenant. What is left out stays as it is."""
    from api.commands import tenants

    settings = {"name": name, "locale": locale, "time_zone": time_zone}
    terms = {"plan": plan, "caller_budget": caller_budget, "tenant_budget": tenant_budget}
    with open_configured_database() as database:
        configuring = tenants.configure_tenant(
            database,
            slug,
            {key: each for key, each in settings.items() if each is not None},
            {key: each or None for key, each in terms.items() if each is not None},
        )
        asyncio.run(configuring)
    console.print(f"Configured {slug}.")


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
