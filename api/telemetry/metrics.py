"""Prometheus metrics. No label names a tenant or a person, so there are few series."""

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
from persistence.queue.directory import QueueTotals

_DURATION_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The metrics of one process."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self.open_streams = 0  # WebSockets and subscriptions
        self._registry = CollectorRegistry()
        # Few entries, because operation types and codes are closed lists.
        self._request_series: dict[tuple[str, str], tuple[Counter, Histogram]] = {}
        self._requests = self._create_counter(
            "trellis_requests",
            "Finished requests, by operation type and by first error code (or OK).",
            "operation",
            "outcome",
        )
        self._durations = Histogram(
            "trellis_request_seconds",
            "Duration of requests in seconds, without subscriptions.",
            ["operation"],
            buckets=_DURATION_BUCKETS,
            registry=self._registry,
        )
        self._in_flight = self._create_gauge(
            "trellis_requests_in_flight", "GraphQL operations being executed."
        )
        self._queued = self._create_gauge(
            "trellis_requests_waiting", "GraphQL operations waiting for a slot."
        )
        self._streams = self._create_gauge(
            "trellis_subscriptions", "Open subscriptions.", "transport"
        )
        self._sockets = self._create_gauge("trellis_sockets", "Open WebSockets.")
        self._pool = self._create_gauge(
            "trellis_pool_connections", "Connections to PostgreSQL.", "database", "pool", "state"
        )
        self._databases = self._create_gauge(
            "trellis_database_up",
            "Whether a database is served; 1 before its first use.",
            "database",
        )
        self._define_tasks_and_tokens()

    def _define_tasks_and_tokens(self) -> None:
        self._tasks = self._create_gauge(
            "trellis_background_tasks",
            "Background tasks that wait or run, or are dead.",
            "database",
            "state",
        )
        self._task_delay = self._create_gauge(
            "trellis_background_delay_seconds",
            "How long the background task that waits longest has been due.",
            "database",
        )
        self._refused_tokens = self._create_counter(
            "trellis_refused_tokens",
            "Requests with a refused access token, by the rule that it breaks.",
            "rule",
        )
        self._task_runs = self._create_counter(
            "trellis_background_runs",
            "Runs of background tasks in this process, by kind and outcome (ok or failed).",
            "kind",
            "outcome",
        )

    def _create_counter(self, name: str, description: str, *labels: str) -> Counter:
        return Counter(name, description, labels, registry=self._registry)

    def _create_gauge(self, name: str, description: str, *labels: str) -> Gauge:
        return Gauge(name, description, labels, registry=self._registry)

    def count_request(self, record: RequestRecord) -> None:
        """Count a finished request, and observe its duration."""
        operation, outcome = record.operation, record.outcome
        key = operation, outcome
        counters = self._request_series.get(key)
        if counters is None:
            counters = self._request_series[key] = (
                self._requests.labels(operation, outcome),
                self._durations.labels(operation),
            )
        counters[0].inc()
        if record.broken_rule is not None:
            self._refused_tokens.labels(record.broken_rule).inc()
        if not record.is_streaming:
            counters[1].observe(record.measure_seconds())

    def watch_in_flight(self, read_value: Callable[[], float]) -> None:
        """Read the number of running operations whenever the metrics are rendered."""
        self._in_flight.set_function(read_value)

    def watch_queue(self, read_value: Callable[[], float]) -> None:
        """Read the number of queued operations whenever the metrics are rendered."""
        self._queued.set_function(read_value)

    @contextmanager
    def track_subscription(self, transport: str) -> Iterator[None]:
        """Count a subscription as open for the block."""
        with self._streams.labels(transport).track_inprogress(), self._track_stream():
            yield

    @contextmanager
    def track_socket(self) -> Iterator[None]:
        """Count a WebSocket as open for the block."""
        with self._sockets.track_inprogress(), self._track_stream():
            yield

    @contextmanager
    def _track_stream(self) -> Iterator[None]:
        self.open_streams += 1
        try:
            yield
        finally:
            self.open_streams -= 1

    def watch_pool(
        self, database: str, name: str, state: str, read_value: Callable[[], float]
    ) -> None:
        """Read a number of a pool's connections whenever the metrics are rendered."""
        self._pool.labels(database, name, state).set_function(read_value)

    def watch_database(self, name: str, is_served: Callable[[], bool]) -> None:
        """Read whether a database is served whenever the metrics are rendered."""
        self._databases.labels(name).set_function(is_served)

    def watch_tasks(self, database: str, read_totals: Callable[[], QueueTotals]) -> None:
        """Read the totals of a database's queue whenever the metrics are rendered."""
        self._tasks.labels(database, "waiting").set_function(lambda: read_totals().waiting)
        self._tasks.labels(database, "dead").set_function(lambda: read_totals().dead)
        self._task_delay.labels(database).set_function(lambda: read_totals().delay_seconds)

    def count_task(self, kind: str, outcome: str) -> None:
        """Count a run of a background task."""
        self._task_runs.labels(kind, outcome).inc()

    def render(self) -> bytes:
        """Render all metrics in the text format of Prometheus."""
        return generate_latest(self._registry)
