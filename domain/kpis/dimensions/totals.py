"""Totals that follow from slices: where all members of a complete dimension are measured.

A total that is recorded itself wins. A derived one follows its slices: a corrected slice corrects
it, and a withdrawn one takes it away.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from domain.kernel.unit_of_work import Work
from domain.kpis.calendar import load_calendar
from domain.kpis.definitions import find_definition
from domain.kpis.dimensions.combining import combine_slices
from domain.kpis.dimensions.model import KpiDimension, KpiDimensionMember
from domain.kpis.measurements.model import KpiMeasurement, KpiMeasurementSource
from domain.kpis.measurements.recording import (
    ChangedMeasurement,
    Place,
    Recorder,
    change,
    create,
    write_changes,
)
from domain.kpis.measurements.suppression import load_threshold, suppress
from domain.kpis.model import Kpi

DERIVED = KpiMeasurementSource.DERIVED


@dataclass
class _Slices:
    """What has changed in one period of a KPI: members with another value, and without one."""

    changed: set[UUID] = field(default_factory=set)
    withdrawn: set[UUID] = field(default_factory=set)


Changed = Mapping[tuple[UUID, int], _Slices]


async def derive_totals(
    work: Work, changes: Iterable[ChangedMeasurement]
) -> list[ChangedMeasurement]:
    """Derive the totals of the periods in which slices have changed, and write them."""
    found = defaultdict[tuple[UUID, int], _Slices](_Slices)
    for each in changes:
        measurement = each.measurement
        if measurement.member_id is not None or each.after is None:
            period = found[measurement.kpi_id, measurement.period_ordinal]
            if measurement.member_id is not None:
                group = period.changed if each.after else period.withdrawn
                group.add(measurement.member_id)
    return await _derive(work, found) if found else []


async def derive_all_totals(work: Work, kpi: Kpi) -> list[ChangedMeasurement]:
    """Derive the totals of all periods with slices, because a dimension has changed."""
    found = defaultdict[tuple[UUID, int], _Slices](_Slices)
    for each in await work.list_parts(KpiMeasurement, kpi_id=kpi.id):
        if each.member_id is not None:
            found[kpi.id, each.period_ordinal].changed.add(each.member_id)
    return await _derive(work, found) if found else []


async def _derive(work: Work, changed: Changed) -> list[ChangedMeasurement]:
    """Derive the totals of these periods, and write those that change."""
    kpis = {each.id: each for each in await work.load_all(Kpi, {id for id, _ in changed})}
    derivation, threshold = await _load(work, changed), await load_threshold(work)
    calendar, by = await load_calendar(work), Recorder(None, work.now)
    found = list[ChangedMeasurement]()
    for (id, ordinal), slices in changed.items():
        kpi, before = kpis[id], derivation.cells.get((id, None, ordinal))
        if before is not None and before.source is not DERIVED:
            continue
        period = calendar.get(kpi.frequency, ordinal)
        values = derivation.select(id, ordinal, slices)
        definition = find_definition(kpi.definitions, period.starts_on)
        if definition.measure is not None:
            continue
        figures = combine_slices(definition, values) if values else None
        if figures is not None:
            figures = suppress(kpi, period.starts_on, figures, threshold)
        if figures is None:
            found += [ChangedMeasurement(before, None)] if before else []
        elif before is None:
            found.append(ChangedMeasurement(None, create(kpi, None, period, figures, by)))
        elif any(getattr(before, name) != value for name, value in figures.items()):
            found.append(ChangedMeasurement(before, change(before, figures, by)))
    write_changes(work, found, by)
    return found


@dataclass(frozen=True)
class _Derivation:
    """The members of complete dimensions, in the order of these, and the stored values."""

    members: Mapping[UUID, Mapping[UUID, Sequence[KpiDimensionMember]]]
    cells: Mapping[Place, KpiMeasurement]

    def select(self, kpi_id: UUID, ordinal: int, slices: _Slices) -> list[KpiMeasurement]:
        """Return the slices of the first dimension that gives the total; nothing without one.

        All its members are measured that are not archived. For a total that was derived before it
        is enough that no slice was withdrawn, because members may have been added since.
        """
        is_derived = (kpi_id, None, ordinal) in self.cells
        for members in self.members.get(kpi_id, {}).values():
            found = {
                each.id: value
                for each in members
                if (value := self.cells.get((kpi_id, each.id, ordinal))) is not None
            }
            ids = {each.id for each in members}
            follows = is_derived and ids & slices.changed and not ids & slices.withdrawn
            missing = [each for each in members if each.id not in found and not each.is_archived]
            if found and (follows or not missing):
                return [*found.values()]
        return []


async def _load(work: Work, changed: Changed) -> _Derivation:
    dimensions = await work.find_records(KpiDimension, kpi_id=[*{id for id, _ in changed}])
    complete = sorted((each for each in dimensions if each.is_complete), key=_get_position)
    members = dict[UUID, dict[UUID, list[KpiDimensionMember]]]()
    for dimension in complete:
        members.setdefault(dimension.kpi_id, {})[dimension.id] = []
    for each in await work.find_records(
        KpiDimensionMember,
        kpi_id=[each.kpi_id for each in complete],
        dimension_id=[each.id for each in complete],
    ):
        members[each.kpi_id][each.dimension_id].append(each)
    places: list[Place] = [(id, None, ordinal) for id, ordinal in changed]
    places += [
        (id, member.id, ordinal)
        for id, ordinal in changed
        for group in members.get(id, {}).values()
        for member in group
    ]
    keys = zip(("kpi_id", "member_id", "period_ordinal"), zip(*places, strict=True), strict=True)
    found = await work.find_records(KpiMeasurement, **dict(keys))
    return _Derivation(
        members, {(each.kpi_id, each.member_id, each.period_ordinal): each for each in found}
    )


def _get_position(dimension: KpiDimension) -> int:
    return dimension.position
