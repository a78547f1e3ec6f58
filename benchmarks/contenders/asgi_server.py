"""Uvicorn with Trellis' settings, for contenders that are bare ASGI applications."""

import os

import uvicorn
from starlette.types import ASGIApp


def serve_app(app: ASGIApp) -> None:
    """Serve on the runner's port until the process is stopped."""
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        loop="uvloop",
        http="httptools",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=20,
        backlog=2048,
    )
