"""What operators ask: is it alive, is it ready, what are its figures, what does it speak."""

import asyncio
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.http.server_context import ServerContext

_OPENAPI_PATH = Path(__file__).parents[2] / "openapi" / "openapi.yaml"
_READINESS_TIMEOUT = 1.0


class OperationalRoutes:
    """The routes beside GraphQL."""

    def __init__(self, context: ServerContext) -> None:
        self.context = context

    async def livez(self, _: Request) -> Response:
        """The process runs. Asks nobody else, so that a database outage restarts nothing."""
        return JSONResponse({"status": "ok"})

    async def readyz(self, _: Request) -> Response:
        """Whether requests should be sent here."""
        failing: dict[str, str] = {}
        if self.context.draining.is_set():
            failing["process"] = "draining"
        else:
            try:
                async with asyncio.timeout(_READINESS_TIMEOUT):
                    failing.update(await self.context.check_readiness())
            except TimeoutError:
                failing["database"] = "slow"
            except Exception as raised:  # noqa: BLE001 - whatever fails, we are not ready
                failing["database"] = type(raised).__name__
        status = "unavailable" if failing else "ok"
        return JSONResponse({"status": status, "failing": failing}, 503 if failing else 200)

    async def metrics(self, _: Request) -> Response:
        """The figures of this process, for Prometheus."""
        return Response(
            self.context.metrics.render(),
            headers={"content-type": self.context.metrics.content_type},
        )

    async def openapi(self, _: Request) -> Response:
        """The description of this HTTP surface."""
        return Response(_read_openapi(), media_type="application/yaml")


@cache
def _read_openapi() -> bytes:
    return _OPENAPI_PATH.read_bytes()
