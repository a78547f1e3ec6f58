"""Computed KPIs: the check of a formula together with the KPIs that it reads.

Who changes a formula, or the unit of its result, has to see all its inputs.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector, list_faults, raise_faults
from domain.kernel.unit_of_work import Work
from domain.kpis.definitions import KpiDefinition, find_definition
from domain.kpis.enums import KpiForm
from domain.kpis.formula_inputs import KpiFormulaInput
from domain.kpis.formulas.checking import check_formula
from domain.kpis.formulas.cycles import find_cycle
from domain.kpis.formulas.inputs import InputFacts
from domain.kpis.formulas.nodes import list_inputs
from domain.kpis.formulas.parser import parse
from domain.kpis.formulas.units import Unit, find_unit
from domain.kpis.model import Kpi

CHECKED = frozenset({"formula", "inputs", "unit", "unit_name", "currency"})
"""The parts of a definition that a formula has to fit."""
AFFECTS_RESULTS = CHECKED | {"form", "time_aggregation", "denominator_time_aggregation"}
"""The parts of a definition that results depend on, its own or those of KPIs that read it."""
HIDDEN = "(hidden)"
"""What stands in a path for KPIs that the actor may not see."""


async def check_formula_of(
    work: Work, kpi: Kpi, definition: KpiDefinition, *path: str | int
) -> None:
    """Check the formula of a definition and its inputs; nothing where it has neither.

    `path` leads to the definition. Raises Invalid with all faults.
    """
    inputs = await _reference_inputs(work, definition, *path, "inputs")
    if definition.formula is None:
        if inputs:
            raise Invalid("Only a formula has inputs. Add one, or remove them.", *path, "inputs")
        return
    try:
        _check(kpi, definition, inputs)
    except Invalid as refused:
        raise_faults(
            Invalid(str(each), *path, *each.field, code=each.code) for each in list_faults(refused)
        )


async def refuse_cycle(work: Work, kpi: Kpi, definition: KpiDefinition) -> None:
    """Refuse inputs that read the KPI themselves, in any of their definitions.

    Two formulas cannot close a cycle at the same time: one waits for the other. Raises Invalid with
    REFERENCE_CYCLE and the path, without the names of KPIs that the actor may not see.
    """
    await work.lock_tree(Kpi.NAME)
    edges, waiting = dict[UUID, list[UUID]](), [*definition.input_ids.values()]
    while waiting:
        id = waiting.pop()
        if id not in edges and id != kpi.id:
            parts = await work.list_parts(KpiFormulaInput, kpi_id=id)
            edges[id] = [each.input_id for each in parts]
            waiting += edges[id]
    found = find_cycle(kpi.id, definition.input_ids.values(), lambda each: edges[each])
    if found is not None:
        path = " → ".join(await _list_names(work, found))
        message = f"The KPI would depend on itself: {path}. Remove the first input of this path."
        raise Invalid(message, "inputs", code=Code.REFERENCE_CYCLE)


async def _list_names(work: Work, ids: Iterable[UUID]) -> list[str]:
    """Return the names of KPIs in turn. Those that the actor may not see are not even counted."""
    names = list[str]()
    for id in ids:
        try:
            kpi = await work.reference(Kpi, id)
        except Invalid:
            if names[-1:] != [HIDDEN]:
                names.append(HIDDEN)
        else:
            assert kpi is not None, "An input has an id."
            names.append(kpi.name)
    return names


async def _reference_inputs(
    work: Work, definition: KpiDefinition, *path: str | int
) -> Mapping[str, Kpi]:
    faults, found = FaultCollector(), dict[str, Kpi]()
    for index, (name, id) in enumerate(definition.input_ids.items()):
        with faults.collect():
            kpi = await work.reference(Kpi, id, *map(str, path), str(index), "kpiId")
            assert kpi is not None, "An input has an id."
            found[name] = kpi
    faults.raise_all()
    return found


def _check(kpi: Kpi, definition: KpiDefinition, inputs: Mapping[str, Kpi]) -> None:
    assert definition.formula is not None
    tree = parse(definition.formula)
    day = definition.starts_on
    facts = {name: _state_facts(each, day) for name, each in inputs.items()}
    result = definition.unit, _find_unit(definition)
    check_formula(definition.formula, tree, facts, kpi.frequency, result)
    used = set(list_inputs(tree))
    raise_faults(
        Invalid(f"The formula does not use {name}. Remove it, or use it.", "inputs", index, "alias")
        for index, name in enumerate(inputs)
        if name not in used
    )


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


async def lock_inputs(work: Work, definition: KpiDefinition) -> None:
    """Wait until nobody else records values of the inputs, before the tree of KPIs is locked.

    Those who record values lock in the same order.
    """
    ids = {*definition.input_ids.values()} - {definition.kpi_id}
    await work.lock(await work.load_all(Kpi, ids))
