"""The process behaviour chart in fractions: what the SQL of `persistence.signals` must find."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from domain.kpis.analysis.signals import KpiLimitState, KpiSignalRule

LIMIT_FACTOR, RANGE_FACTOR = Fraction("2.66"), Fraction("3.268")
MIN_POINTS, FIRM_POINTS, BASELINE_POINTS = 6, 12, 24
RUN_LENGTH, NEAR_POINTS, NEAR_WINDOW = 8, 3, 4


@dataclass(frozen=True)
class Baseline:
    """Periods that limits are computed from. They hold until the next baseline begins.

    Without a last period, these are the first 24 that have a value.
    """

    first: int
    last: int | None = None


@dataclass(frozen=True)
class Limits:
    """The mean and the natural limits. The range limit is that of a difference to the next."""

    mean: Fraction
    lower: Fraction
    upper: Fraction
    range_limit: Fraction


@dataclass(frozen=True)
class Segment:
    """The periods from one baseline to the next. Without limits there are no signals."""

    baseline: Baseline
    state: KpiLimitState
    points: int
    limits: Limits | None = None


@dataclass(frozen=True)
class Signal:
    """A value that follows a rule, with the side of the mean that it is on."""

    ordinal: int
    rule: KpiSignalRule
    is_above: bool


@dataclass(frozen=True)
class Chart:
    """A process behaviour chart: its segments in their order, and its signals by period."""

    segments: tuple[Segment, ...]
    signals: tuple[Signal, ...]


def build_chart(values: Mapping[int, Fraction], baselines: Sequence[Baseline] = ()) -> Chart:
    """Return the chart of values by the ordinals of their periods.

    A period without a value is a hole, and so is one that a person excludes: leave it out. No
    range and no run crosses a hole. Without a baseline, one begins with the first value.
    """
    starts = sorted(baselines, key=lambda each: each.first)
    if values and (not starts or min(values) < starts[0].first):
        starts = [Baseline(min(values)), *starts]
    segments, signals = list[Segment](), list[Signal]()
    for baseline, following in pairwise([*starts, None]):
        assert baseline is not None
        own = {
            ordinal: values[ordinal]
            for ordinal in sorted(values)
            if ordinal >= baseline.first and (following is None or ordinal < following.first)
        }
        segment = _compute_segment(baseline, own)
        segments.append(segment)
        if segment.limits is not None:
            signals += _find_signals(own, segment.limits)
    return Chart(tuple(segments), tuple(signals))


def subtract_previous_year(
    values: Mapping[int, Fraction], find_previous_year: Callable[[int], int | None]
) -> dict[int, Fraction]:
    """Return the differences to the previous year, for KPIs with seasons.

    A period without a value a year before is a hole.
    """
    earlier = {ordinal: find_previous_year(ordinal) for ordinal in values}
    return {
        ordinal: value - values[before]
        for ordinal, value in values.items()
        if (before := earlier[ordinal]) is not None and before in values
    }


def _compute_segment(baseline: Baseline, values: Mapping[int, Fraction]) -> Segment:
    used = [each for each in values if baseline.last is None or each <= baseline.last]
    if baseline.last is None:
        used = used[:BASELINE_POINTS]
    points = len(used)
    ranges = [abs(values[b] - values[a]) for a, b in pairwise(used) if b == a + 1]
    if points < MIN_POINTS or not ranges:
        return Segment(baseline, KpiLimitState.TOO_FEW_POINTS, points)
    mean = sum((values[each] for each in used), Fraction(0)) / points
    mean_range = sum(ranges, Fraction(0)) / len(ranges)
    if not mean_range:
        return Segment(baseline, KpiLimitState.NO_VARIATION, points)
    distance = LIMIT_FACTOR * mean_range
    limits = Limits(mean, mean - distance, mean + distance, RANGE_FACTOR * mean_range)
    state = KpiLimitState.FIRM if points >= FIRM_POINTS else KpiLimitState.PROVISIONAL
    return Segment(baseline, state, points, limits)


def _find_signals(values: Mapping[int, Fraction], limits: Limits) -> Iterator[Signal]:
    """Yield the signals at the periods that complete them.

    A value on a limit is not outside. A value on the mean is on no side, and ends a run.
    """
    run, nearby = list[int](), list[int]()
    for ordinal, value in values.items():
        if ordinal - 1 not in values:
            run, nearby = [], []
        side = _compare(value, limits.mean)
        run = [*run, side] if side and side in run[-1:] else [side] * abs(side)
        nearby = [*nearby[1 - NEAR_WINDOW :], _find_near_side(value, limits)]
        is_above = side > 0
        if not limits.lower <= value <= limits.upper:
            yield Signal(ordinal, KpiSignalRule.OUTSIDE_LIMITS, is_above)
        if len(run) >= RUN_LENGTH:
            yield Signal(ordinal, KpiSignalRule.EIGHT_ON_ONE_SIDE, is_above)
        if nearby[-1] and nearby.count(nearby[-1]) >= NEAR_POINTS:
            yield Signal(ordinal, KpiSignalRule.THREE_OF_FOUR_NEAR_A_LIMIT, is_above)


def _find_near_side(value: Fraction, limits: Limits) -> int:
    """Return the side of the limit that a value is nearer to than to the mean; else 0."""
    distance = 2 * abs(value - limits.mean)
    return _compare(value, limits.mean) if distance > limits.upper - limits.mean else 0


def _compare(value: Fraction, other: Fraction) -> int:
    return (value > other) - (value < other)


def find_strongest(chart: Chart) -> dict[int, KpiSignalRule]:
    """Return the strongest rule of each period that has a signal."""
    strength = list(KpiSignalRule)
    found = dict[int, KpiSignalRule]()
    for each in sorted(chart.signals, key=lambda each: strength.index(each.rule)):
        found.setdefault(each.ordinal, each.rule)
    return dict(sorted(found.items()))
