"""OpenTelemetry traces, sent when a destination is configured and costing nothing otherwise."""

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from api.telemetry.request_record import Headers, RequestRecord

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

    from api.telemetry.opentelemetry_tracer import OpenTelemetryTracer

_NO_SPAN: AbstractContextManager[None] = nullcontext()


class Tracer:
    """One span per request, joined to the caller's trace when the request carries a traceparent."""

    def __init__(self, destination: "str | SpanExporter | None" = None) -> None:
        self._tracer: OpenTelemetryTracer | None = None
        if destination is not None:
            from api.telemetry import opentelemetry_tracer  # noqa: PLC0415 - OpenTelemetry is loaded only where traces are wanted

            self._tracer = opentelemetry_tracer.OpenTelemetryTracer(destination)

    def trace_request(
        self, record: RequestRecord, method: str, headers: Headers
    ) -> AbstractContextManager[None]:
        """Around one request."""
        return self._tracer.trace_request(record, method, headers) if self._tracer else _NO_SPAN

    def close(self) -> None:
        """Send what is left."""
        if self._tracer:
            self._tracer.close()
