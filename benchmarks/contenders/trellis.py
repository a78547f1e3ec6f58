"""Trellis as `trellis serve` runs it, without its messages on the terminal."""

import os

import uvloop

from api.app import open_application
from api.http.routes import build_application
from api.main import tune_garbage_collector
from api.settings import Settings
from api.telemetry.logs import configure_logging
from api.uvicorn_server import DrainingServer


async def serve() -> None:
    """Serve on the runner's port until the process is stopped."""
    settings = Settings(caller_budget=0, tenant_budget=0)  # one caller asks as fast as it can
    configure_logging(is_human_readable=False, level=settings.log_level.upper())
    async with open_application(settings, os.environ["TRELLIS_SERVING_URL"]) as wire:
        server = DrainingServer(build_application(wire), wire)
        tune_garbage_collector()
        await server.serve()


if __name__ == "__main__":
    uvloop.run(serve())
