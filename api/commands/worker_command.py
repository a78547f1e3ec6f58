"""`trellis worker`: run background tasks and nothing else, until a signal arrives."""

import asyncio
import signal
from typing import TYPE_CHECKING

from api.commands.console import console, open_configured_database
from api.settings import Settings

if TYPE_CHECKING:
    from api.commands.database_url import Database


def worker() -> None:
    """Run background tasks of all tenants. Any number of workers may run.

    SIGTERM and Ctrl-C let the tasks that have begun end.
    """
    import uvloop

    settings = Settings()
    if settings.background_slots == 0:
        raise ValueError("A worker needs TRELLIS_BACKGROUND_SLOTS of at least 1. Set it.")
    with open_configured_database() as database:
        uvloop.run(_run_until_signal(settings, database))


async def _run_until_signal(settings: Settings, database: "Database") -> None:
    from api.telemetry.logs import configure_logging
    from api.telemetry.metrics import Metrics
    from api.workers import run_workers

    configure_logging(
        is_human_readable=not settings.is_logging_json, level=settings.log_level.upper()
    )
    stopping = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stopping.set)
    async with run_workers(settings, database, Metrics()):
        console.print(f"The worker runs up to {settings.background_slots} tasks at once.")
        await stopping.wait()
