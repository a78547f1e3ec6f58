"""Tracing with OpenTelemetry. Imported only if traces are sent, because it is large."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from api.telemetry.request_record import Headers, RequestRecord

_TRACE_HEADERS = (b"traceparent", b"tracestate")


class OpenTelemetryTracer:
    """A tracer that sends one span per request."""

    def __init__(self, destination: str | SpanExporter) -> None:
        self._provider = TracerProvider(resource=Resource.create({"service.name": "trellis"}))
        if isinstance(destination, str):
            exporter = OTLPSpanExporter(endpoint=destination)
            self._provider.add_span_processor(BatchSpanProcessor(exporter))
        else:
            self._provider.add_span_processor(SimpleSpanProcessor(destination))
        self._tracer = self._provider.get_tracer("trellis")

    @contextmanager
    def trace_request(self, record: RequestRecord, method: str, headers: Headers) -> Iterator[None]:
        """Trace the block as one request; the record provides the attributes at its end."""
        carrier = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in headers
            if name in _TRACE_HEADERS
        }
        with self._tracer.start_as_current_span(
            method,
            context=TraceContextTextMapPropagator().extract(carrier),
            kind=SpanKind.SERVER,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            finally:
                _set_span_attributes(span, record, method)

    def close(self) -> None:
        """Send the remaining spans."""
        self._provider.shutdown()


def _set_span_attributes(span: Span, record: RequestRecord, method: str) -> None:
    span.update_name(f"{method} {record.operation}")
    span.set_attribute("http.request.method", method)
    span.set_attribute("http.response.status_code", record.status)
    span.set_attribute("graphql.operation.type", record.operation)
    span.set_attribute("trellis.request_id", record.request_id)
    if record.tenant_id:
        span.set_attribute("trellis.tenant_id", str(record.tenant_id))
    if record.codes:
        span.set_attribute("trellis.codes", record.codes)
    if record.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        span.set_status(Status(StatusCode.ERROR))
