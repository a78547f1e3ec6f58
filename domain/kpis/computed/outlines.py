"""Outlines of KPIs: what computations read of them, without targets, texts and people.

Of many computed KPIs, the outlines are loaded in a fifth of the time of the aggregates.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.kernel.identity import TenantId
from domain.kernel.unit_of_work import Work
from domain.kpis.definitions import KpiDefinition
from domain.kpis.enums import KpiForm, KpiFrequency, KpiUnit, TimeAggregation
from domain.kpis.formula_inputs import KpiFormulaInput
from domain.kpis.model import Kpi


@dataclass(frozen=True, slots=True)
class DefinitionOutline:
    """What values mean from a day on; see `ValueDefinition`."""

    starts_on: date
    formula: str | None
    unit: KpiUnit
    unit_name: str | None
    currency: str | None
    form: KpiForm
    time_aggregation: TimeAggregation
    denominator_time_aggregation: TimeAggregation | None
    input_ids: Mapping[str, UUID]


@dataclass(frozen=True, slots=True)
class KpiOutline:
    """A KPI as its measurements see it; see `MeasuredKpi`."""

    id: UUID
    tenant_id: TenantId
    frequency: KpiFrequency
    describes_people: bool
    definitions: Sequence[DefinitionOutline]


UNITS, FORMS = {str(each): each for each in KpiUnit}, {str(each): each for each in KpiForm}
AGGREGATIONS = {str(each): each for each in TimeAggregation}
FREQUENCIES = {str(each): each for each in KpiFrequency}
COLUMNS = (
    *("kpi_id", "id", "starts_on", "formula", "unit", "unit_name", "currency", "form"),
    *("time_aggregation", "denominator_time_aggregation"),
)


async def load_outlines(work: Work, readers: Collection[UUID]) -> dict[UUID, KpiOutline]:
    """Return the KPIs with these ids, and those that their formulas read, by three statements.

    The definitions of the latter have no inputs, because their values are read as they are stored.
    """
    input_ids, ids = dict[UUID, dict[str, UUID]](), dict.fromkeys(readers)
    for definition_id, alias, input_id in await work.find_values(
        KpiFormulaInput, ("definition_id", "alias", "input_id"), kpi_id=[*readers]
    ):
        input_ids.setdefault(definition_id, {})[alias] = input_id
        ids[input_id] = None
    definitions = await _load_definitions(work, [*ids], input_ids)
    columns = ("id", "tenant_id", "frequency", "describes_people")
    return {
        id: KpiOutline(
            id, tenant_id, FREQUENCIES[frequency], describes_people, definitions.get(id, [])
        )
        for id, tenant_id, frequency, describes_people in await work.find_values(
            Kpi, columns, id=[*ids]
        )
    }


async def _load_definitions(
    work: Work, ids: Sequence[UUID], input_ids: Mapping[UUID, Mapping[str, UUID]]
) -> Mapping[UUID, list[DefinitionOutline]]:
    found = dict[UUID, list[DefinitionOutline]]()
    for row in await work.find_values(KpiDefinition, COLUMNS, kpi_id=ids):
        kpi_id, id, starts_on, formula, unit, unit_name, currency, form, above, below = row
        outline = DefinitionOutline(
            starts_on,
            formula,
            UNITS[unit],
            unit_name,
            currency,
            FORMS[form],
            AGGREGATIONS[above],
            None if below is None else AGGREGATIONS[below],
            input_ids.get(id, {}),
        )
        found.setdefault(kpi_id, []).append(outline)
    return found
