"""KPIs that Trellis measures itself: their definitions, and how values follow what is counted."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain import kpis
from domain.kernel.errors import Code
from domain.kernel.faults import SeveralFaults
from domain.kpis import (
    Kpi,
    KpiFrequency,
    KpiScope,
    KpiScopeKind,
    KpiUnit,
    TimeAggregation,
)
from domain.kpis.measurements import KpiMeasurement, KpiMeasurementRevision, MeasurementRow
from domain.kpis.measurements.use_cases import record
from domain.kpis.own_data.measures import MEASURES, MEASURES_OF_SURVEYS, SOURCE_FIELDS, KpiMeasure
from domain.kpis.own_data.measuring import measure
from domain.kpis.own_data.tasks import MEASURE
from domain.kpis.templates import TEMPLATES, TemplateChoice, create_from_template
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import (
    NOW,
    TENANT,
    a_person,
    a_unit,
    an_actor,
    expect_error,
)
from tests.factories.tenants import a_tenant

ADA, UNIT = a_person(), a_unit()
SCOPE = KpiScope(KpiScopeKind.ORGANIZATION, UNIT.id)
LEAVERS, CLOSING = KpiMeasure.LEAVERS, KpiMeasure.HEADCOUNT_END
JANUARY, FEBRUARY, MARCH = (2025 * 12 + month for month in range(3))


def a_kpi(frequency: KpiFrequency = KpiFrequency.MONTHLY, **definition: Any) -> Kpi:
    kpi = Kpi.create(TENANT, SCOPE, owner_id=ADA.id, frequency=frequency, name="Headcount")
    kpi.define(definition, date(2025, 1, 1), at=NOW)
    kpi.events.clear()
    return kpi


def begin_work(*others: Any) -> FakeWork:
    return FakeWork(an_actor(ADA, "hr"), [ADA, UNIT, a_tenant(TENANT), *others])


def counted(ordinal: int, value: int, people: int, divisor: int = 1) -> tuple[Any, ...]:
    return ordinal, Decimal(value), Decimal(divisor), people


async def follow(work: FakeWork, kpi: Kpi, *rows: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """Let a KPI follow what is counted; return its periods with state, value and revision."""
    work.rows = [*rows]
    await measure(work, kpi_id=str(kpi.id))
    return show(await work.list_parts(KpiMeasurement))


def show(stored: Sequence[Any]) -> list[tuple[Any, ...]]:
    return sorted(
        (each.period_ordinal, each.state.value, each.value, each.revision) for each in stored
    )


@pytest.mark.parametrize("of", KpiMeasure)
def test_a_measure_says_what_a_definition_leaves_out(of: KpiMeasure) -> None:
    source = dict.fromkeys(SOURCE_FIELDS if of in MEASURES_OF_SURVEYS else (), UNIT.id)
    kpi, facts = a_kpi(measure=of, decimals=3, **source), MEASURES[of]
    (definition,) = kpi.definitions
    assert (definition.unit, definition.unit_name) == (facts.unit, facts.unit_name)
    assert (definition.time_aggregation, definition.calculation) == (
        *(facts.time_aggregation, facts.meaning),
    )
    assert definition.decimals == 3
    assert kpi.describes_people


def test_what_does_not_fit_a_measure_is_refused() -> None:
    kpi = a_kpi(measure=CLOSING)
    summed = {"time_aggregation": TimeAggregation.SUM, "unit": KpiUnit.SHARE}
    with pytest.raises(SeveralFaults) as raised:
        kpi.redefine(summed, date(2025, 2, 1), "Why not?", at=NOW)
    assert [each.field for each in raised.value.faults] == [("unit",), ("timeAggregation",)]
    with expect_error(Code.INVALID, "measure"):
        kpi.redefine({"formula": "1"}, date(2025, 2, 1), "Why not?", at=NOW)
    with expect_error(Code.INVALID, "measure"):
        a_kpi(KpiFrequency.IRREGULAR, measure=CLOSING)
    assert len(kpi.definitions) == 1


def test_kinds_of_leavings_need_periods_of_months_at_least() -> None:
    for frequency in (KpiFrequency.DAILY, KpiFrequency.WEEKLY):
        with expect_error(Code.INVALID, "measure"):
            a_kpi(frequency, measure=KpiMeasure.VOLUNTARY_LEAVERS)
    a_kpi(KpiFrequency.QUARTERLY, measure=KpiMeasure.INVOLUNTARY_LEAVERS)


@pytest.mark.anyio
async def test_leavings_without_a_kind_are_told_and_the_present_period_is_not_measured() -> None:
    kpi = a_kpi(measure=KpiMeasure.VOLUNTARY_LEAVERS)
    work = begin_work(kpi)
    asked = list[Any]()
    work.run_statement = record_questions(asked, work)  # type: ignore[method-assign]
    few = (*counted(FEBRUARY, 1, 4), 3)

    async def explain(unknown: int) -> list[Any]:
        await follow(work, kpi, (*counted(JANUARY, 3, 9), unknown), few)
        found = sorted(await work.list_parts(KpiMeasurement), key=lambda each: each.starts_on)
        return [(each.value, each.explanation, each.revision) for each in found]

    hidden = (None, None, 1)
    assert await explain(2) == [(3, "2 of 9 leavers have no kind.", 1), hidden]
    assert await explain(2) == [(3, "2 of 9 leavers have no kind.", 1), hidden]
    assert await explain(0) == [(3, None, 2), hidden]
    assert max(max(each["last_days"]) for each in asked) == date(2025, 5, 31)


def record_questions(asked: list[Any], work: FakeWork) -> Any:
    async def run(name: str, **values: Any) -> Any:
        asked.append({"name": name, **values})
        return work.rows

    return run


@pytest.mark.anyio
async def test_values_follow_what_is_counted_and_are_kept() -> None:
    kpi = a_kpi(measure=CLOSING)
    work = begin_work(kpi)
    rows = (
        counted(JANUARY - 1, 0, 0),
        counted(JANUARY, 8, 8),
        counted(FEBRUARY, 4, 4),
        counted(MARCH, 9, 9),
    )
    assert await follow(work, kpi, *rows) == [
        (JANUARY, "measured", 8, 1),
        (FEBRUARY, "suppressed", None, 1),
        (MARCH, "measured", 9, 1),
    ]
    assert [(each.kind, each.arguments) for each in work.tasks] == [
        (MEASURE, {"kpi_id": str(kpi.id)})
    ]
    late = counted(JANUARY, 7, 7), counted(FEBRUARY, 5, 5), counted(MARCH, 9, 9)
    assert await follow(work, kpi, *late) == [
        (JANUARY, "measured", 7, 2),
        (FEBRUARY, "measured", 5, 2),
        (MARCH, "measured", 9, 1),
    ]
    kept = await work.list_parts(KpiMeasurementRevision)
    assert show(kept) == [(JANUARY, "measured", 8, 1), (FEBRUARY, "suppressed", None, 1)]
    assert await follow(work, kpi, *late) == show(await work.list_parts(KpiMeasurement))
    assert len(await work.list_parts(KpiMeasurementRevision)) == 2


@pytest.mark.anyio
async def test_a_mean_is_divided_once_and_a_group_that_has_gone_leaves_no_value() -> None:
    kpi = a_kpi(measure=KpiMeasure.HEADCOUNT_DAILY_AVERAGE)
    work = begin_work(kpi)
    assert await follow(work, kpi, counted(JANUARY, 220, 7, 30)) == [
        (JANUARY, "measured", Decimal("7.333333333333"), 1)
    ]
    assert await follow(work, kpi) == []
    kpi.archive()
    assert await follow(work, kpi, counted(JANUARY, 220, 7, 30)) == []


@pytest.mark.anyio
async def test_what_is_measured_of_goals_is_a_ratio() -> None:
    kpi = a_kpi(measure=KpiMeasure.GOAL_ATTAINMENT)
    work = begin_work(kpi)
    rows = counted(JANUARY, 4, 5, 6), counted(FEBRUARY, 0, 5, 0), counted(MARCH, 3, 2, 6)
    assert await follow(work, kpi, *rows) == [
        (JANUARY, "measured", Decimal("0.666666666667"), 1),
        (FEBRUARY, "not_applicable", None, 1),
        (MARCH, "suppressed", None, 1),
    ]
    (january, *_) = await work.list_parts(KpiMeasurement)
    assert (january.numerator, january.denominator, january.item_count) == (4, 6, 5)


@pytest.mark.anyio
async def test_nobody_enters_what_trellis_measures() -> None:
    kpi = a_kpi(measure=LEAVERS)
    work = begin_work(kpi)
    row = MeasurementRow(kpi_id=kpi.id, period="2025-01", value=Decimal(3))
    (result,) = (await record(work, [row], {})).rows
    (fault,) = result.faults
    assert fault.field == ("kpiId",)
    assert str(fault) == (
        "Trellis measures this KPI in 2025-01, from its own data. Correct those data, or redefine"
        " the KPI."
    )
    with expect_error(Code.INVALID, "describesPeople"):
        await kpis.edit(work, kpi.id, describes_people=False)
    assert await work.list_parts(KpiMeasurement) == []


@pytest.mark.anyio
async def test_entered_values_are_replaced_from_the_day_of_a_measure() -> None:
    kpi = a_kpi(time_aggregation=TimeAggregation.LAST)
    work = begin_work(kpi)
    rows = [
        MeasurementRow(kpi_id=kpi.id, period=period, value=Decimal(20), item_count=20)
        for period in ("2025-01", "2025-02")
    ]
    await record(work, rows, {})
    changed = {"measure": CLOSING, "unit_name": "people"}
    await kpis.redefine(work, kpi.id, changed, starts_on=date(2025, 2, 1), reason="Automatic.")
    assert kpi.describes_people
    assert [each.kind for each in work.tasks] == [MEASURE]
    assert await follow(work, kpi, counted(FEBRUARY, 19, 19)) == [
        (JANUARY, "measured", 20, 1),
        (FEBRUARY, "measured", 19, 2),
    ]


@pytest.mark.anyio
async def test_inputs_of_a_template_are_measured_where_that_is_chosen() -> None:
    work = begin_work()
    choice = TemplateChoice("employee_turnover", "rolling_year", measures_own_data=True)
    turnover = await create_from_template(work, SCOPE, choice, owner_id=ADA.id)
    inputs = turnover.definitions[0].input_ids
    found = {alias: await work.load_all(Kpi, [id]) for alias, id in inputs.items()}
    assert {alias: each[0].definitions[0].measure for alias, each in found.items()} == {
        "leavers": LEAVERS,
        "headcount": CLOSING,
    }
    assert found["headcount"][0].definitions[0].time_aggregation is TimeAggregation.MEAN
    for (each,) in found.values():
        assert MEASURE in [task.kind for task in each.list_tasks()]
    margin = TemplateChoice("gross_margin", "with_delivery", "EUR", measures_own_data=True)
    before = len(work.aggregates)
    with expect_error(Code.INVALID, "measuresOwnData"):
        await create_from_template(work, SCOPE, margin, owner_id=ADA.id)
    assert len(work.aggregates) == before


def test_measured_inputs_have_the_unit_and_form_of_their_measure() -> None:
    inputs = [
        each
        for template in TEMPLATES.values()
        for variant in template.variants
        for each in variant.inputs
        if each.measure is not None
    ]
    for each in inputs:
        a_kpi(**each.to_attributes(None, is_measured=True))
    assert {each.measure for each in inputs} >= {LEAVERS, CLOSING, KpiMeasure.JOINERS}
