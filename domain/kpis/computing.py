"""Computed KPIs: the check of a formula together with the KPIs that it reads.

Who changes a formula, or the unit of its result, has to see all its inputs.
"""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector, list_faults, raise_faults
from domain.kernel.unit_of_work import Work
from domain.kpis.definitions import KpiDefinition
from domain.kpis.enums import KpiState
from domain.kpis.fitting import check_fit, find_name
from domain.kpis.formula_inputs import KpiFormulaInput
from domain.kpis.formulas.cycles import find_cycle
from domain.kpis.formulas.nodes import Node, list_inputs
from domain.kpis.formulas.parser import parse
from domain.kpis.model import Kpi

CHECKED = frozenset({"formula", "inputs", "unit", "unit_name", "currency"})
"""The parts of a definition that a formula has to fit."""
AFFECTS_RESULTS = CHECKED | {"measure", "form", "time_aggregation", "denominator_time_aggregation"}
"""The parts of a definition that results depend on, its own or those of KPIs that read it."""
HIDDEN = "(hidden)"
"""What stands in a path for KPIs that the actor may not see."""


async def check_formula_of(
    work: Work,
    kpi: Kpi,
    definition: KpiDefinition,
    *path: str | int,
    existing_ids: Collection[UUID] = (),
) -> None:
    """Check the formula of a definition and its inputs; nothing where it has neither.

    `path` leads to the definition. Only inputs in `existing_ids` may be archived. Raises Invalid
    with all faults.
    """
    inputs = await _reference_inputs(work, definition, existing_ids, *path, "inputs")
    if definition.formula is None:
        if inputs:
            raise Invalid("Only a formula has inputs. Add one, or remove them.", *path, "inputs")
        return
    try:
        check_fit(kpi, definition, inputs)
        _refuse_unused(parse(definition.formula), inputs)
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
        name = await find_name(work, id, HIDDEN)
        if name != HIDDEN or names[-1:] != [HIDDEN]:
            names.append(name)
    return names


async def reference_new_input(work: Work, id: UUID, *path: str | int) -> Kpi:
    """Return a KPI that a formula begins to read. Raises Invalid, also where it is archived."""
    kpi = await _reference_input(work, id, *path)
    if kpi.state is KpiState.ARCHIVED:
        raise Invalid("This KPI is archived. Restore it, or choose another.", *path)
    return kpi


async def _reference_input(work: Work, id: UUID, *path: str | int) -> Kpi:
    kpi = await work.reference(Kpi, id, *map(str, path))
    assert kpi is not None, "An input has an id."
    return kpi


async def _reference_inputs(
    work: Work, definition: KpiDefinition, existing_ids: Collection[UUID], *path: str | int
) -> Mapping[str, Kpi]:
    faults, found = FaultCollector(), dict[str, Kpi]()
    for index, (name, id) in enumerate(definition.input_ids.items()):
        with faults.collect():
            reference = _reference_input if id in existing_ids else reference_new_input
            found[name] = await reference(work, id, *path, index, "kpiId")
    faults.raise_all()
    return found


def _refuse_unused(tree: Node, names: Iterable[str]) -> None:
    used = set(list_inputs(tree))
    raise_faults(
        Invalid(f"The formula does not use {name}. Remove it, or use it.", "inputs", index, "alias")
        for index, name in enumerate(names)
        if name not in used
    )


async def lock_inputs(work: Work, *definitions: KpiDefinition) -> None:
    """Wait until nobody else records values of the inputs, before the tree of KPIs is locked.

    Those who record values lock in the same order.
    """
    ids = {id for each in definitions for id in each.input_ids.values() if id != each.kpi_id}
    if ids:
        await work.lock(await work.load_all(Kpi, ids))
