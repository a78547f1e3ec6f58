"""Trellis, complete: what `trellis serve` runs, without the words on the terminal."""

import os

import uvloop

from api.app import opened
from api.http.routes import application
from api.server import Server
from api.serving import collect_briefly
from api.settings import Settings
from api.telemetry.logs import configure_logs


async def serve() -> None:
    """Answer on the port that the runner chose, until it says stop."""
    settings = Settings(caller_budget=0, tenant_budget=0)  # one caller asks as fast as it can
    configure_logs(readable=False, level=settings.log_level.upper())
    async with opened(settings, os.environ["TRELLIS_SERVING_URL"]) as wire:
        server = Server(application(wire), wire)
        collect_briefly()
        await server.serve()


if __name__ == "__main__":
    uvloop.run(serve())
