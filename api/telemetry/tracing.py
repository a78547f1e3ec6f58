"""Traces, sent if a destination is configured, and without cost otherwise."""

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from api.telemetry.request_record import Headers, RequestRecord

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

    from api.telemetry.opentelemetry_tracer import OpenTelemetryTracer

_NO_SPAN: AbstractContextManager[None] = nullcontext()


class Tracer:
    """A tracer of requests; a request with a `traceparent` joins the caller's trace."""

    def __init__(self, destination: "str | SpanExporter | None" = None) -> None:
        self._tracer: OpenTelemetryTracer | None = None
        if destination is not None:
            from api.telemetry import opentelemetry_tracer  # noqa: PLC0415 - a large import

            self._tracer = opentelemetry_tracer.OpenTelemetryTracer(destination)

    def trace_request(
        self, record: RequestRecord, method: str, headers: Headers
    ) -> AbstractContextManager[None]:
        """Trace the block as one request."""
        return self._tracer.trace_request(record, method, headers) if self._tracer else _NO_SPAN

    def close(self) -> None:
        """Send the remaining spans."""
        if self._tracer:
            self._tracer.close()
