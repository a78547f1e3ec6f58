"""Slices against totals: where both are recorded and the slices add up, they should be the same.

A difference is a warning and blocks nothing. Nobody learns from it what they may not see: it counts
neither dimensions with a member that the actor does not see, nor periods with a suppressed value.
`persistence.kpis.balancing` finds the same differences.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kernel.unit_of_work import Work
from domain.kpis.definitions import KpiDefinition, find_definition
from domain.kpis.dimensions.combining import combine_slices
from domain.kpis.dimensions.model import KpiDimension, KpiDimensionMember
from domain.kpis.dimensions.slices import is_visible
from domain.kpis.enums import KpiForm, KpiUnit, SliceAggregation
from domain.kpis.formulas.outcomes import round_half_up
from domain.kpis.measurements.model import (
    KpiMeasurement,
    KpiMeasurementSource,
    KpiMeasurementState,
)
from domain.kpis.measurements.recording import ChangedMeasurement, Place
from domain.kpis.model import Kpi

Period = tuple[UUID, int]
"""A KPI, and the ordinal of a period."""


async def find_differences(
    work: Work,
    kpis: Mapping[UUID, Kpi],
    periods: Collection[Period],
    changes: Sequence[ChangedMeasurement],
) -> Mapping[Period, Invalid]:
    """Return what is wrong in those of the periods in which slices and total differ."""
    ids = {id for id, _ in periods if any(map(adds_up, kpis[id].definitions))}
    found = await work.find_records(KpiDimension, kpi_id=[*ids]) if ids else []
    dimensions = [each for each in found if each.is_complete]
    if not dimensions:
        return {}
    members = await _load_members(work, kpis, dimensions)
    wanted = [(id, ordinal) for id, ordinal in periods if id in members]
    cells = await _load_cells(work, wanted, changes)
    differences = dict[Period, Invalid]()
    for id, ordinal in wanted:
        for dimension, own in members[id]:
            sentence = _explain(kpis[id], ordinal, dimension, own, cells)
            if sentence is not None:
                definition = find_definition(
                    kpis[id].definitions, cells[id, None, ordinal].starts_on
                )
                field = "numerator" if definition.form is KpiForm.RATIO else "value"
                differences[id, ordinal] = Invalid(sentence, field, code=Code.INCONSISTENT)
    return differences


def adds_up(definition: KpiDefinition) -> bool:
    """Return whether the slices that are recorded by a definition add up to the total."""
    return definition.slice_aggregation is SliceAggregation.SUM and definition.formula is None


async def _load_members(
    work: Work, kpis: Mapping[UUID, Kpi], dimensions: Sequence[KpiDimension]
) -> dict[UUID, list[tuple[KpiDimension, list[KpiDimensionMember]]]]:
    """Return the dimensions of KPIs of which the actor sees all members, with these."""
    found = dict[UUID, list[tuple[KpiDimension, list[KpiDimensionMember]]]]()
    members = await work.find_records(
        KpiDimensionMember, dimension_id=[each.id for each in dimensions]
    )
    for dimension in dimensions:
        kpi = kpis[dimension.kpi_id]
        own = [each for each in members if each.dimension_id == dimension.id]
        if all([await is_visible(work, kpi, each) for each in own]):
            found.setdefault(kpi.id, []).append((dimension, own))
    return found


async def _load_cells(
    work: Work, periods: Collection[Period], changes: Sequence[ChangedMeasurement]
) -> dict[Place, KpiMeasurement]:
    """Return the values of periods as they will be."""
    ids, ordinals = zip(*periods, strict=True) if periods else ((), ())
    stored = await work.find_records(KpiMeasurement, kpi_id=ids, period_ordinal=ordinals)
    changed = [each.after for each in changes if each.after is not None]
    return {
        (each.kpi_id, each.member_id, each.period_ordinal): each for each in (*stored, *changed)
    }


def _explain(
    kpi: Kpi,
    ordinal: int,
    dimension: KpiDimension,
    members: Sequence[KpiDimensionMember],
    cells: Mapping[Place, KpiMeasurement],
) -> str | None:
    """Return what is wrong in a period, as text; None where nothing is."""
    total = cells.get((kpi.id, None, ordinal))
    if total is None or total.source is KpiMeasurementSource.DERIVED:
        return None
    definition = find_definition(kpi.definitions, total.starts_on)
    found = {each.id: cells.get((kpi.id, each.id, ordinal)) for each in members}
    is_missing = any(found[each.id] is None and not each.is_archived for each in members)
    slices = [each for each in found.values() if each is not None]
    hides = any(each.state is KpiMeasurementState.SUPPRESSED for each in (total, *slices))
    if not adds_up(definition) or is_missing or hides or not slices:
        return None
    figures = combine_slices(definition, slices) or {}
    names = ("numerator", "denominator") if definition.form is KpiForm.RATIO else ("value",)
    sums, totals = [figures[each] for each in names], [getattr(total, each) for each in names]
    if None in (*sums, *totals) or [*_show(definition, sums)] == [*_show(definition, totals)]:
        return None
    together, alone = (" / ".join(f"{each:f}" for each in each) for each in (sums, totals))
    message = f"The slices of {dimension.key} add up to {together}, and the total is {alone}."
    return f"{message} Correct one of the two."


def _show(definition: KpiDefinition, values: Sequence[Decimal]) -> Iterator[Decimal]:
    """Yield numbers as they are shown: parts of a ratio as they are, values with their decimals."""
    is_share = definition.unit is KpiUnit.SHARE
    decimals = definition.decimals + 2 * is_share
    for each in values:
        is_part = definition.form is KpiForm.RATIO
        yield each if is_part else round_half_up(Fraction(each), decimals)
