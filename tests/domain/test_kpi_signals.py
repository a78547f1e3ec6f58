"""Signals follow Wheeler's process behaviour chart, checked with published numbers."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kpis.signals import (
    Baseline,
    Chart,
    ChartState,
    Limits,
    Signal,
    SignalRule,
    build_chart,
    subtract_previous_year,
)

OUTSIDE, NEAR = SignalRule.OUTSIDE_LIMITS, SignalRule.THREE_OF_FOUR_NEAR_A_LIMIT
EIGHT = SignalRule.EIGHT_ON_ONE_SIDE
NOTHING: dict[SignalRule, list[int]] = {}

RESISTANCE = "5045 4350 4350 3975 4290 4430 4485 4285 3980 3925 3645 3760 3300 3685 3463 5200"
"""Wheeler and Chambers, "Understanding Statistical Process Control"."""

DIMENSION = "110 103 97 96 105 110 100 93 90 103 97 103 90 97 99 106 90 96 109 90 91 108 96 101 96"
"""Pyzdek and Keller, "The Six Sigma Handbook", table 9.4."""


def number(values: str, first: int = 1) -> dict[int, Fraction]:
    """Return the values by their places; a dash is a hole."""
    return {
        place: Fraction(each) for place, each in enumerate(values.split(), first) if each != "-"
    }


def chart(values: str, *baselines: Baseline) -> Chart:
    return build_chart(number(values), baselines)


def limits_of(found: Chart) -> Limits:
    limits = found.segments[-1].limits
    assert limits is not None
    return limits


def round_all(limits: Limits, places: int = 2) -> tuple[float, ...]:
    found = limits.mean, limits.lower, limits.upper, limits.range_limit
    return tuple(float(round(each, places)) for each in found)


def places_by_rule(found: Chart) -> dict[SignalRule, list[int]]:
    rules = {each.rule for each in found.signals}
    return {rule: [each.ordinal for each in found.signals if each.rule is rule] for rule in rules}


def test_wheelers_resistances_have_his_limits_and_one_value_outside() -> None:
    found = chart(RESISTANCE)
    assert round_all(limits_of(found)) == (4135.5, 3188.72, 5082.28, 1163.19)
    assert found.signals == (Signal(16, OUTSIDE, is_above=True),)


def test_a_baseline_of_fifteen_values_shows_what_came_before_and_after() -> None:
    found = chart(RESISTANCE, Baseline(1, 15))
    assert round_all(limits_of(found))[:3] == (4064.53, 3380.15, 4748.91)
    assert places_by_rule(found) == {OUTSIDE: [1, 13, 16], NEAR: [14, 15]}
    assert found.segments[0].points == 15


def test_a_stable_process_has_no_signal() -> None:
    found = chart(DIMENSION, Baseline(1, 25))
    assert round_all(limits_of(found)) == (99.04, 77.32, 120.76, 26.69)
    assert found.signals == ()


def test_limits_stay_as_they_are_after_twenty_four_values() -> None:
    quiet = "10 12 " * 12
    assert limits_of(chart(quiet)) == limits_of(chart(quiet + "99 99 99"))
    assert limits_of(chart("10 12 " * 11)) != limits_of(chart("10 12 " * 11 + "13 10"))


@pytest.mark.parametrize(
    ("points", "state"),
    [
        (5, ChartState.TOO_FEW_POINTS),
        (6, ChartState.PROVISIONAL),
        (11, ChartState.PROVISIONAL),
        (12, ChartState.FIRM),
    ],
)
def test_few_points_give_no_limits_or_provisional_ones(points: int, state: ChartState) -> None:
    (segment,) = chart("1 3 " * 3 + "2 4 " * 3, Baseline(1, points)).segments
    assert segment.state is state
    assert segment.points == points
    assert (segment.limits is None) == (state is ChartState.TOO_FEW_POINTS)


def test_without_values_there_is_no_chart() -> None:
    assert build_chart({}) == Chart((), ())


def test_equal_values_have_no_variation_and_no_signal() -> None:
    found = chart("7 7 7 7 7 7 7 7 7 7 7 7 900", Baseline(1, 12))
    assert found.segments[0].state is ChartState.NO_VARIATION
    assert found.signals == ()


def test_a_value_on_the_limit_is_not_outside() -> None:
    quiet = "0 1 " * 6  # The mean is 0.5 and the mean range 1.
    inside = chart(quiet + "0.5 3.16 -2.16", Baseline(1, 12))
    assert OUTSIDE not in places_by_rule(inside)
    outside = chart(quiet + "0.5 3.1600001 -2.1600001", Baseline(1, 12))
    assert places_by_rule(outside)[OUTSIDE] == [14, 15]
    assert [each.is_above for each in outside.signals if each.rule is OUTSIDE] == [True, False]


def test_eight_values_on_one_side_are_a_signal_from_the_eighth_on() -> None:
    quiet = "0 1 " * 6
    assert places_by_rule(chart(quiet + "0 " + "1 " * 9, Baseline(1, 12))) == {EIGHT: [21, 22]}
    assert places_by_rule(chart(quiet + "0 " + "1 " * 7, Baseline(1, 12))) == NOTHING


def test_a_value_on_the_mean_ends_a_run() -> None:
    for end in ("0.5 1 1 1 1 1 1 1", "1 1 1 0.5"):
        values = "0 1 " * 6 + "0 1 1 1 1 " + end
        assert places_by_rule(chart(values, Baseline(1, 12))) == NOTHING


def test_no_run_crosses_a_hole() -> None:
    values = "0 1 " * 6 + "0 1 1 1 1 - 1 1 1 1 1 1 1"
    assert places_by_rule(chart(values, Baseline(1, 12))) == NOTHING


def test_three_of_four_near_one_limit_are_a_signal_at_the_value_that_completes_them() -> None:
    quiet = "0 1 " * 6  # Half of the way to the limits is at 1.83 and -0.83.
    assert places_by_rule(chart(quiet + "0 2 0 2 2 0", Baseline(1, 12))) == {NEAR: [17]}
    assert places_by_rule(chart(quiet + "0 2 0 0 2 2", Baseline(1, 12))) == NOTHING
    assert places_by_rule(chart(quiet + "0 2 -1 2 -1", Baseline(1, 12))) == NOTHING
    assert places_by_rule(chart(quiet + "0 1.83 1.83 1.83", Baseline(1, 12))) == NOTHING
    assert places_by_rule(chart(quiet + "0 2 2 - 2", Baseline(1, 12))) == NOTHING
    assert places_by_rule(chart(quiet + "0 -1 -1 -1", Baseline(1, 12))) == {NEAR: [16]}


def test_no_range_crosses_a_hole() -> None:
    whole = limits_of(chart("0 1 0 1 0 1 - 100 101 100 101 100 101"))
    assert whole.upper - whole.mean == Fraction("2.66")


def test_values_without_neighbours_have_no_limits() -> None:
    assert chart("1 - 2 - 1 - 2 - 1 - 2").segments[0].state is ChartState.TOO_FEW_POINTS


def test_a_new_baseline_has_its_own_limits_and_runs() -> None:
    before, after = "0 1 " * 6, "10 11 " * 6
    shifted = chart(before + after, Baseline(1, 12))
    assert places_by_rule(shifted)[OUTSIDE] == list(range(13, 25))
    found = chart(before + after, Baseline(1, 12), Baseline(13))
    assert found.signals == ()
    assert [each.limits and each.limits.mean for each in found.segments] == [
        Fraction("0.5"),
        Fraction("10.5"),
    ]


def test_values_before_the_first_baseline_have_a_baseline_of_their_own() -> None:
    found = chart("0 1 " * 6 + "10 11 " * 6, Baseline(13))
    assert [each.baseline.first for each in found.segments] == [1, 13]
    assert [each.points for each in found.segments] == [12, 12]


def test_natural_bounds_cut_the_limits_that_are_drawn_only() -> None:
    limits = limits_of(chart("0 1 " * 6))
    drawn = limits.clip(Fraction(0), None)
    assert (drawn.lower, drawn.upper) == (0, limits.upper)
    assert limits.lower < 0


def test_a_season_is_charted_by_its_differences_to_the_previous_year() -> None:
    season = [0, 5, 9, 12, 9, 5, 0, -5, -9, -12, -9, -5]
    values = {month: Fraction(season[month % 12] + month % 2 * 3) for month in range(36)}
    assert build_chart(values, [Baseline(0, 23)]).signals != ()
    differences = subtract_previous_year(values, lambda month: month - 12)
    assert differences == {month: Fraction(0) for month in range(12, 36)}
    del values[5]
    assert 17 not in subtract_previous_year(values, lambda month: month - 12)


@given(st.lists(st.fractions(-100, 100, max_denominator=50), min_size=6, max_size=40))
def test_signals_do_not_depend_on_the_unit(values: list[Fraction]) -> None:
    one = build_chart(dict(enumerate(values)))
    other = build_chart(dict(enumerate(value * 7 + 3 for value in values)))
    assert one.signals == other.signals
    mirrored = build_chart(dict(enumerate(-value for value in values)))
    assert [(each.ordinal, each.rule, not each.is_above) for each in mirrored.signals] == [
        (each.ordinal, each.rule, each.is_above) for each in one.signals
    ]
