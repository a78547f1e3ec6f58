"""Charts of KPIs over HTTP: the picture, and signed links to it for `<img>` elements."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response

from api.errors import RequestError
from api.http.server_context import ServerContext
from api.identity import Caller
from api.kernel.execution.engine import Request
from api.kpis.charts.drawing import draw
from api.kpis.charts.links import ChartLinks
from api.kpis.charts.reading import DOCUMENT, VARIABLES, build_chart, build_variables
from api.telemetry.request_record import RequestRecord
from persistence.reading.cpu_worker import run_in_worker

LINK, INTERVAL, FORECAST = "link", "interval", "forecast"
MAX_PARAMETER_LENGTH = 100
HEADERS = {
    "content-type": "image/svg+xml; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "cross-origin-resource-policy": "cross-origin",
}
"""Pages of other origins show charts by signed links; a browser sends them no token."""


class ChartRoutes:
    """The routes of charts. They read with the rights of their caller, through GraphQL."""

    def __init__(self, context: ServerContext) -> None:
        self.context = context
        self.links = ChartLinks(context.sealing_secret)

    async def show(self, request: HttpRequest) -> Response:
        """Respond with the picture of a KPI. Raises RequestError."""
        record: RequestRecord = request.scope["request_record"]
        return await self.context.handle_request(record, lambda: self._show(request, record))

    async def make_link(self, request: HttpRequest) -> Response:
        """Respond with a link to the picture. Raises RequestError."""
        record: RequestRecord = request.scope["request_record"]
        return await self.context.handle_request(record, lambda: self._make_link(request, record))

    async def _show(self, request: HttpRequest, record: RequestRecord) -> Response:
        chart: Mapping[str, str] = _read_chart(request)
        token = request.query_params.get(LINK)
        if token is None:
            caller = await self._authenticate(request)
        else:
            caller, signed = self.links.verify(token)
            if signed["id"] != chart["id"]:
                raise RequestError("FORBIDDEN", "This link is for another chart.", 403)
            chart = signed
        record.tenant_id = caller.tenant_id
        self.context.limiter.reject_if_overloaded(caller.tenant_id)
        kpi = await self._read(chart, caller, record)
        has_limits = INTERVAL not in chart
        picture = await run_in_worker(
            caller.tenant_id, lambda: draw(build_chart(kpi, has_limits=has_limits))
        )
        return Response(picture, headers=HEADERS)

    async def _make_link(self, request: HttpRequest, record: RequestRecord) -> Response:
        caller = await self._authenticate(request)
        record.tenant_id = caller.tenant_id
        chart = _read_chart(request)
        token, expires_at = self.links.sign(caller, chart, self.context.now())
        path = f"kpis/{chart['id']}/chart.svg?{LINK}={token}"
        return JSONResponse({"path": path, "expiresAt": expires_at.isoformat()}, 201)

    async def _authenticate(self, request: HttpRequest) -> Caller:
        header = ", ".join(request.headers.getlist("authorization")) or None
        return await self.context.authenticate(request.scope, header)

    async def _read(
        self, chart: Mapping[str, str], caller: Caller, record: RequestRecord
    ) -> Mapping[str, Any]:
        """Return the KPI with its series. Raises RequestError, 404 for one that is not visible."""
        query = Request(DOCUMENT, build_variables(chart), size=len(DOCUMENT))
        async with self.context.acquire_slot(query, caller):
            response = await self.context.engine.execute(
                query, caller, request_id=record.request_id, may_mutate=False
            )
        document: Mapping[str, Any] = json.loads(response.body)
        if document.get("errors"):
            first, status = document["errors"][0], max(response.status, 400)
            code, headers = first["extensions"]["code"], response.headers
            raise RequestError(code, first["message"], status, headers=headers)
        kpi: Mapping[str, Any] | None = document["data"]["kpi"]
        if kpi is None:
            raise RequestError("NOT_FOUND", "There is no such KPI.", 404)
        return kpi


def _read_chart(request: HttpRequest) -> dict[str, str]:
    """Return which chart a request is about, as variables of the document. Raises RequestError."""
    known = {*VARIABLES, LINK}
    for name, value in request.query_params.multi_items():
        if name not in known or (name != LINK and len(value) > MAX_PARAMETER_LENGTH):
            options = ", ".join(VARIABLES)
            raise RequestError("BAD_REQUEST", f"A chart has the parameters {options}.")
    if {INTERVAL, FORECAST} <= request.query_params.keys():
        message = "A forecast has the periods of the KPI. Leave out the interval."
        raise RequestError("BAD_REQUEST", message)
    given = {name: request.query_params[name] for name in VARIABLES if name in request.query_params}
    return {"id": request.path_params["id"], **given}
