"""Complementary suppression: slices that would tell a hidden one by subtraction from the total."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from domain.kernel.unit_of_work import Work
from domain.kpis.dimensions.model import KpiDimensionMember
from domain.kpis.formulas.outcomes import KpiGapReason
from domain.kpis.measurements.model import (
    KpiMeasurement,
    KpiMeasurementRevision,
    KpiMeasurementState,
)
from domain.kpis.measurements.recording import ChangedMeasurement
from domain.kpis.measurements.suppression import (
    FIGURES,
    S,
    count_people,
    load_threshold,
    reveal,
    suppress,
    withhold,
)
from domain.kpis.model import Kpi

MEASURED, SUPPRESSED = KpiMeasurementState.MEASURED, KpiMeasurementState.SUPPRESSED


@dataclass
class Hidden:
    """What complementary suppression has changed, and the periods of KPIs that hide something."""

    changes: list[ChangedMeasurement] = field(default_factory=list)
    places: set[tuple[UUID, int]] = field(default_factory=set)


async def complement(work: Work, changed: Iterable[KpiMeasurement]) -> Hidden:
    """Suppress further slices of the periods of these measurements, or show them again.

    Where the total is known, at least two slices of a dimension are hidden, or none, and together
    they are about enough people. The slices of another dimension tell the total too. Where
    something is hidden, what the period had before is hidden with it.
    """
    places = {(each.kpi_id, each.period_ordinal) for each in changed}
    found = await work.load_all(Kpi, {id for id, _ in places}) if places else []
    kpis = {each.id: each for each in found if each.describes_people}
    wanted = [place for place in places if place[0] in kpis]
    if not wanted:
        return Hidden()
    threshold, hidden = await load_threshold(work), Hidden()
    stored = await _find_in(work, KpiMeasurement, wanted)
    shown = {(each.kpi_id, each.period_ordinal) for each in stored if _is_shown_total(each)}
    slices = await _group_slices(work, stored)
    dimensions = Counter((id, ordinal) for id, ordinal, _ in slices)
    now = {each.id: each for each in stored}
    for (id, ordinal, _), parts in slices.items():
        needs_others = (id, ordinal) in shown or dimensions[id, ordinal] > 1
        for each in _change(kpis[id], parts, threshold, needs_others=needs_others):
            hidden.changes.append(ChangedMeasurement(now[each.id], each))
            now[each.id] = each
    work.write_records(changed=[each.measurement for each in hidden.changes])
    hidden.places = {
        (each.kpi_id, each.period_ordinal) for each in now.values() if each.state is SUPPRESSED
    }
    await withhold_revisions(work, hidden.places)
    return hidden


async def _find_in(work: Work, kind: type[S], places: Iterable[tuple[UUID, int]]) -> list[S]:
    ids, ordinals = zip(*places, strict=True)
    return await work.find_records(kind, kpi_id=ids, period_ordinal=ordinals)


async def _group_slices(
    work: Work, stored: Iterable[KpiMeasurement]
) -> Mapping[tuple[UUID, int, UUID], list[KpiMeasurement]]:
    """Return the slices among measurements by their KPI, period and dimension."""
    parts = [each for each in stored if each.member_id is not None]
    ids = {each.kpi_id for each in parts}
    members = await work.find_records(KpiDimensionMember, kpi_id=[*ids]) if ids else []
    dimension_ids = {each.id: each.dimension_id for each in members}
    found = dict[tuple[UUID, int, UUID], list[KpiMeasurement]]()
    for each in parts:
        assert each.member_id is not None, "A slice has a member."
        key = each.kpi_id, each.period_ordinal, dimension_ids[each.member_id]
        found.setdefault(key, []).append(each)
    return found


async def withhold_revisions(work: Work, places: Collection[tuple[UUID, int]]) -> None:
    """Withhold what these periods of KPIs had before, because something in them is suppressed.

    An earlier value may be the hidden one, and an earlier total may be without a hidden slice.
    """
    revisions = await _find_in(work, KpiMeasurementRevision, places) if places else []
    shown = (each for each in revisions if any(getattr(each, name) is not None for name in FIGURES))
    work.write_records(changed=[withhold(each) for each in shown])


def _is_shown_total(each: KpiMeasurement) -> bool:
    return each.member_id is None and each.state is MEASURED


def _change(
    kpi: Kpi, slices: Sequence[KpiMeasurement], threshold: int, *, needs_others: bool
) -> Iterator[KpiMeasurement]:
    """Yield the slices of one dimension and period that are not stored as they have to be."""
    figures = {each.id: reveal(each) for each in slices}
    people = {
        # Where an input is suppressed, the slices of that input are hidden by this rule already.
        each.id: threshold
        if each.gap is KpiGapReason.SUPPRESSED
        else count_people(kpi, each.starts_on, figures[each.id]) or 0
        for each in slices
    }
    wanted = {
        each.id: replace(each, **suppress(kpi, each.starts_on, figures[each.id], threshold))
        for each in slices
    }
    hidden = [id for id, each in wanted.items() if each.state is SUPPRESSED]
    others = sorted(
        (each for each in wanted.values() if each.state is MEASURED),
        key=lambda each: (people[each.id], str(each.member_id)),
        reverse=True,
    )
    while needs_others and hidden and others:
        if len(hidden) > 1 and sum(people[id] for id in hidden) >= threshold:
            break
        each = others.pop()
        wanted[each.id] = withhold(each)
        hidden.append(each.id)
    for each in slices:
        if vars(wanted[each.id]) != vars(each):
            yield wanted[each.id]
