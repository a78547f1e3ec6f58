"""Whether a formula fits its inputs on all days from its first day on, also after they change."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from domain.kernel.errors import Invalid
from domain.kernel.faults import list_faults, raise_faults
from domain.kernel.fields import to_camel_case
from domain.kernel.unit_of_work import Work
from domain.kpis.computed.graph import list_readers
from domain.kpis.definitions import KpiDefinition, find_definition
from domain.kpis.enums import KpiForm
from domain.kpis.formulas.checking import check_formula
from domain.kpis.formulas.inputs import InputFacts
from domain.kpis.formulas.parser import parse
from domain.kpis.formulas.units import Unit, find_unit
from domain.kpis.model import Kpi

FACTS = ("unit", "unit_name", "currency", "form", "time_aggregation", "slice_aggregation")
"""The parts of a definition that formulas that read the KPI have to fit."""
HIDDEN = "a KPI that you may not see"
"""What stands for all KPIs that the actor may not see."""


def check_fit(kpi: Kpi, definition: KpiDefinition, inputs: Mapping[str, Kpi]) -> None:
    """Check the formula of a definition on all its days. Raises Invalid for the first wrong day."""
    for day in _list_days(kpi, definition, inputs.values()):
        try:
            _check_on(day, kpi, definition, inputs)
        except Invalid as refused:
            since = f" It is so from {day} on, because an input changes then."
            reason = since if day > definition.starts_on else ""
            raise_faults(
                Invalid(f"{each}{reason}", *each.field, code=each.code)
                for each in list_faults(refused)
            )


def get_facts(definition: KpiDefinition) -> Mapping[str, Any]:
    """Return the values that formulas that read the KPI have to fit."""
    return {name: getattr(definition, name) for name in FACTS}


async def refuse_misfits(
    work: Work, kpi: Kpi, definition: KpiDefinition, former: Mapping[str, Any]
) -> None:
    """Refuse a definition that formulas of other KPIs do not fit, also those of archived ones.

    `former` has the facts before. The KPI is written before its readers are looked up. So a new
    formula waits for the end of this change. Raises Invalid with the names of the KPIs that the
    actor may see.
    """
    changed = [name for name, value in get_facts(definition).items() if value != former[name]]
    if not changed or not await list_readers(work, [kpi.id]):
        return
    await work.lock_tree(Kpi.NAME)
    readers = await work.load_all(Kpi, await list_readers(work, [kpi.id]))
    ids = {id for each in readers for own in each.definitions for id in own.input_ids.values()}
    kpis = {each.id: each for each in await work.load_all(Kpi, ids)}
    misfits = [each for each in readers if not _fits(each, kpi, definition, kpis)]
    if misfits:
        names = {await find_name(work, each.id, HIDDEN) for each in misfits}
        listed = ", ".join(sorted(names, key=lambda name: (name == HIDDEN, name)))
        message = f"Formulas of other KPIs do not fit this definition: {listed}."
        advice = " Take this KPI out of them first, or create a new KPI."
        raise Invalid(message + advice, to_camel_case(changed[0]))


def _fits(reader: Kpi, kpi: Kpi, definition: KpiDefinition, kpis: Mapping[UUID, Kpi]) -> bool:
    """Return whether all formulas of a KPI fit a definition of one that they read."""
    for own in reader.definitions:
        inputs = {name: kpis[id] for name, id in own.input_ids.items()}
        if kpi not in inputs.values():
            continue
        for day in _list_days(reader, own, inputs.values()):
            if find_definition(kpi.definitions, day) is definition:
                try:
                    _check_on(day, reader, own, inputs)
                except Invalid:
                    return False
    return True


def _list_days(kpi: Kpi, definition: KpiDefinition, inputs: Iterable[Kpi]) -> Iterator[date]:
    """Yield the first day of a definition, and those of its days on which an input changes."""
    changes = {each.starts_on for input in inputs for each in input.definitions}
    for day in sorted({definition.starts_on, *changes}):
        is_own = find_definition(kpi.definitions, day) is definition
        if day >= definition.starts_on and is_own:
            yield day


def _check_on(day: date, kpi: Kpi, definition: KpiDefinition, inputs: Mapping[str, Kpi]) -> None:
    assert definition.formula is not None, "Only a formula has inputs."
    facts = {name: _state_facts(each, day) for name, each in inputs.items()}
    result = definition.unit, _find_unit(definition)
    check_formula(definition.formula, parse(definition.formula), facts, kpi.frequency, result)


def _state_facts(kpi: Kpi, day: date) -> InputFacts:
    definition = find_definition(kpi.definitions, day)
    return InputFacts(
        _find_unit(definition),
        kpi.frequency,
        definition.time_aggregation,
        definition.slice_aggregation,
        definition.form is KpiForm.RATIO,
    )


def _find_unit(definition: KpiDefinition) -> Unit:
    return find_unit(definition.unit, definition.unit_name, definition.currency)


async def find_name(work: Work, id: UUID, hidden: str) -> str:
    """Return the name of a KPI, or `hidden` if the actor may not see it."""
    try:
        kpi = await work.reference(Kpi, id)
    except Invalid:
        return hidden
    assert kpi is not None, "The id is given."
    return kpi.name
