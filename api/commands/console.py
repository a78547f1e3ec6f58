"""What all commands share: output for the operator, and the database to work on."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

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
    from domain.kernel.identity import TenantId
    from domain.platform.acts import Act

ProgressCallback = Callable[[str, int, int], None]
"""Takes the name of a task, how many steps are done, and how many there are."""

console = Console(stderr=True, highlight=False)
"""Messages go to standard error, results to standard output."""


@contextmanager
def open_configured_database() -> "Iterator[Database]":
    """Open the database of the settings; see open_database."""
    from api.commands.database_url import open_database

    with open_database(Settings()) as database:
        yield database


def run_on_all(database: "Database", action: "Callable[[Database], object]") -> None:
    """Run an action on each database. Go on after an expected error, and exit with 1 at the end."""
    failed = False
    for name, each in database.all.items():
        try:
            action(each)
        except Exception as error:
            from api.commands.startup_errors import describe_error

            message = describe_error(error)
            if message is None or not database.others:
                raise
            failed = True
            console.print(f"{name}: {message}", style="bold red", soft_wrap=True, markup=False)
    if failed:
        raise typer.Exit(1)


def record(
    database: "Database",
    act: "Act",
    slug: str,
    *,
    tenant_id: "TenantId | None" = None,
    into: str | None = None,
) -> None:
    """Add an act that the command line has done to the audit log of the platform.

    Give the id of a tenant that is gone.
    """
    from api.commands.tenants import record_act

    asyncio.run(record_act(database, act, slug, tenant_id=tenant_id, into=into))


@contextmanager
def show_progress() -> Iterator[ProgressCallback]:
    """Show a progress bar for each task that the callback reports, on a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    tasks: dict[str, TaskID] = {}
    # Elsewhere it would print an empty line.
    hidden = not console.is_terminal
    with Progress(
        *columns, TimeElapsedColumn(), console=console, transient=True, disable=hidden
    ) as bar:

        def report(task: str, done: int, total: int) -> None:
            if task not in tasks:
                tasks[task] = bar.add_task(task, total=total)
            bar.update(tasks[task], completed=done, total=total)

        yield report
