"""OpenTelemetry traces, sent when an endpoint is configured and costing nothing otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from api.telemetry.exchange import Exchange, Headers

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter


class Traces:
    """One span per request, joined to the caller's trace when the request carries a traceparent."""

    def __init__(self, endpoint: str | None = None, exporter: "SpanExporter | None" = None) -> None:
        self._provider: TracerProvider | None = None
        if endpoint or exporter:
            self._provider = _provider(endpoint, exporter)

    @contextmanager
    def span(self, exchange: Exchange, method: str, headers: Headers) -> Iterator[None]:
        """Around one request; what the exchange knows at its end becomes the span's attributes."""
        if self._provider is None:
            yield
            return
        from opentelemetry.trace import SpanKind, Status, StatusCode
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        carrier = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in headers
            if name in (b"traceparent", b"tracestate")
        }
        tracer = self._provider.get_tracer("trellis")
        with tracer.start_as_current_span(
            method,
            context=TraceContextTextMapPropagator().extract(carrier),
            kind=SpanKind.SERVER,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            finally:
                span.update_name(f"{method} {exchange.operation}")
                span.set_attribute("http.request.method", method)
                span.set_attribute("http.response.status_code", exchange.status)
                span.set_attribute("graphql.operation.type", exchange.operation)
                span.set_attribute("trellis.request_id", exchange.request_id)
                if exchange.tenant_id:
                    span.set_attribute("trellis.tenant_id", str(exchange.tenant_id))
                if exchange.codes:
                    span.set_attribute("trellis.codes", exchange.codes)
                if exchange.status >= 500:
                    span.set_status(Status(StatusCode.ERROR))

    def close(self) -> None:
        """Send what is left."""
        if self._provider is not None:
            self._provider.shutdown()


def _provider(endpoint: str | None, exporter: "SpanExporter | None") -> "TracerProvider":
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "trellis"}))
    if exporter is not None:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    else:
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    return provider
