"""Computed KPIs: stored results equal those that are computed from raw values, whatever changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random
from uuid import UUID

import pytest

from domain.kpis import (
    Kpi,
    KpiFrequency,
    KpiScope,
    KpiScopeKind,
    TimeAggregation,
)
from domain.kpis.calendar import PeriodCalendar
from domain.kpis.computed.recompute import recompute_definition
from domain.kpis.computed.steps import PeriodSteps
from domain.kpis.computed.windows import list_affected, list_windows
from domain.kpis.dimensions import KpiDimension, KpiDimensionMember
from domain.kpis.formulas import units
from domain.kpis.formulas.checking import Formula
from domain.kpis.formulas.evaluation import evaluate
from domain.kpis.formulas.outcomes import Gap, KpiGapReason, Outcome, round_half_up
from domain.kpis.formulas.parser import parse
from domain.kpis.measurements import (
    KpiMeasurement,
    KpiMeasurementRevision,
    KpiMeasurementSource,
    KpiMeasurementState,
)
from domain.kpis.measurements.recording import ChangedMeasurement, Recorder, change, create
from domain.kpis.measurements.use_cases import store
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import NOW, TENANT, a_person, a_unit, an_actor
from tests.factories.tenants import a_tenant

ADA, UNIT = a_person(), a_unit()
CALENDAR = PeriodCalendar()
MONTHLY, DAILY = KpiFrequency.MONTHLY, KpiFrequency.DAILY
MONTHS = range(2024 * 12, 2024 * 12 + 30)
BY = Recorder(None, NOW)
SHARE = "share_of_total(a) + share_of_total(lag(b, 1))"
FORMULAS = (
    "a + b",
    "a / b",
    "a - lag(b, 2)",
    "trailing(a, 3) * b",
    "year_to_date(a) - b",
    "period_to_date(a, quarter) + b",
    "coalesce(a, 0) + coalesce(previous_year(b), 1)",
    "if(a > b, a / 3, lag(trailing(b, 2), 1))",
    "max(a, b) - min(lag(a, 1), b)",
    SHARE,
)
CODES = ("north", "south")


def a_kpi(frequency: KpiFrequency = MONTHLY, **definition: object) -> Kpi:
    scope = KpiScope(KpiScopeKind.ORGANIZATION, UNIT.id)
    kpi = Kpi.create(TENANT, scope, owner_id=ADA.id, frequency=frequency, name="Parcels")
    inputs = definition.pop("inputs", None)
    details = {"time_aggregation": TimeAggregation.SUM, **definition}
    kpi.define(details, date(2024, 1, 1), at=NOW, input_ids=inputs)  # type: ignore[arg-type]
    kpi.events.clear()
    return kpi


def compute_by(formula: str, **inputs: Kpi) -> Kpi:
    return a_kpi(formula=formula, inputs={name: each.id for name, each in inputs.items()})


def begin_work(*kpis: Kpi) -> FakeWork:
    return FakeWork(an_actor(ADA, "hr"), [ADA, UNIT, a_tenant(TENANT), *kpis])


def add_members(work: FakeWork, *kpis: Kpi) -> dict[tuple[UUID, str | None], UUID | None]:
    """Give KPIs a dimension with two members, and return the ids of these."""
    ids: dict[tuple[UUID, str | None], UUID | None] = {(each.id, None): None for each in kpis}
    for kpi in kpis:
        place = {"tenant_id": TENANT, "kpi_id": kpi.id}
        region = KpiDimension(**place, key="region", name="Region", position=0)
        members = [
            KpiDimensionMember(**place, dimension_id=region.id, code=each, name=each, position=0)
            for each in CODES
        ]
        work.write_records(added=[region, *members])
        ids |= {(kpi.id, each.code): each.id for each in members}
    return ids


async def enter(
    work: FakeWork,
    kpi: Kpi,
    values: Mapping[int, str | None],
    reason: str = "Corrected.",
    member_id: UUID | None = None,
) -> None:
    """Record values by their periods; None takes one out."""
    changes = list[ChangedMeasurement]()
    for ordinal, value in values.items():
        before = find(work, kpi, ordinal, member_id)
        number = None if value is None else Decimal(value)
        figures = {"state": KpiMeasurementState.MEASURED, "value": number}
        if number is None:
            after = None
        elif before is None:
            period = CALENDAR.get(kpi.frequency, ordinal)
            after = create(kpi, member_id, period, figures, BY)
        else:
            after = change(before, figures, BY)
        if before or after:
            changes.append(ChangedMeasurement(before, after))
    await store(work, changes, BY, reason)


def find(
    work: FakeWork, kpi: Kpi, ordinal: int, member_id: UUID | None = None
) -> KpiMeasurement | None:
    found = [
        each
        for each in work.records
        if isinstance(each, KpiMeasurement)
        and (each.kpi_id, each.member_id, each.period_ordinal) == (kpi.id, member_id, ordinal)
    ]
    assert len(found) <= 1
    return found[0] if found else None


def show(
    work: FakeWork, kpi: Kpi, member_id: UUID | None = None
) -> dict[int, tuple[Decimal | None, KpiGapReason | None]]:
    return {
        each.period_ordinal: (each.value, each.gap)
        for each in sorted(
            (each for each in work.records if isinstance(each, KpiMeasurement)),
            key=lambda each: each.period_ordinal,
        )
        if (each.kpi_id, each.member_id) == (kpi.id, member_id)
    }


Raw = Mapping[tuple[UUID, str | None], Mapping[int, Decimal]]
"""What was entered of a KPI: the total, or the slice of a member."""


@dataclass(frozen=True)
class RawReader(PeriodSteps):
    """Reads every input from raw values, without anything that is stored of computed KPIs."""

    kpis: Mapping[UUID, Kpi]
    raw: Raw
    kpi: Kpi
    code: str | None

    def read(self, name: str, first: int, last: int, *, is_total: bool) -> Outcome:
        input = self.kpis[self.kpi.definitions[0].input_ids[name]]
        code = None if is_total else self.code
        ordinals = range(first, last + 1)
        found = [compute(self.kpis, self.raw, input, each, code) for each in ordinals]
        values = [each[0] for each in found if each and each[0] is not None]
        if values:
            return Outcome(sum(map(Fraction, values), Fraction(0)))
        is_lasting = all(each and each[1] not in (None, "missing") for each in found)
        reason = KpiGapReason.NOT_APPLICABLE if is_lasting else KpiGapReason.NOT_MEASURED
        return Outcome(gap=Gap(reason, (name,)))

    def get_unit(self, _: str) -> units.Unit:
        return units.NUMBER


def compute(
    kpis: Mapping[UUID, Kpi], raw: Raw, kpi: Kpi, ordinal: int, code: str | None = None
) -> tuple[Decimal | None, str | None] | None:
    """Return the value of a period from raw values, with what is missing; None for no period."""
    definition = kpi.definitions[0]
    if definition.formula is None:
        value = raw[kpi.id, code].get(ordinal)
        return None if value is None else (value, None)
    inputs = [kpis[each] for each in definition.input_ids.values()]
    if all(compute(kpis, raw, each, ordinal, code) is None for each in inputs):
        return None
    formula = Formula(definition.formula, parse(definition.formula), units.NUMBER)
    reader = RawReader(CALENDAR, MONTHLY, kpis, raw, kpi, code)
    outcome = evaluate(formula, reader, ordinal)
    if outcome.gap is not None:
        is_missing = outcome.gap.reason is KpiGapReason.NOT_MEASURED
        return None, "missing" if is_missing else outcome.gap.reason.value
    return round_half_up(outcome.number, 12), None


def build_graph(random: Random) -> list[Kpi]:
    leaves = [a_kpi() for _ in range(3)]
    computed = list[Kpi]()
    for _ in range(6):
        a, b = random.sample([*leaves, *computed], 2)
        computed.append(compute_by(random.choice((*FORMULAS, SHARE)), a=a, b=b))
    return [*leaves, *computed]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.anyio
async def test_stored_results_equal_those_from_raw_values(seed: int) -> None:
    """They do for the totals, and for each slice."""
    random = Random(seed)
    kpis = build_graph(random)
    work = begin_work(*kpis)
    ids = add_members(work, *kpis)
    raw = {key: dict[int, Decimal]() for key in ids}
    for _ in range(9):
        leaf, code = random.choice(kpis[:3]), random.choice((None, *CODES))
        months = random.sample(MONTHS[:16], random.choice([1, 2, 12]))
        values = {each: random.choice(["0", "7.5", "-3", "1000", None]) for each in months}
        await enter(work, leaf, values, member_id=ids[leaf.id, code])
        raw[leaf.id, code] |= {each: Decimal(value) for each, value in values.items() if value}
        for each in months:
            if values[each] is None:
                raw[leaf.id, code].pop(each, None)
    by_id = {each.id: each for each in kpis}
    for kpi, code in ((kpi, code) for kpi in kpis[3:] for code in (None, *CODES)):
        expected = {
            each: found
            for each in range(MONTHS.start - 12, MONTHS.stop + 15)
            if (found := compute(by_id, raw, kpi, each, code)) is not None
        }
        stored = show(work, kpi, ids[kpi.id, code])
        assert {each: value for each, (value, _) in stored.items()} == {
            each: value for each, (value, _) in expected.items()
        }
        assert {each for each, (_, gap) in stored.items() if gap is KpiGapReason.NOT_MEASURED} == {
            each for each, (_, gap) in expected.items() if gap == "missing"
        }


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("frequency", [MONTHLY, KpiFrequency.QUARTERLY])
def test_a_change_reaches_the_periods_that_read_it_and_no_others(
    text: str, frequency: KpiFrequency
) -> None:
    if frequency is not MONTHLY and "quarter" in text:
        return
    tree, steps = parse(text), PeriodSteps(CALENDAR, frequency)
    base = CALENDAR.find(frequency, date(2025, 1, 1)).ordinal
    reached = dict[tuple[str, int], set[int]]()
    for target in range(base, base + 60):
        for name, first, last in list_windows(tree, steps, target, target):
            for ordinal in range(first, last + 1):
                reached.setdefault((name, ordinal), set()).add(target)
    for name in "ab":
        for ordinal in range(base + 15, base + 25):
            found = list_affected(tree, steps, name, {ordinal})
            assert found == reached.get((name, ordinal), set())


@pytest.mark.anyio
async def test_a_value_reaches_computed_kpis_of_three_levels() -> None:
    revenue, cost = a_kpi(), a_kpi()
    margin = compute_by("(revenue - cost) / revenue", revenue=revenue, cost=cost)
    change_of_year = compute_by("margin - previous_year(margin)", margin=margin)
    work = begin_work(revenue, cost, margin, change_of_year)
    first, second = MONTHS[0], MONTHS[12]
    await enter(work, revenue, {first: "100", second: "300"})
    assert show(work, margin) == {
        first: (None, KpiGapReason.NOT_MEASURED),
        second: (None, KpiGapReason.NOT_MEASURED),
    }
    missing = find(work, margin, first)
    assert missing is not None
    assert (missing.state, missing.explanation) == (
        KpiMeasurementState.NOT_MEASURED,
        "Not measured: cost.",
    )
    await enter(work, cost, {first: "60", second: "100"})
    assert [each for each, _ in show(work, margin).values()] == [
        Decimal("0.4"),
        Decimal("0.666666666667"),
    ]
    assert show(work, change_of_year)[second] == (Decimal("0.266666666667"), None)
    found = find(work, margin, second)
    assert found is not None
    assert (found.revision, found.source, found.recorded_by_id) == (
        *(2, KpiMeasurementSource.COMPUTED, None),
    )
    assert [each.action for each in change_of_year.events] == ["measured", "measured"]
    revisions = [each for each in work.records if isinstance(each, KpiMeasurementRevision)]
    assert {each.kpi_id for each in revisions} == {margin.id, change_of_year.id}
    assert {each.replaced_by_id for each in revisions} == {None}


@pytest.mark.anyio
async def test_a_result_that_stays_ends_the_way_upwards() -> None:
    parcels = a_kpi()
    rounded = compute_by("round(parcels / 100)", parcels=parcels)
    doubled = compute_by("rounded * 2", rounded=rounded)
    work = begin_work(parcels, rounded, doubled)
    await enter(work, parcels, {MONTHS[0]: "1000"})
    doubled.events.clear()
    await enter(work, parcels, {MONTHS[0]: "1010"})
    assert doubled.events == []
    found = find(work, doubled, MONTHS[0])
    assert found is not None
    assert (found.value, found.revision) == (Decimal(20), 1)


@pytest.mark.anyio
async def test_days_fill_months_as_their_kpi_says_and_missing_ones_are_counted() -> None:
    parcels = a_kpi(DAILY)
    headcount = a_kpi(DAILY, time_aggregation=TimeAggregation.MEAN)
    rate = compute_by("parcels / headcount", parcels=parcels, headcount=headcount)
    work = begin_work(parcels, headcount, rate)
    first = date(2024, 2, 1).toordinal()
    await enter(work, parcels, {first: "10", first + 1: "20", first + 28: "30"})
    await enter(work, headcount, {first + each: "4" for each in range(29)} | {first: "8"})
    month = date(2024, 2, 1)
    found = find(work, rate, CALENDAR.find(MONTHLY, month).ordinal)
    assert found is not None
    assert found.value == round_half_up(Fraction(60) / (Fraction(28 * 4 + 8) / 29), 12)
    assert found.explanation == "parcels is measured in 3 of 29 periods."


@pytest.mark.anyio
async def test_a_division_by_zero_is_not_applicable_and_named() -> None:
    a, b = a_kpi(), a_kpi()
    rate = compute_by("a / (b - 1)", a=a, b=b)
    work = begin_work(a, b, rate)
    await enter(work, a, {MONTHS[0]: "1"})
    await enter(work, b, {MONTHS[0]: "1"})
    found = find(work, rate, MONTHS[0])
    assert found is not None
    assert (found.state, found.gap, found.explanation) == (
        KpiMeasurementState.NOT_APPLICABLE,
        KpiGapReason.DIVISION_BY_ZERO,
        "Division by zero: b - 1.",
    )


@pytest.mark.anyio
async def test_a_new_definition_computes_from_its_day_on_and_leaves_the_past() -> None:
    a = a_kpi()
    twice = compute_by("a * 2", a=a)
    above = compute_by("twice + 1", twice=twice)
    work = begin_work(a, twice, above)
    await enter(work, a, dict.fromkeys(MONTHS[:3], "10"))
    day = CALENDAR.get(MONTHLY, MONTHS[1]).starts_on
    definition = twice.redefine({"formula": "a * 3"}, day, "We count anew.", at=NOW)
    await recompute_definition(work, twice, definition)
    assert [each for each, _ in show(work, twice).values()] == [20, 30, 30]
    assert [each for each, _ in show(work, above).values()] == [21, 31, 31]
    day = CALENDAR.get(MONTHLY, MONTHS[2]).starts_on
    definition = twice.redefine({"formula": None}, day, "We measure it now.", at=NOW, input_ids={})
    await recompute_definition(work, twice, definition)
    assert [each for each, _ in show(work, twice).values()] == [20, 30]
    assert [each for each, _ in show(work, above).values()] == [21, 31]
