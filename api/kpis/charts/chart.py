"""What a chart shows: the points of a KPI with their targets, limits and annotations."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class ChartPoint:
    """A period. Without a value there is a gap, or a tick where none is applicable or shown."""

    label: str
    value: Decimal | None = None
    text: str = ""
    """The value as people read it, with its unit."""
    target: Decimal | None = None
    status: str | None = None
    is_provisional: bool = False
    is_restated: bool = False
    is_not_applicable: bool = False
    is_suppressed: bool = False


@dataclass(frozen=True)
class ChartLimits:
    """The natural limits of a process behaviour chart, from one point to another, both included."""

    first: int
    last: int
    mean: Decimal
    lower: Decimal
    upper: Decimal


@dataclass(frozen=True)
class ChartForecast:
    """The forecast at the place of a point, with both ends of its interval."""

    index: int
    value: Decimal
    lower: Decimal
    upper: Decimal


@dataclass(frozen=True)
class ChartAnnotation:
    """What happened between two points, both included."""

    first: int
    last: int
    text: str


@dataclass(frozen=True)
class Chart:
    """A picture of one KPI. `description` is the sentence that says what it shows."""

    title: str
    subtitle: str
    description: str
    points: tuple[ChartPoint, ...]
    limits: tuple[ChartLimits, ...] = ()
    annotations: tuple[ChartAnnotation, ...] = ()
    forecast: tuple[ChartForecast, ...] = ()

    def list_values(self) -> Iterator[Decimal]:
        """Yield every value that must fit into the picture."""
        for each in self.points:
            yield from (value for value in (each.value, each.target) if value is not None)
        for limits in self.limits:
            yield from (limits.lower, limits.upper)
        for forecast in self.forecast:
            yield from (forecast.lower, forecast.upper)
