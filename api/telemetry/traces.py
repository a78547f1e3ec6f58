"""OpenTelemetry traces, sent when a destination is configured and costing nothing otherwise."""

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from api.telemetry.exchange import Exchange, Headers

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

    from api.telemetry.spans import Spans

_NOTHING: AbstractContextManager[None] = nullcontext()


class Traces:
    """One span per request, joined to the caller's trace when the request carries a traceparent."""

    def __init__(self, destination: "str | SpanExporter | None" = None) -> None:
        self._spans: Spans | None = None
        if destination is not None:
            from api.telemetry import spans  # noqa: PLC0415 - large, and rarely wanted

            self._spans = spans.Spans(destination)

    def span(
        self, exchange: Exchange, method: str, headers: Headers
    ) -> AbstractContextManager[None]:
        """Around one request."""
        return self._spans.span(exchange, method, headers) if self._spans else _NOTHING

    def close(self) -> None:
        """Send what is left."""
        if self._spans:
            self._spans.close()
