"""Alert rules: which periods are an episode, and which values are signals."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from domain.alerts import AlertCondition, AlertRule
from domain.alerts.episodes import find_episodes
from domain.alerts.points import Point
from domain.kernel.identity import TenantId
from domain.kpis import KpiTargetStatus
from domain.kpis.analysis.behaviour import ChartValue, Signal, find_signals
from domain.kpis.analysis.signals import KpiSignalRule
from tests.factories.xmr_reference import Baseline, build_chart, find_strongest

RED = KpiTargetStatus.RED
STATUSES = {"r": RED, "g": KpiTargetStatus.GREEN}
SIGNAL = Signal(KpiSignalRule.OUTSIDE_LIMITS, is_provisional=False)


def a_rule(condition: AlertCondition = AlertCondition.RED, **more: Any) -> AlertRule:
    return AlertRule(tenant_id=TenantId(uuid4()), kpi_id=uuid4(), condition=condition, **more)


def some_points(statuses: str) -> list[Point]:
    """Return a point for each letter; after `|` it is not over. Its ordinal is its place."""
    done, _, begun = statuses.partition("|")
    return [
        Point(n, date(2026, 1, 1), Decimal(1), STATUSES[each], is_final=n < len(done))
        for n, each in enumerate(done + begun)
    ]


def find_last(statuses: str, **rule: Any) -> list[int] | None:
    """Return the bad periods of the episode that is not over."""
    found = find_episodes(some_points(statuses), a_rule(**rule))
    return [each.ordinal for each in found[-1].bad] if found and not found[-1].is_over else None


@pytest.mark.parametrize(
    ("statuses", "bad"),
    [
        ("rr", None),
        ("rrr", [0, 1, 2]),
        ("rgrgr", [0, 2, 4]),
        ("rggrgr", None),
        ("rgrgrr", [0, 2, 4, 5]),
        ("rgrgrg", None),
        ("rgrgrgr", None),
    ],
)
def test_three_of_the_last_five_periods_raise_an_alert_until_a_good_one(
    statuses: str, bad: list[int] | None
) -> None:
    """After an episode, periods are counted anew."""
    assert find_last(statuses, periods=3, within_periods=5) == bad


def test_bad_periods_in_a_row_are_counted_as_among_as_many() -> None:
    random = Random(5)
    for _ in range(300):
        statuses = "".join(random.choices("rg", k=random.randrange(12)))
        row = {"periods": random.choice([2, 3]), "release_periods": random.choice([1, 2])}
        among = row | {"within_periods": row["periods"]}
        assert find_last(statuses, **row) == find_last(statuses, **among)


def test_a_window_is_not_smaller_than_the_number_of_bad_periods_in_it() -> None:
    for condition, within, field in (
        (AlertCondition.RED, 2, "withinPeriods"),
        (AlertCondition.WORSE_STATUS, 5, "withinPeriods"),
        (AlertCondition.OVERDUE, 5, "periods"),
    ):
        rule = a_rule(condition, periods=3, within_periods=within)
        assert next(AlertRule.find_value_conflicts(vars(rule))).field == (field,)
    rule = a_rule(by_previous_year=True)
    assert [each.field for each in AlertRule.find_value_conflicts(vars(rule))] == [
        ("byPreviousYear",)
    ]
    assert not [*AlertRule.find_value_conflicts(vars(a_rule(periods=3, within_periods=3)))]


@pytest.mark.parametrize(
    ("statuses", "at", "bad"),
    [("ggg", {2}, [2]), ("ggg", {1}, None), ("gg|g", {2}, None), ("gg|g", {1}, [1])],
)
def test_only_a_signal_in_the_newest_period_that_is_over_raises_an_alert(
    statuses: str, at: set[int], bad: list[int] | None
) -> None:
    signals = dict.fromkeys(at, SIGNAL)
    found = find_episodes(some_points(statuses), a_rule(AlertCondition.SIGNAL), signals)
    last = found[-1] if found and not found[-1].is_over else None
    assert (last and [each.ordinal for each in last.bad]) == bad


def find_rules(values: dict[int, Fraction], resets: list[int]) -> dict[int, KpiSignalRule]:
    """Return the signals of values by month; the month is the ordinal."""
    listed = [
        ChartValue(n, date(n // 12, n % 12 + 1, 1), Decimal(each.numerator))
        for n, each in values.items()
    ]
    found = find_signals(listed, [date(n // 12, n % 12 + 1, 1) for n in resets])
    return {n: each.rule for n, each in found.items()}


def test_signals_are_those_of_the_reference() -> None:
    """Values in blocks with holes, shifts and resets, of which many lie on the mean or a limit."""
    random, first, seen = Random(23), 2023 * 12, 0
    for _ in range(300):
        level, values = 0, dict[int, Fraction]()
        for month in range(first, first + random.choice([7, 20, 40])):
            level += random.choice([0] * 9 + [2, -3])
            if random.random() > 0.1:
                values[month] = Fraction(level + random.choice([-1, 0, 0, 1, 1]))
        resets = random.sample(range(first - 2, first + 38), random.choice([0, 0, 1, 2]))
        chart = build_chart(values, [Baseline(each) for each in resets])
        assert find_rules(values, resets) == find_strongest(chart)
        seen += len(chart.signals)
    assert seen > 200


def test_limits_of_fewer_than_twelve_values_are_provisional() -> None:
    """Wheeler and Chambers, "Understanding Statistical Process Control"."""
    series = "5045 4350 4350 3975 4290 4430 4485 4285 3980 3925 3645 3760 3300 3685 3463 5200"
    values = [
        ChartValue(n, date(2023, 1, 1), Decimal(each)) for n, each in enumerate(series.split())
    ]
    assert find_signals(values, []) == {15: SIGNAL}
    few = [ChartValue(n, date(2023, 1, 1), Decimal(n % 2)) for n in range(6)]
    far = ChartValue(6, date(2023, 1, 1), Decimal(99))
    assert find_signals([*few[:4], far], []) == {}
    assert find_signals([*few, far], []) == {
        6: Signal(KpiSignalRule.OUTSIDE_LIMITS, is_provisional=True)
    }
