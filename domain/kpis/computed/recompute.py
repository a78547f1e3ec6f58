"""Computed KPIs follow their inputs: what changed is computed anew, level by level.

A computed KPI has a measurement in each period in which one of its inputs has one. A result that
is as it was ends the way upwards.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from domain.kernel.pauses import with_pauses
from domain.kernel.unit_of_work import Work
from domain.kpis.calendar import PeriodCalendar, load_calendar
from domain.kpis.computed.computation import Computation, list_computations
from domain.kpis.computed.graph import Graph, load_graph
from domain.kpis.definitions import KpiDefinition, find_definition
from domain.kpis.measurements.complementing import complement
from domain.kpis.measurements.followers import notify_followers
from domain.kpis.measurements.model import (
    KpiMeasurement,
    KpiMeasurementSource,
)
from domain.kpis.measurements.recording import (
    ChangedMeasurement,
    Place,
    Recorder,
    change,
    create,
    write_results,
)
from domain.kpis.measurements.suppression import load_threshold, suppress
from domain.kpis.model import Kpi


@dataclass
class Recomputation:
    """One pass over computed KPIs, with the measurements that it has read or written so far."""

    work: Work
    calendar: PeriodCalendar
    changed: dict[UUID, set[int]]
    threshold: int
    cells: dict[Place, KpiMeasurement | None] = field(default_factory=dict)
    changes: list[ChangedMeasurement] = field(default_factory=list)

    @property
    def computed_by(self) -> Recorder:
        """Nobody: results are not recorded by a person."""
        return Recorder(None, self.work.now)

    async def follow(self, graph: Graph) -> None:
        """Compute what reads something that has changed, each level with two statements."""
        for level in graph.levels:
            await self.compute(
                [
                    (computation, ordinal)
                    for kpi in level
                    for computation in self.list_computations(kpi, graph)
                    for ordinal in await computation.list_affected(self.changed)
                ]
            )

    def list_computations(self, kpi: Kpi, graph: Graph) -> list[Computation]:
        """Return the definitions of a KPI that have a formula."""
        return list_computations(kpi, graph.kpis, self.calendar, self.cells)

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
            self.apply(kpi, (kpi.id, None, ordinal), figures)
        await self._write(self.changes[before:])

    def apply(self, kpi: Kpi, place: Place, figures: Mapping[str, Any] | None) -> None:
        """Keep a result that is not as it was."""
        before = self.cells[place]
        if figures is None:
            after = None
        elif before is None:
            period = self.calendar.get(kpi.frequency, place[2])
            after = create(kpi, None, period, figures, self.computed_by)
        elif all(getattr(before, name) == value for name, value in figures.items()):
            after = before
        else:
            after = change(before, figures, self.computed_by)
        if after is not before:
            self.changes.append(ChangedMeasurement(before, after))
            self.cells[place] = after
            self.changed.setdefault(kpi.id, set()).add(place[2])

    async def _load(self, places: AbstractSet[Place]) -> None:
        """Read the measurements that are not known yet, in one statement."""
        wanted = [*(places - self.cells.keys())]
        columns = zip(*wanted, strict=True) if wanted else ((), (), ())
        keys = zip(("kpi_id", "member_id", "period_ordinal"), columns, strict=True)
        found = await self.work.find_records(KpiMeasurement, **dict(keys))
        self.cells |= dict.fromkeys(wanted)
        self.cells |= {(each.kpi_id, each.member_id, each.period_ordinal): each for each in found}

    def remember(self, measured: Mapping[UUID, Sequence[KpiMeasurement]]) -> dict[UUID, set[int]]:
        """Keep measurements that were read before, and return their periods."""
        for found in measured.values():
            self.cells |= {
                (each.kpi_id, each.member_id, each.period_ordinal): each for each in found
            }
        return {id: {each.period_ordinal for each in found} for id, found in measured.items()}

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

    def mark(self, kpi: Kpi, definition: KpiDefinition, ordinals: Iterable[int]) -> None:
        """Let measurements count as changed, because they may mean something else now."""
        found = (
            each
            for each in ordinals
            if self.calendar.get(kpi.frequency, each).starts_on >= definition.starts_on
        )
        self.changed.setdefault(kpi.id, set()).update(found)

    async def finish(self, graph: Graph) -> None:
        """Let each KPI with new results record them for the journal, and hide what they would tell.

        Who may see a result may not know who changes its inputs.
        """
        by_kpi = dict[UUID, list[date]]()
        for each in self.changes:
            by_kpi.setdefault(each.measurement.kpi_id, []).append(each.measurement.starts_on)
        for id, days in by_kpi.items():
            graph.kpis[id].record_measured(days, hides_actor=True)
        results = [each.measurement for each in self.changes]
        about_people = {id for id in by_kpi if graph.kpis[id].describes_people}
        await complement(self.work, [each for each in results if each.kpi_id in about_people])

    async def _write(self, changes: Sequence[ChangedMeasurement]) -> None:
        by = Recorder(self.work.actor.person_id, self.work.now)
        await write_results(self.work, changes, by)


async def recompute(work: Work, changes: Sequence[ChangedMeasurement]) -> None:
    """Compute what reads these measurements, directly or through other KPIs."""
    changed = dict[UUID, set[int]]()
    for each in changes:
        if each.measurement.member_id is None:
            ordinals = changed.setdefault(each.measurement.kpi_id, set())
            ordinals.add(each.measurement.period_ordinal)
    graph = await load_graph(work, changed)
    if graph.levels:
        recomputation = await _begin(work, changed)
        await recomputation.follow(graph)
        await recomputation.finish(graph)
    await notify_followers(work, changed)


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
    measured = await _load_measurements(work, kpi, *inputs)
    if not any(measured.values()):
        return
    graph = (await load_graph(work, [kpi.id])).include(kpi, *inputs)
    recomputation = await _begin(work, {})
    ordinals = recomputation.remember(measured)
    for each in recomputation.list_computations(kpi, graph):
        if each.definition is definition:
            own = ordinals[kpi.id].union(
                *(each.reader.list_around(input.frequency, ordinals[input.id]) for input in inputs)
            )
            await recomputation.compute([(each, ordinal) for ordinal in each.select_own(own)])
    if definition.formula is None:
        await recomputation.withdraw(kpi, definition)
    recomputation.mark(kpi, definition, ordinals[kpi.id])
    await recomputation.follow(graph)
    await recomputation.finish(graph)
    await notify_followers(work, recomputation.changed)


async def _begin(work: Work, changed: dict[UUID, set[int]]) -> Recomputation:
    return Recomputation(work, await load_calendar(work), changed, await load_threshold(work))


async def _load_measurements(work: Work, *kpis: Kpi) -> dict[UUID, list[KpiMeasurement]]:
    """Return all totals of KPIs."""
    return {
        each.id: await work.list_parts(KpiMeasurement, kpi_id=each.id, member_id=None)
        for each in kpis
    }
