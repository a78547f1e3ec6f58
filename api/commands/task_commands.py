"""`trellis tasks`: list the background tasks that wait or are dead, and run dead ones again."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer

from api.commands.console import console, open_configured_database

app = typer.Typer(help="List background tasks, and run dead ones again.", no_args_is_help=True)

TenantOption = Annotated[str, typer.Option("--tenant", help="The tenant's slug.")]


@app.command("list")
def list_all(
    tenant: Annotated[
        str | None, typer.Option(help="List the tasks of this tenant one by one.")
    ] = None,
) -> None:
    """List how many tasks of each tenant wait or are dead, or the tasks of one tenant.

    Columns: slug, waiting, dead; with --tenant: id, kind, state, attempts, error, enqueued at.
    """
    from api.commands import tasks

    with open_configured_database() as database:
        if tenant is None:
            for each in asyncio.run(tasks.list_queues(database)):
                print(*each, sep="\t")
            return
        for task in asyncio.run(tasks.list_tasks(database, tenant)):
            enqueued_at = f"{task.enqueued_at:%Y-%m-%dT%H:%M:%SZ}"
            error = task.last_error or "-"
            print(task.id, task.kind, task.state, task.attempt, error, enqueued_at, sep="\t")


@app.command()
def retry(
    tenant: TenantOption,
    id: Annotated[UUID | None, typer.Option(help="Only this task.")] = None,
) -> None:
    """Let dead tasks of a tenant be run again, all or one."""
    from api.commands import tasks

    with open_configured_database() as database:
        count = asyncio.run(tasks.retry_tasks(database, tenant, id))
    console.print(f"{count} dead task{'' if count == 1 else 's'} will be run again.")
