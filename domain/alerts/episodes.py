"""Episodes: runs of bad periods, from the first one until the KPI has recovered."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

from domain.alerts.enums import AlertCondition
from domain.alerts.points import Point
from domain.alerts.rules import AlertRule
from domain.kpis import KpiTargetStatus
from domain.kpis.analysis.behaviour import Signal

RANKS = {KpiTargetStatus.GREEN: 0, KpiTargetStatus.AMBER: 1, KpiTargetStatus.RED: 2}
NO_SIGNALS: Mapping[int, Signal] = MappingProxyType({})


class Verdict(Enum):
    """What a period says to a rule. BETWEEN neither raises an alert nor ends one."""

    BAD = auto()
    BETWEEN = auto()
    GOOD = auto()


@dataclass(frozen=True)
class Episode:
    """The bad periods of a run, in their order. `is_over` if good ones have ended it."""

    bad: Sequence[Point]
    is_over: bool

    def includes(self, ordinal: int) -> bool:
        """Return whether a period is one of the bad ones."""
        return any(each.ordinal == ordinal for each in self.bad)


Judge = Callable[[Point, Point | None], Verdict | None]
"""Returns what a period says, given the last one before the run; None if it says nothing."""


def find_episodes(
    points: Iterable[Point], rule: AlertRule, signals: Mapping[int, Signal] = NO_SIGNALS
) -> list[Episode]:
    """Return the episodes that a rule sees in the periods of a KPI; only the last may be open.

    Periods without a value are not among the points. They neither end an episode nor a run.
    """
    judge, found = _choose_judge(rule, signals), list[Episode]()
    bad, before, good, recent = list[Point](), None, 0, _Recent(rule)
    for each in points:
        verdict = judge(each, before)
        if verdict is None:
            continue
        is_open = len(bad) >= rule.periods
        good = good + 1 if verdict is Verdict.GOOD else 0
        if not is_open:
            bad = recent.list_bad(each, verdict)
        elif verdict is Verdict.BAD:
            bad.append(each)
        elif good >= rule.release_periods:
            found.append(Episode(bad, is_over=True))
            bad, recent = [], _Recent(rule)
        if verdict is not Verdict.BAD and len(bad) < rule.periods:
            before = each
    if len(bad) >= rule.periods:
        found.append(Episode(bad, is_over=False))
    return found


class _Recent:
    """The last periods, among which the bad ones are counted until there are enough."""

    def __init__(self, rule: AlertRule) -> None:
        self.verdicts = deque[tuple[Point, Verdict]](maxlen=rule.within_periods or rule.periods)

    def list_bad(self, point: Point, verdict: Verdict) -> list[Point]:
        """Add a period, and return those that are bad."""
        self.verdicts.append((point, verdict))
        return [point for point, verdict in self.verdicts if verdict is Verdict.BAD]


def _choose_judge(rule: AlertRule, signals: Mapping[int, Signal]) -> Judge:
    match rule.condition:
        case AlertCondition.RED:
            return lambda point, _: _judge_rank(point, RANKS[KpiTargetStatus.RED])
        case AlertCondition.AMBER_OR_RED:
            return lambda point, _: _judge_rank(point, RANKS[KpiTargetStatus.AMBER])
        case AlertCondition.WORSE_STATUS:
            return _judge_worse
        case AlertCondition.SIGNAL:
            return lambda point, _: _judge_signal(point, signals)
        case _:
            return lambda point, _: _judge_value(point, rule)


def _judge_signal(point: Point, signals: Mapping[int, Signal]) -> Verdict | None:
    if not point.is_final:
        return None
    return Verdict.BAD if point.ordinal in signals else Verdict.GOOD


def _judge_rank(point: Point, worst: int) -> Verdict | None:
    rank = RANKS.get(point.status)
    if rank is None:
        return None
    return _settle(point, is_bad=rank >= worst)


def _judge_worse(point: Point, before: Point | None) -> Verdict | None:
    """Compare with the status before it became worse, until that is reached again."""
    rank = RANKS.get(point.status)
    if rank is None:
        return None
    former = RANKS.get(before.status, 2) if before else 2
    return _settle(point, is_bad=rank > former)


def _judge_value(point: Point, rule: AlertRule) -> Verdict | None:
    sign = 1 if rule.condition is AlertCondition.ABOVE else -1
    threshold, value = rule.threshold, point.value
    if threshold is None or value is None or (sign < 0 and not point.is_final):
        return None
    release = threshold if rule.release_threshold is None else rule.release_threshold
    if sign * (value - threshold) > 0:
        return Verdict.BAD
    is_good = sign * (value - release) <= 0
    return _settle(point, is_bad=False) if is_good or not point.is_final else Verdict.BETWEEN


def _settle(point: Point, *, is_bad: bool) -> Verdict | None:
    """Return the verdict; a period that is not over is bad or says nothing."""
    if is_bad:
        return Verdict.BAD
    return Verdict.GOOD if point.is_final else None
