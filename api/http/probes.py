"""What operators ask: is it alive, is it ready, what are its figures, what does it speak."""

import asyncio
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.http.wire import Wire

_OPENAPI = Path(__file__).parents[2] / "openapi" / "openapi.yaml"
_SECONDS = 1.0


class Probes:
    """The routes beside GraphQL."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    async def livez(self, _: Request) -> Response:
        """The process runs. Asks nobody else, so that a database outage restarts nothing."""
        return JSONResponse({"status": "ok"})

    async def readyz(self, _: Request) -> Response:
        """Whether requests should be sent here."""
        failing: dict[str, str] = {}
        if self.wire.draining.is_set():
            failing["process"] = "draining"
        else:
            try:
                async with asyncio.timeout(_SECONDS):
                    failing.update(await self.wire.ready())
            except TimeoutError:
                failing["database"] = "slow"
            except Exception as raised:  # noqa: BLE001 - whatever fails, we are not ready
                failing["database"] = type(raised).__name__
        status = "unavailable" if failing else "ok"
        return JSONResponse({"status": status, "failing": failing}, 503 if failing else 200)

    async def metrics(self, _: Request) -> Response:
        """The figures of this process, for Prometheus."""
        return Response(
            self.wire.metrics.page(), headers={"content-type": self.wire.metrics.content_type}
        )

    async def openapi(self, _: Request) -> Response:
        """The description of this HTTP surface."""
        return Response(_openapi(), media_type="application/yaml")


@cache
def _openapi() -> bytes:
    return _OPENAPI.read_bytes()
