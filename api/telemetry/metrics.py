"""Prometheus metrics. No label names a tenant or a person, so their number stays small."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from api.telemetry.exchange import Exchange

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The figures of one process."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self.streaming = 0  # what lasts: sockets and subscriptions
        self._registry = CollectorRegistry()
        # Codes come from a closed list, so this stays small.
        self._known: dict[tuple[str, str], tuple[Counter, Histogram]] = {}
        self._requests = Counter(
            "trellis_requests",
            "Requests answered, by operation type and by the first error code, or OK.",
            ["operation", "outcome"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "trellis_request_seconds",
            "How long requests took; streams are left out.",
            ["operation"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._in_flight = self._gauge(
            "trellis_requests_in_flight", "GraphQL requests being worked on."
        )
        self._line = self._gauge(
            "trellis_requests_waiting", "GraphQL requests that wait for a place."
        )
        self._streams = self._gauge(
            "trellis_subscriptions", "Subscriptions that are open.", "transport"
        )
        self._sockets = self._gauge("trellis_sockets", "WebSockets that are open.")
        self._pool = self._gauge(
            "trellis_pool_connections", "Connections to PostgreSQL.", "pool", "state"
        )

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(name, meaning, labels, registry=self._registry)

    def count(self, exchange: Exchange) -> None:
        """Count a request that was answered."""
        operation, outcome = exchange.operation, exchange.outcome
        key = operation, outcome
        counters = self._known.get(key)
        if counters is None:
            counters = self._known[key] = (
                self._requests.labels(operation, outcome),
                self._seconds.labels(operation),
            )
        counters[0].inc()
        if not exchange.is_streaming:
            counters[1].observe(exchange.seconds())

    def watch_work(self, figure: Callable[[], float]) -> None:
        """Read the number of requests in flight each time the metrics are asked for."""
        self._in_flight.set_function(figure)

    def watch_line(self, figure: Callable[[], float]) -> None:
        """Read the number of requests in the line each time the metrics are asked for."""
        self._line.set_function(figure)

    @contextmanager
    def subscription(self, transport: str) -> Iterator[None]:
        """Around one open subscription."""
        with self._streams.labels(transport).track_inprogress(), self._open():
            yield

    @contextmanager
    def socket(self) -> Iterator[None]:
        """Around one open WebSocket."""
        with self._sockets.track_inprogress(), self._open():
            yield

    @contextmanager
    def _open(self) -> Iterator[None]:
        self.streaming += 1
        try:
            yield
        finally:
            self.streaming -= 1

    def watch_pool(self, name: str, state: str, figure: Callable[[], float]) -> None:
        """Read this figure of a connection pool each time the metrics are asked for."""
        self._pool.labels(name, state).set_function(figure)

    def page(self) -> bytes:
        """All figures, in Prometheus' text format."""
        return generate_latest(self._registry)
