"""The inputs of a formula: the names in its text, and the KPIs that they stand for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from domain.kernel.access import InheritedFrom
from domain.kernel.aggregate import Part
from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import check_required, key_rule
from domain.kpis.formulas.functions import RESERVED_NAMES
from domain.kpis.policy import SEE

MAX_INPUTS = 20
INPUT_ALIAS = key_rule("The name of an input")


@dataclass(kw_only=True, eq=False)
class KpiFormulaInput(Part):
    """A name in the formula of a definition, and the KPI whose values it stands for."""

    NAME = "kpi_formula_input"
    SEE = InheritedFrom("definition_id", "kpi_definition", InheritedFrom("kpi_id", "kpi", SEE))

    kpi_id: UUID
    definition_id: UUID
    alias: Annotated[str, INPUT_ALIAS]
    input_id: UUID


def name_inputs(inputs: Sequence[tuple[str, UUID]], *path: str | int) -> Mapping[str, UUID]:
    """Return the ids of inputs by their names. Raises Invalid and LimitExceeded, with all faults.

    `path` leads to the list of inputs.
    """
    if len(inputs) > MAX_INPUTS:
        message = f"A formula has at most {MAX_INPUTS} inputs. Split it into several KPIs."
        raise LimitExceeded(message, *path)
    faults, ids = FaultCollector(), dict[str, UUID]()
    for index, (given, id) in enumerate(inputs):
        place = (*path, index, "alias")
        with faults.collect():
            name = check_required(INPUT_ALIAS, given, *place)
            if name in RESERVED_NAMES:
                raise Invalid(f"{name} is a word of the formula language. Choose another.", *place)
            if name in ids:
                message = f"{name} names two inputs. Give each a name of its own."
                raise Invalid(message, *place, code=Code.NOT_UNIQUE)
            ids[name] = id
    faults.raise_all()
    return ids
