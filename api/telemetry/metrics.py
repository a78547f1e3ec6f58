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

from api.telemetry.request_record import RequestRecord

_DURATION_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The figures of one process."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self.open_streams = 0  # what lasts: sockets and subscriptions
        self._registry = CollectorRegistry()
        # Codes come from a closed list, so this stays small.
        self._request_series: dict[tuple[str, str], tuple[Counter, Histogram]] = {}
        self._requests = Counter(
            "trellis_requests",
            "Requests answered, by operation type and by the first error code, or OK.",
            ["operation", "outcome"],
            registry=self._registry,
        )
        self._durations = Histogram(
            "trellis_request_seconds",
            "How long requests took; streams are left out.",
            ["operation"],
            buckets=_DURATION_BUCKETS,
            registry=self._registry,
        )
        self._in_flight = self._create_gauge(
            "trellis_requests_in_flight", "GraphQL requests being worked on."
        )
        self._queued = self._create_gauge(
            "trellis_requests_waiting", "GraphQL requests that wait for a place."
        )
        self._streams = self._create_gauge(
            "trellis_subscriptions", "Subscriptions that are open.", "transport"
        )
        self._sockets = self._create_gauge("trellis_sockets", "WebSockets that are open.")
        self._pool = self._create_gauge(
            "trellis_pool_connections", "Connections to PostgreSQL.", "pool", "state"
        )

    def _create_gauge(self, name: str, description: str, *labels: str) -> Gauge:
        return Gauge(name, description, labels, registry=self._registry)

    def count_request(self, record: RequestRecord) -> None:
        """Count a request that was answered."""
        operation, outcome = record.operation, record.outcome
        key = operation, outcome
        counters = self._request_series.get(key)
        if counters is None:
            counters = self._request_series[key] = (
                self._requests.labels(operation, outcome),
                self._durations.labels(operation),
            )
        counters[0].inc()
        if not record.is_streaming:
            counters[1].observe(record.measure_seconds())

    def watch_in_flight(self, read_value: Callable[[], float]) -> None:
        """Read the number of requests in flight each time the metrics are asked for."""
        self._in_flight.set_function(read_value)

    def watch_queue(self, read_value: Callable[[], float]) -> None:
        """Read the number of requests in the line each time the metrics are asked for."""
        self._queued.set_function(read_value)

    @contextmanager
    def track_subscription(self, transport: str) -> Iterator[None]:
        """Around one open subscription."""
        with self._streams.labels(transport).track_inprogress(), self._track_stream():
            yield

    @contextmanager
    def track_socket(self) -> Iterator[None]:
        """Around one open WebSocket."""
        with self._sockets.track_inprogress(), self._track_stream():
            yield

    @contextmanager
    def _track_stream(self) -> Iterator[None]:
        self.open_streams += 1
        try:
            yield
        finally:
            self.open_streams -= 1

    def watch_pool(self, name: str, state: str, read_value: Callable[[], float]) -> None:
        """Read this figure of a connection pool each time the metrics are asked for."""
        self._pool.labels(name, state).set_function(read_value)

    def render(self) -> bytes:
        """All figures, in Prometheus' text format."""
        return generate_latest(self._registry)
