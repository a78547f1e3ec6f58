"""Targets of KPIs. The figures of attainment and pace are published worked examples."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import generate_id
from domain.kpis import (
    Kpi,
    KpiDirection,
    KpiForm,
    KpiFrequency,
    KpiScope,
    KpiScopeKind,
    KpiTarget,
    KpiTargetKind,
    KpiTargetSpan,
    KpiTargetStatus,
    TimeAggregation,
)
from domain.kpis.model import MAX_TARGETS
from domain.kpis.targets import Bands, derive_bands, find_target
from domain.kpis.targets.progress import compute_attainment, compute_gap, compute_pace
from tests.factories.domain_examples import (
    NOW,
    TENANT,
    TODAY,
    a_person,
    days_from_today,
    expect_error,
    list_event_actions,
)

ADA = a_person()
UP, DOWN, RANGE = KpiTargetKind.AT_LEAST, KpiTargetKind.AT_MOST, KpiTargetKind.BETWEEN
GREEN, AMBER, RED = KpiTargetStatus.GREEN, KpiTargetStatus.AMBER, KpiTargetStatus.RED
FLOW = {"time_aggregation": TimeAggregation.SUM}


def a_kpi(direction: KpiDirection = KpiDirection.UP, **definition: Any) -> Kpi:
    scope = KpiScope(KpiScopeKind.TEAM, generate_id())
    kpi = Kpi.create(TENANT, scope, owner_id=ADA.id, frequency=KpiFrequency.MONTHLY, name="Margin")
    kpi.define({"direction": direction, **definition}, days_from_today(-100), at=NOW)
    kpi.events.clear()
    return kpi


def a_target(kind: KpiTargetKind, value: str, **more: Any) -> KpiTarget:
    numbers = {name: Decimal(each) for name, each in more.items()}
    return KpiTarget(
        tenant_id=TENANT,
        kpi_id=generate_id(),
        starts_on=TODAY,
        recorded_at=NOW,
        kind=kind,
        value=Decimal(value),
        **numbers,
    )


def set_target(kpi: Kpi, day: int = 0, tolerance: int = 10, **values: Any) -> KpiTarget:
    numbers = {
        name: Decimal(each) if isinstance(each, str) and not hasattr(each, "name") else each
        for name, each in values.items()
    }
    return kpi.set_target(numbers, days_from_today(day), tolerance, at=NOW)


@pytest.mark.parametrize(
    ("bands", "found"),
    [
        (Bands(green_from=Decimal(90), amber_from=Decimal(80)), [RED, AMBER, AMBER, GREEN, GREEN]),
        (Bands(green_to=Decimal(80), amber_to=Decimal(90)), [GREEN, GREEN, AMBER, AMBER, RED]),
        (Bands(green_from=Decimal(90), amber_from=Decimal(90)), [RED, RED, RED, GREEN, GREEN]),
        (
            Bands(Decimal("89.95"), Decimal(90), Decimal(80), Decimal("90.01")),
            [RED, AMBER, AMBER, GREEN, AMBER],
        ),
    ],
)
def test_an_edge_belongs_to_the_better_side(bands: Bands, found: list[KpiTargetStatus]) -> None:
    values = ("79.999", "80", "89.94", "90", "90.01")
    assert [bands.classify(Decimal(each)) for each in values] == found


def test_a_value_is_compared_before_it_is_rounded() -> None:
    bands = Bands(green_from=Decimal(90), amber_from=Decimal(80))
    assert bands.classify(Decimal("89.96")) is AMBER


def test_bands_follow_the_target_and_the_tolerance_even_below_zero() -> None:
    assert derive_bands(UP, Decimal(200), None, 10) == Bands(Decimal(200), None, Decimal(180))
    assert derive_bands(UP, Decimal(-200), None, 10) == Bands(Decimal(-200), None, Decimal(-220))
    assert derive_bands(DOWN, Decimal(4), None, 25) == Bands(
        green_to=Decimal(4), amber_to=Decimal(5)
    )
    assert derive_bands(RANGE, Decimal(18), Decimal(22), 50) == Bands(
        Decimal(18), Decimal(22), Decimal(16), Decimal(24)
    )
    assert derive_bands(UP, Decimal(90), None, 0).classify(Decimal("89.9")) is RED


NUMBERS = st.decimals(-1000, 1000, places=3)


@given(st.sampled_from([*KpiTargetKind]), NUMBERS, NUMBERS, st.integers(0, 100), NUMBERS)
def test_no_value_is_better_than_one_that_is_nearer_to_the_target(
    kind: KpiTargetKind, aim: Decimal, other: Decimal, tolerance: int, value: Decimal
) -> None:
    low, high = sorted((aim, other))
    bands = derive_bands(kind, low, high, tolerance)
    order = [GREEN, AMBER, RED]
    inside = high if kind in (KpiTargetKind.AT_LEAST, KpiTargetKind.INCREASE_TO) else low
    nearer = (value + inside) / 2
    assert order.index(bands.classify(nearer)) <= order.index(bands.classify(value))


@pytest.mark.parametrize(
    ("target", "value", "attained"),
    [
        (a_target(UP, "50"), "42", "0.84"),
        (a_target(DOWN, "4"), "5", "0.75"),
        (a_target(DOWN, "4", start_value="8"), "5", "0.75"),
        (a_target(KpiTargetKind.DECREASE_TO, "0", start_value="200"), "100", "0.5"),
        (a_target(KpiTargetKind.INCREASE_TO, "10", start_value="-10"), "5", "0.75"),
        (a_target(UP, "-1"), "-1", "1"),
        (a_target(UP, "-100"), "-150", "0.5"),
        (a_target(UP, "3", start_value="3"), "3", "1"),
        (a_target(UP, "3", start_value="3"), "2.9", "0"),
        (a_target(RANGE, "18", upper_value="22", amber_from="16", amber_to="23"), "20", "1"),
        (a_target(RANGE, "18", upper_value="22", amber_from="16", amber_to="23"), "17", "0.5"),
        (a_target(RANGE, "18", upper_value="22", amber_from="16", amber_to="23"), "22.25", "0.75"),
        (a_target(RANGE, "18", upper_value="22", amber_from="16", amber_to="23"), "40", "0"),
        (a_target(RANGE, "18", upper_value="22", amber_from="18", amber_to="22"), "17", "0"),
    ],
)
def test_attainment_survives_negative_targets_and_starts(
    target: KpiTarget, value: str, attained: str
) -> None:
    assert compute_attainment(target, Decimal(value)) == Fraction(attained)


def test_a_target_of_zero_without_a_start_has_no_attainment() -> None:
    assert compute_attainment(a_target(DOWN, "0"), Decimal(3)) is None


def test_the_gap_of_a_range_is_the_distance_to_its_nearer_end() -> None:
    target = a_target(RANGE, "18", upper_value="22")
    assert [compute_gap(target, Decimal(each)) for each in ("17", "20", "25")] == [-1, 0, 3]
    assert compute_gap(a_target(UP, "50"), Decimal(42)) == -8


def test_pace_is_the_share_of_the_days_that_have_gone() -> None:
    year = date(2026, 1, 1), date(2027, 1, 1)
    gone = compute_pace(*year, date(2026, 3, 2))
    assert gone == Fraction(61, 365)
    assert round(1200 * gone, 1) == Fraction("200.5")
    assert compute_pace(*year, date(2026, 12, 31)) == 1
    assert compute_pace(*year, date(2030, 1, 1)) == 1
    assert compute_pace(*year, date(2025, 12, 31)) == 0


def test_free_days_do_not_count_for_the_pace_unless_all_are_free() -> None:
    june = date(2026, 6, 1), date(2026, 7, 1)
    weekend = [date(2026, 6, day) for day in (6, 7, 13, 14, 20, 21, 27, 28)]
    free = [date(2026, 5, 31), *weekend, date(2026, 7, 4)]
    assert compute_pace(*june, date(2026, 6, 15), free) == Fraction(11, 22)
    assert compute_pace(*june, date(2026, 6, 13), free) == Fraction(10, 22)
    assert compute_pace(*june, date(2026, 5, 31), free) == 0
    assert compute_pace(*june, date(2026, 8, 1), free) == 1
    sunday = date(2026, 6, 7), date(2026, 6, 8)
    assert compute_pace(*sunday, date(2026, 6, 7), free) == 1


def test_a_target_that_is_on_pace_is_green_before_its_end() -> None:
    bands = Bands(green_from=Decimal(1200), amber_from=Decimal(1080))
    pace = Fraction(61, 365)
    found = [bands.classify(Decimal(each), pace) for each in ("200.6", "200.5", "180.5", "180")]
    assert found == [GREEN, AMBER, AMBER, RED]


def test_a_target_holds_until_the_next_one_and_a_period_has_that_of_its_last_day() -> None:
    kpi = a_kpi()
    set_target(kpi, 0, value="90")
    set_target(kpi, 30, value="95")
    found = [find_target(kpi.targets, days_from_today(each)) for each in (-1, 0, 29, 30, 900)]
    assert [each and each.value for each in found] == [None, 90, 90, 95, 95]
    assert list_event_actions(kpi) == ["target_set", "target_set"]
    assert [each.effective_on for each in kpi.events] == [TODAY, days_from_today(30)]


def test_a_target_of_the_same_day_is_corrected_in_place() -> None:
    kpi = a_kpi()
    first = set_target(kpi, value="90")
    assert set_target(kpi, value="95", amber_from="70") is first
    assert (first.value, first.green_from, first.amber_from) == (95, 95, 70)
    kpi.events.clear()
    set_target(kpi, value="95", amber_from="70")
    assert (len(kpi.targets), kpi.events) == (1, [])


@pytest.mark.parametrize(
    ("direction", "kind"),
    [(KpiDirection.UP, UP), (KpiDirection.DOWN, DOWN), (KpiDirection.BAND, RANGE)],
)
def test_the_kind_follows_the_direction(direction: KpiDirection, kind: KpiTargetKind) -> None:
    upper = {"upper_value": "8"} if kind is RANGE else {}
    assert set_target(a_kpi(direction), value="4", **upper).kind is kind


def test_an_end_leaves_no_target_until_the_next_one() -> None:
    kpi = a_kpi()
    set_target(kpi, value="90")
    set_target(kpi, 30, value="95")
    kpi.end_target(days_from_today(10), "The line is closed.", at=NOW)
    found = [find_target(kpi.targets, days_from_today(each)) for each in (9, 10, 29, 30)]
    assert [each and each.value for each in found] == [90, None, None, 95]
    with expect_error(Code.OUT_OF_RANGE, "lastDay"):
        kpi.end_target(days_from_today(20), "Again.", at=NOW)
    with expect_error(Code.REQUIRED, "reason"):
        kpi.end_target(days_from_today(5), " ", at=NOW)
    assert kpi.targets[0].ends_on == days_from_today(10)


def test_a_given_green_edge_moves_amber_along() -> None:
    target = set_target(a_kpi(), value="100", green_from="85")
    assert (target.green_from, target.amber_from) == (85, 85)
    target = set_target(a_kpi(), value="100", green_from="95")
    assert (target.green_from, target.amber_from, target.green_to) == (95, 90, None)


@pytest.mark.parametrize(
    ("kpi", "values", "field"),
    [
        (a_kpi(), {"value": "1", "kind": DOWN}, "kind"),
        (a_kpi(KpiDirection.DOWN), {"value": "1", "kind": UP}, "kind"),
        (a_kpi(), {"value": "1", "upper_value": "2"}, "upperValue"),
        (a_kpi(), {"value": "1", "kind": RANGE}, "upperValue"),
        (a_kpi(), {"value": "3", "upper_value": "2", "kind": RANGE}, "upperValue"),
        (a_kpi(), {"value": "1", "kind": KpiTargetKind.INCREASE_TO}, "startValue"),
        (
            a_kpi(),
            {"value": "1", "kind": KpiTargetKind.INCREASE_TO, "start_value": "2"},
            "startValue",
        ),
        (a_kpi(), {"value": "90", "green_from": "80", "amber_from": "85"}, "amberFrom"),
        (a_kpi(), {"value": "90", "green_to": "95"}, "greenTo"),
        (a_kpi(), {"value": "90", "span": KpiTargetSpan.FISCAL_YEAR}, "span"),
        (
            a_kpi(**FLOW, form=KpiForm.RATIO, denominator_time_aggregation=TimeAggregation.SUM),
            {"value": "90", "span": KpiTargetSpan.FISCAL_YEAR},
            "span",
        ),
        (
            a_kpi(**FLOW),
            {"value": "90", "span": KpiTargetSpan.FISCAL_YEAR, "start_value": "3"},
            "startValue",
        ),
    ],
)
def test_a_target_that_does_not_fit_is_refused(
    kpi: Kpi, values: dict[str, Any], field: str
) -> None:
    with expect_error(Code.INVALID, field):
        set_target(kpi, **values)
    assert (kpi.targets, kpi.events) == ([], [])


@pytest.mark.parametrize(
    ("direction", "values", "sentence"),
    [
        (KpiDirection.UP, {"amber_from": "95"}, "Choose a lower edge, or move green."),
        (KpiDirection.DOWN, {"amber_to": "85"}, "Choose a higher edge, or move green."),
        (KpiDirection.UP, {"amber_to": "95"}, "has no edge here. Use amberFrom instead."),
        (KpiDirection.DOWN, {"green_from": "85"}, "has no edge here. Use greenTo instead."),
    ],
)
def test_an_edge_on_the_wrong_side_says_where_it_belongs(
    direction: KpiDirection, values: dict[str, Any], sentence: str
) -> None:
    kpi = a_kpi(direction)
    with pytest.raises(Invalid, match=sentence):
        set_target(kpi, value="90", **values)
    assert kpi.targets == []


def test_a_target_needs_a_value() -> None:
    with expect_error(Code.REQUIRED, "value"):
        set_target(a_kpi())


def test_a_flow_may_have_a_target_for_the_fiscal_year() -> None:
    target = set_target(a_kpi(**FLOW), value="1200", span=KpiTargetSpan.FISCAL_YEAR)
    assert (target.span, target.amber_from) == (KpiTargetSpan.FISCAL_YEAR, 1080)


def test_all_faults_of_a_target_are_told_at_once() -> None:
    kpi = a_kpi()
    with pytest.raises(Invalid) as refused:
        set_target(kpi, value="1", kind=DOWN, upper_value="3")
    assert {each.field for each in refused.value.faults} == {("kind",), ("upperValue",)}


def test_a_kpi_has_a_limited_number_of_targets() -> None:
    kpi = a_kpi()
    for day in range(MAX_TARGETS):
        set_target(kpi, day, value=str(day))
    with expect_error(Code.LIMIT_EXCEEDED):
        set_target(kpi, MAX_TARGETS, value="1")
    assert len(kpi.targets) == MAX_TARGETS
