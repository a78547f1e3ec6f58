"""The routes for operators: liveness, readiness and metrics."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.http.server_context import ServerContext

_READINESS_TIMEOUT = 1.0


class OperationalRoutes:
    """The routes that orchestrators and monitoring call. None needs a token."""

    def __init__(self, context: ServerContext) -> None:
        self.context = context

    async def livez(self, _: Request) -> Response:
        """Respond 200. It asks no database, so that an outage of one restarts no process."""
        return JSONResponse({"status": "ok"})

    async def readyz(self, _: Request) -> Response:
        """Respond 200 if this process can serve requests, else 503 with the reasons.

        A database beside the home database concerns its own tenants only. Those that fail are
        counted and not named, because anybody can ask; the metrics and the log name them.
        """
        failing: dict[str, str] = {}
        if self.context.draining.is_set():
            failing["process"] = "draining"
        else:
            try:
                async with asyncio.timeout(_READINESS_TIMEOUT):
                    failing.update(await self.context.check_readiness())
            except TimeoutError:
                failing["database"] = "slow"
            except Exception as error:  # noqa: BLE001 - any failure means not ready
                failing["database"] = type(error).__name__
        report: dict[str, object] = {"status": "unavailable" if failing else "ok"}
        report["failing"] = failing
        if failed_databases := self.context.list_failed_databases():
            report["failedDatabases"] = len(failed_databases)
        return JSONResponse(report, 503 if failing else 200)

    async def metrics(self, _: Request) -> Response:
        """Respond with the metrics of this process, in the format of Prometheus."""
        return Response(
            self.context.metrics.render(),
            headers={"content-type": self.context.metrics.content_type},
        )
