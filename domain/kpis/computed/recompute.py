"""Computed KPIs follow their inputs: what changed is computed anew, level by level.

A computed KPI has a measurement in each period in which one of its inputs has one. A result that
is as it was ends the way upwards.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from domain.kernel.pauses import with_pauses
from domain.kernel.unit_of_work import Work
from domain.kpis.calendar import PeriodCalendar, load_calendar
from domain.kpis.computed.computation import Computation, list_computations
from domain.kpis.computed.graph import Graph, load_graph
from domain.kpis.computed.slices import TOTAL, MemberIndex, load_members
from domain.kpis.definitions import KpiDefinition, find_definition
from domain.kpis.evaluation import build_evaluations
from domain.kpis.measured import MeasuredKpi
from domain.kpis.measurements.complementing import Hidden, complement, withhold_revisions
from domain.kpis.measurements.followers import notify_followers
from domain.kpis.measurements.model import (
    KpiMeasurement,
    KpiMeasurementSource,
    KpiMeasurementState,
)
from domain.kpis.measurements.recording import (
    ChangedMeasurement,
    Place,
    Recorder,
    change,
    create,
    write_changes,
)
from domain.kpis.measurements.suppression import load_threshold, suppress
from domain.kpis.model import Kpi, build_measured

SUPPRESSED = KpiMeasurementState.SUPPRESSED
Ordinals: TypeAlias = dict[tuple[UUID, UUID | None], set[int]]
"""Periods of KPIs, of each member; None stands for the total."""


@dataclass
class Recomputation:
    """One pass over computed KPIs, with the measurements that it has read or written so far.

    `hiding` has the periods of KPIs in which something is suppressed, by inputs too.
    """

    work: Work
    calendar: PeriodCalendar
    threshold: int
    members: MemberIndex
    changed: Ordinals = field(default_factory=dict)
    hiding: Ordinals = field(default_factory=dict)
    cells: dict[Place, KpiMeasurement | None] = field(default_factory=dict)
    changes: list[ChangedMeasurement] = field(default_factory=list)

    @property
    def computed_by(self) -> Recorder:
        """Nobody: results are not recorded by a person."""
        return Recorder(None, self.work.now)

    async def follow(self, graph: Graph) -> None:
        """Compute what reads something that has changed, each level with two statements.

        Slices that are hidden because of a level count as changed for the next one.
        """
        for level in graph.levels:
            computations = [each for kpi in level for each in self.list_computations(kpi, graph)]
            before = len(self.changes)
            await self.compute(
                [
                    (each, ordinal)
                    for each in computations
                    for ordinal in await each.list_affected(self.changed)
                ]
            )
            await self.hide(graph, self.changes[before:])
            await self._withhold_revisions(computations)

    async def hide(self, graph: Graph, changes: Sequence[ChangedMeasurement]) -> None:
        """Hide what changed results would tell about few people, and what they were before."""
        found = [each.measurement for each in changes]
        about_people = (each for each in found if graph.kpis[each.kpi_id].describes_people)
        hidden = await complement(self.work, about_people)
        suppressed = {
            (each.kpi_id, each.period_ordinal) for each in found if each.state is SUPPRESSED
        }
        await withhold_revisions(self.work, suppressed - hidden.places)
        hidden.places |= suppressed
        self.note(hidden)

    def note(self, hidden: Hidden) -> None:
        """Let what is hidden reach what reads it."""
        for each in hidden.changes:
            self._note_change(each)
        for kpi_id, ordinal in hidden.places:
            self.hiding.setdefault((kpi_id, None), set()).add(ordinal)

    async def _withhold_revisions(self, computations: Sequence[Computation]) -> None:
        """Withhold what results were in the periods in which an input hides something.

        A total that was derived without a hidden slice tells it, and so does what was computed
        from that total.
        """
        if not self.hiding:
            return
        places = [
            (each.kpi.id, ordinal)
            for each in computations
            if each.reader.slice is TOTAL
            for ordinal in await each.list_affected(self.hiding)
        ]
        for kpi_id, ordinal in places:
            self.hiding.setdefault((kpi_id, None), set()).add(ordinal)
        await withhold_revisions(self.work, places)

    def list_computations(self, kpi: MeasuredKpi, graph: Graph) -> list[Computation]:
        """Return the definitions of a KPI that have a formula, for the total and the slices."""
        return list_computations(kpi, graph.kpis, self.calendar, self.cells, self.members)

    async def compute(self, targets: Sequence[tuple[Computation, int]]) -> None:
        """Compute periods of KPIs that do not read each other, and write what has changed."""
        places = set[Place]()
        async for computation, ordinal in with_pauses(targets):
            places.update(computation.list_places(ordinal))
        await self._load(places)
        before = len(self.changes)
        async for computation, ordinal in with_pauses(targets):
            kpi, figures = computation.kpi, computation.compute(ordinal, self.cells)
            if figures is not None:
                starts_on = self.calendar.get(kpi.frequency, ordinal).starts_on
                figures = suppress(kpi, starts_on, figures, self.threshold)
            self.apply(kpi, (kpi.id, computation.member_id, ordinal), figures)
        await self._write(self.changes[before:])

    def apply(self, kpi: MeasuredKpi, place: Place, figures: Mapping[str, Any] | None) -> None:
        """Keep a result that is not as it was."""
        before, (_, member_id, ordinal) = self.cells[place], place
        if figures is None:
            after = None
        elif before is None:
            period = self.calendar.get(kpi.frequency, ordinal)
            after = create(kpi, member_id, period, figures, self.computed_by)
        elif all(getattr(before, name) == value for name, value in figures.items()):
            after = before
        else:
            after = change(before, figures, self.computed_by)
        if after is not before:
            self.changes.append(ChangedMeasurement(before, after))
            self._note_change(self.changes[-1])

    def _note_change(self, changed: ChangedMeasurement) -> None:
        each = changed.measurement
        self.cells[each.kpi_id, each.member_id, each.period_ordinal] = changed.after
        self.changed.setdefault((each.kpi_id, each.member_id), set()).add(each.period_ordinal)

    async def _load(self, places: AbstractSet[Place]) -> None:
        """Read the measurements that are not known yet, in one statement."""
        wanted = [*(places - self.cells.keys())]
        columns = zip(*wanted, strict=True) if wanted else ((), (), ())
        keys = zip(("kpi_id", "member_id", "period_ordinal"), columns, strict=True)
        found = await self.work.find_records(KpiMeasurement, **dict(keys))
        self.cells |= dict.fromkeys(wanted)
        self.cells |= {(each.kpi_id, each.member_id, each.period_ordinal): each for each in found}

    def remember(self, measured: Iterable[KpiMeasurement]) -> Ordinals:
        """Keep measurements that were read before, and return their periods."""
        ordinals = Ordinals()
        for each in measured:
            self.cells[each.kpi_id, each.member_id, each.period_ordinal] = each
            ordinals.setdefault((each.kpi_id, each.member_id), set()).add(each.period_ordinal)
        return ordinals

    async def withdraw(self, kpi: Kpi, definition: KpiDefinition) -> None:
        """Remove results of formulas in the periods of a definition that has none."""
        before = len(self.changes)
        for place, each in [*self.cells.items()]:
            if place[0] != kpi.id or each is None:
                continue
            is_result = each.source is KpiMeasurementSource.COMPUTED
            if is_result and find_definition(kpi.definitions, each.starts_on) is definition:
                self.apply(kpi, place, None)
        await self._write(self.changes[before:])

    def mark(self, kpi: Kpi, definition: KpiDefinition, ordinals: Ordinals) -> None:
        """Let measurements count as changed, because they may mean something else now."""
        for (kpi_id, member_id), found in ordinals.items():
            if kpi_id == kpi.id:
                self.changed.setdefault((kpi_id, member_id), set()).update(
                    each
                    for each in found
                    if self.calendar.get(kpi.frequency, each).starts_on >= definition.starts_on
                )

    async def record_events(self) -> None:
        """Record new results of each KPI for the journal, and let it be evaluated.

        Results of confined members are not counted. Who may see a result may not know who changes
        its inputs.
        """
        by_kpi = dict[UUID, list[date]]()
        for each in self.changes:
            measurement = each.measurement
            days = by_kpi.setdefault(measurement.kpi_id, [])
            if not self.members.is_confined(measurement.kpi_id, measurement.member_id):
                days.append(measurement.starts_on)
        alike = dict[tuple[date, ...], list[UUID]]()
        for id, days in by_kpi.items():
            alike.setdefault(tuple(days), []).append(id)
        events = [(build_measured(days, hides_actor=True), ids) for days, ids in alike.items()]
        await self.work.record_events(Kpi, events)
        for task in build_evaluations(by_kpi):
            self.work.enqueue(task)

    def list_changed_totals(self) -> set[UUID]:
        """Return the KPIs of which a total has changed."""
        return {id for id, member_id in self.changed if member_id is None}

    async def _write(self, changes: Sequence[ChangedMeasurement]) -> None:
        by = Recorder(self.work.actor.person_id, self.work.now)
        write_changes(self.work, changes, by)


async def recompute(
    work: Work, changes: Sequence[ChangedMeasurement], hidden: Hidden | None = None
) -> None:
    """Compute what reads these measurements, directly or through other KPIs.

    `hidden` is what complementary suppression has made of them.
    """
    hidden = hidden or Hidden()
    changed = Ordinals()
    for each in (*changes, *hidden.changes):
        key = each.measurement.kpi_id, each.measurement.member_id
        changed.setdefault(key, set()).add(each.measurement.period_ordinal)
    graph = await load_graph(work, {id for id, _ in changed} | {id for id, _ in hidden.places})
    totals = {id for id, member_id in changed if member_id is None}
    if graph.levels:
        recomputation = await _begin(work, graph)
        recomputation.changed = changed
        recomputation.note(Hidden(places=hidden.places))
        await recomputation.follow(graph)
        await recomputation.record_events()
        totals = recomputation.list_changed_totals()
    await notify_followers(work, totals)


async def recompute_definition(work: Work, kpi: Kpi, definition: KpiDefinition) -> None:
    """Compute a KPI anew in the periods of a definition, and what reads the KPI.

    Where the definition has no formula, results of earlier formulas are withdrawn.
    """
    input_ids = {id for each in kpi.definitions for id in each.input_ids.values()}
    if input_ids:
        # The row of the KPI is locked before the tree, as by those who record its values.
        await work.flush()
        await work.lock_tree(Kpi.NAME)
    inputs = await work.load_all(Kpi, input_ids)
    members = await load_members(work, [kpi.id])
    has_slices = bool(members.get(kpi.id))
    measured = await _load_measurements(work, [kpi, *inputs], has_slices=has_slices)
    if not measured:
        return
    graph = (await load_graph(work, [kpi.id])).include(kpi, *inputs)
    recomputation = await _begin(work, graph)
    ordinals = recomputation.remember(measured)
    for each in recomputation.list_computations(kpi, graph):
        if each.definition is definition:
            own = each.list_measured(ordinals)
            await recomputation.compute([(each, ordinal) for ordinal in each.select_own(own)])
    if definition.formula is None:
        await recomputation.withdraw(kpi, definition)
    await recomputation.hide(graph, recomputation.changes)
    recomputation.mark(kpi, definition, ordinals)
    await recomputation.follow(graph)
    await recomputation.record_events()
    await notify_followers(work, recomputation.list_changed_totals())


async def recompute_all(work: Work, kpi: Kpi) -> None:
    """Compute a KPI anew in all its periods, because its slices have changed."""
    for each in kpi.definitions:
        if each.formula is not None:
            await recompute_definition(work, kpi, each)


async def _begin(work: Work, graph: Graph) -> Recomputation:
    return Recomputation(
        work,
        await load_calendar(work),
        await load_threshold(work),
        await load_members(work, graph.kpis.keys()),
    )


async def _load_measurements(
    work: Work, kpis: Sequence[Kpi], *, has_slices: bool
) -> list[KpiMeasurement]:
    """Return the values of KPIs: the totals, and the slices where there may be some."""
    which = {} if has_slices else {"member_id": None}
    return [
        found
        for each in kpis
        for found in await work.list_parts(KpiMeasurement, kpi_id=each.id, **which)
    ]
