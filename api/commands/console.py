"""What all commands share: output for the operator, and the database to work on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

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


@contextmanager
def show_progress() -> Iterator[ProgressCallback]:
    """Show a progress bar for each task that the callback reports."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:

        def report(task: str, done: int, total: int) -> None:
            if task not in tasks:
                tasks[task] = bar.add_task(task, total=total)
            bar.update(tasks[task], completed=done, total=total)

        yield report
