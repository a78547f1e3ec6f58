"""The KPIs of a tenant: computed ones from templates and formulas, and two years of values."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from math import prod
from random import Random
from typing import Any
from uuid import UUID

from api.demo.alerts import OffTrack
from api.demo.calendar import FiscalPeriod, list_periods
from api.demo.kpi_reviews import Reviews
from api.demo.kpi_schema import DemoDimension, DemoKpi, Series
from api.demo.simulation import Action, Simulation
from domain import annotations, goals, kpis, scorecards
from domain.annotations import AnnotationKind, AnnotationScope, AnnotationScopeKind
from domain.goals import Owner, OwnerKind
from domain.kernel.rows import RowOutcome
from domain.kpis import (
    Kpi,
    KpiDirection,
    KpiFrequency,
    KpiInfluence,
    KpiScope,
    KpiScopeKind,
    KpiUnit,
    SliceAggregation,
    TimeAggregation,
)
from domain.kpis.analysis.use_cases import reset_baseline
from domain.kpis.benchmarks import BenchmarkRow, import_benchmarks
from domain.kpis.dimensions import KpiMemberSource
from domain.kpis.dimensions.setting import MemberRow, set_dimension
from domain.kpis.measurements import MeasurementRow
from domain.kpis.measurements.use_cases import record
from domain.kpis.own_data.measuring import measure
from domain.kpis.targets import KpiTargetKind
from domain.kpis.targets.use_cases import set_target
from domain.kpis.templates import InputChoice, TemplateChoice, create_from_template

MONTHS = 24
DAYS_TO_REPORT = 6
STRIKE_MONTHS_BACK = 8
SORTING_MONTHS_BACK = 14
"""The month of the dips in `kpis.yaml`."""
WEIGHTS = {"margin": 3, "delivery": 2, "parcel": 1, "turnover": 1, "absence": 1, "enps": 1}
"""The KPIs on the scorecard, with their weights."""
OFF_TRACK = "delivery"
"""The KPI with an alert."""
STUDY: dict[str, Any] = {
    "source": "Parcel networks compared",
    "cohort": "Parcel carriers in Europe",
    "sample_size": 64,
    "lower_quartile": Decimal("0.9"),
    "median": Decimal("0.93"),
    "upper_quartile": Decimal("0.955"),
}
"""How other carriers deliver on time."""
MONTHS_OF_PERIOD = {KpiFrequency.MONTHLY: 1, KpiFrequency.QUARTERLY: 3}


class Kpis:
    """The builder of a tenant's KPIs. What is past is imported at first, then each month by HR."""

    def __init__(self, simulation: Simulation, entries: tuple[DemoKpi, ...]) -> None:
        self.simulation, self.work = simulation, simulation.work
        self.entries, self.random = entries, Random(simulation.tenant.slug)
        last = simulation.today.year * 12 + simulation.today.month - 2
        indexes = range(last - MONTHS + 1, last + 1)
        self.months = [date(each // 12, each % 12 + 1, 1) for each in indexes]
        self.strike = self.months[-1 - STRIKE_MONTHS_BACK]
        self.measured = dict[str, Kpi]()
        self.scorecard_id: UUID
        self.values = dict[str, dict[date, Decimal]]()

    async def build(self) -> None:
        """Create the KPIs with values of the past, and plan the reports of later months."""
        if not self.entries:
            return
        for entry in self.entries:
            await self._import(partial(self._create, entry))
            for name, series in entry.series.items():
                self.values[name] = dict(self._draw(series))
        await self._import(self._collect)
        await self._import(self._compare)
        unit = next(each.unit for each in self.entries if each.key == OFF_TRACK)
        owner = self.simulation.seats.get(unit, self.simulation.hr)
        off_track = OffTrack(self.simulation, self.measured[OFF_TRACK], owner)
        await self._import(off_track.watch)
        reports = {each: _find_next_month(each) + timedelta(DAYS_TO_REPORT) for each in self.months}
        since = self.simulation.since.date()
        past = [month for month, day in reports.items() if day <= since]
        await self._import(partial(self._report, past))
        await self._import(self._measure)
        state = self.simulation.random.getstate()
        hr = self.simulation.hr
        for month in self.months[len(past) :]:
            self.simulation.schedule(reports[month], hr, partial(self._report, [month]))
        self.simulation.schedule(self.simulation.today - timedelta(days=1), hr, self._measure)
        self.simulation.schedule(self.strike.replace(day=21), hr, self._explain_strike)
        off_track.plan([*reports.values()])
        Reviews(self.simulation, self.scorecard_id, off_track.helper).plan([*reports.values()])
        first_month = self.simulation.tenant.settings["fiscal_year_start_month"]
        (year,) = list_periods(self.simulation.today, first_month, months=12, earlier=0, later=0)
        begin = max(year.starts_on, since + timedelta(days=1))
        self.simulation.schedule(begin, hr, partial(self._set_goal, year))
        self.simulation.schedule(self.strike.replace(day=25), hr, self._reset_baseline)
        self.simulation.random.setstate(state)  # so that the rest of the history stays as it is

    async def _import(self, action: Action) -> None:
        await self.simulation.perform(self.work.now + timedelta(seconds=1), None, action)

    async def _create(self, entry: DemoKpi) -> None:
        """Create a KPI with its new inputs, and its target."""
        unit = self.simulation.organizations[entry.unit]
        scope = KpiScope(KpiScopeKind.ORGANIZATION, unit.id)
        owner_id = self.simulation.seats.get(entry.unit, self.simulation.hr).id
        create = self._create_from_template if entry.template else self._create_by_formula
        kpi = await create(entry, scope, owner_id)
        for alias, id in kpi.definitions[0].input_ids.items():
            (self.measured[alias],) = await self.work.load_all(Kpi, [id])
        self.measured[entry.key] = kpi
        await self._place(entry, kpi)
        if entry.dimension is not None:
            await self._divide(entry.dimension, kpi)
        if entry.by_unit:
            await self._divide_by_unit(kpi)
        if entry.target is not None:
            target = {
                "kind": KpiTargetKind(entry.target.kind),
                "value": Decimal(entry.target.value),
            }
            await set_target(self.work, kpi.id, target, starts_on=self.months[0])
        await self.work.flush()

    async def _place(self, entry: DemoKpi, kpi: Kpi) -> None:
        """Give a KPI its groups, and its place in the tree of drivers."""
        details: dict[str, Any] = {"groups": entry.groups}
        if entry.drives:
            details |= {"parent_id": self.measured[entry.drives].id}
            details |= {"influence": entry.influence and KpiInfluence(entry.influence)}
        await kpis.edit(self.work, kpi.id, **details)

    async def _divide(self, dimension: DemoDimension, kpi: Kpi) -> None:
        """Declare a dimension of a KPI and of its inputs."""
        members = [MemberRow(code=code, name=name) for code, name in dimension.members.items()]
        for id in (*kpi.definitions[0].input_ids.values(), kpi.id):
            await set_dimension(
                self.work, id, dimension.key, members, name=dimension.name, is_complete=True
            )

    async def _divide_by_unit(self, kpi: Kpi) -> None:
        """Break a KPI that Trellis measures down by unit, with its inputs."""
        for id in (*kpi.definitions[0].input_ids.values(), kpi.id):
            of_units: dict[str, Any] = {"name": "Unit", "members_from": KpiMemberSource.UNITS}
            await set_dimension(self.work, id, "unit", None, **of_units)

    async def _collect(self) -> None:
        """Put the KPIs on a scorecard of the company."""
        scope = KpiScope(KpiScopeKind.ORGANIZATION, self._find_company())
        entries = [(self.measured[key].id, {"weight": weight}) for key, weight in WEIGHTS.items()]
        hr = self.simulation.hr.id
        made = await scorecards.create(
            self.work, scope, owner_id=hr, entries=entries, name="How the carrier is doing"
        )
        self.scorecard_id = made.id
        await self.work.flush()

    async def _measure(self) -> None:
        """Let Trellis measure what it can from the people of the demo."""
        await self.work.flush()
        for kpi in self.measured.values():
            if kpi.is_measured_by_trellis:
                await measure(self.work, kpi_id=str(kpi.id))
        await self.work.flush()

    async def _compare(self) -> None:
        """Import how other carriers do."""
        kpi = self.measured[OFF_TRACK]
        definition = kpi.definitions[-1]
        row = BenchmarkRow(
            kpi_id=kpi.id,
            unit=definition.unit,
            currency=definition.currency,
            starts_on=self.months[0],
            last_day=self.months[MONTHS // 2] - timedelta(days=1),
            **STUDY,
        )
        await import_benchmarks(self.work, [row], {})
        await self.work.flush()

    async def _explain_strike(self) -> None:
        """Say why the values of one month differ."""
        await annotations.create(
            self.work,
            AnnotationScope(AnnotationScopeKind.ORGANIZATION, self._find_company()),
            kind=AnnotationKind.INCIDENT,
            title="Strike of the drivers",
            text="Half of the tours were cancelled for two weeks.",
            starts_on=self.strike.replace(day=6),
            last_day=self.strike.replace(day=17),
            is_excluded_from_baselines=True,
        )

    async def _set_goal(self, year: FiscalPeriod) -> None:
        """Set a goal of the company whose key result follows a KPI."""
        goal = await goals.create(
            self.work,
            Owner(OwnerKind.ORGANIZATION, self._find_company()),
            title="Deliver on the promised day",
            starts_on=year.starts_on,
            due_on=year.due_on,
            key_results=[
                {
                    "title": "Parcels on the promised day",
                    "start_value": Decimal("0.94"),
                    "target_value": Decimal("0.97"),
                    "kpi_id": self.measured["delivery"].id,
                }
            ],
        )
        goal.activate()
        await self.simulation.attribute(goal)

    async def _reset_baseline(self) -> None:
        """Say from which month on parcels are sorted in another way."""
        await reset_baseline(
            self.work,
            self.measured["parcel"].id,
            starts_on=self.months[-1 - SORTING_MONTHS_BACK],
            reason="The new sorting centre took over half of the parcels.",
        )

    def _find_company(self) -> UUID:
        return self.simulation.organizations[self.entries[0].unit].id

    async def _create_from_template(self, entry: DemoKpi, scope: KpiScope, owner_id: UUID) -> Kpi:
        inputs = [InputChoice(alias, self.measured[of].id) for alias, of in entry.uses.items()]
        frequency = KpiFrequency(entry.frequency)
        choice = TemplateChoice(
            *(entry.template, entry.variant, entry.currency, frequency, inputs),
            measures_own_data=entry.measured,
        )
        name = entry.name or None
        return await create_from_template(self.work, scope, choice, name=name, owner_id=owner_id)

    async def _create_by_formula(self, entry: DemoKpi, scope: KpiScope, owner_id: UUID) -> Kpi:
        money = {"unit": KpiUnit.MONEY, "currency": entry.money, "decimals": 0}
        details: dict[str, Any] = {"owner_id": owner_id, "frequency": KpiFrequency.MONTHLY}
        ids = [(alias, self.measured[of].id) for alias, of in entry.uses.items()]
        flow = {"time_aggregation": TimeAggregation.SUM, "slice_aggregation": SliceAggregation.SUM}
        for alias, each in entry.inputs.items():
            definition = money | flow | {"direction": KpiDirection(each.direction)}
            kpi = await kpis.create(self.work, scope, definition, name=each.name, **details)
            ids.append((alias, kpi.id))
        points = {"unit": KpiUnit.PERCENTAGE_POINTS, "decimals": 1}
        definition = points if entry.points else money | flow
        return await kpis.create(
            self.work,
            scope,
            {**definition, "formula": entry.formula, "inputs": ids},
            name=entry.name,
            description=entry.description,
            **details,
        )

    async def _report(self, months: Sequence[date]) -> None:
        """Record the values of some months, and of the quarters that end with them."""
        rows = [
            row
            for name, kpi in self.measured.items()
            if name in self.values
            for month in months
            if (first := _find_first_month(month, MONTHS_OF_PERIOD[kpi.frequency])) is not None
            for row in self._build_rows(name, kpi, month, first)
        ]
        results = await record(self.work, rows, {})
        assert RowOutcome.REJECTED not in [each.outcome for each in results.rows], results
        await self.work.flush()

    def _build_rows(
        self, name: str, kpi: Kpi, month: date, first: date
    ) -> Iterator[MeasurementRow]:
        """Yield the row of the total, and those of slices. The last slice is what is left."""
        total = self.values[name][month]
        people = self._count_people(name, month)
        yield MeasurementRow(kpi_id=kpi.id, day=first, value=total, item_count=people)
        dimension = next((each.dimension for each in self.entries if name in each.series), None)
        if dimension is None:
            return
        *shares, _ = dimension.shares[name]
        values = [(total * Decimal(str(each))).quantize(Decimal(1)) for each in shares]
        for code, value in zip(dimension.members, [*values, total - sum(values)], strict=True):
            yield MeasurementRow(
                kpi_id=kpi.id,
                day=first,
                dimension=dimension.key,
                member=code,
                value=value,
            )

    def _count_people(self, name: str, month: date) -> int | None:
        """Return how many people a value is about; None if it is not about people."""
        people = next((each.people for each in self.entries if name in each.series), "")
        return int(self.values[people][month]) if people else None

    def _draw(self, series: Series) -> Iterator[tuple[date, Decimal]]:
        """Yield a value for each month."""
        for number, month in enumerate(self.months):
            back = len(self.months) - 1 - number
            value = series.start * (1 + series.growth) ** number * series.season[month.month - 1]
            value *= self.random.uniform(1 - series.noise, 1 + series.noise)
            value *= series.dips.get(back, 1)
            value *= prod(factor for step, factor in series.steps.items() if back <= step)
            if series.of:
                value = round(value * float(self.values[series.of][month]))
            yield month, Decimal(str(round(value, series.digits))).quantize(Decimal(1))


def _find_next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _find_first_month(last_month: date, months: int) -> date | None:
    """Return the first month of the period that ends with a month; None where none ends."""
    if last_month.month % months:
        return None
    return last_month.replace(month=last_month.month - months + 1)
