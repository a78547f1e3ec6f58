"""Use case: a KPI from a template, with its inputs, in one unit of work."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector, list_faults, raise_faults
from domain.kernel.fields import check_required
from domain.kernel.unit_of_work import Work
from domain.kpis.computing import reference_new_input
from domain.kpis.definitions import CURRENCY
from domain.kpis.enums import KpiFrequency, KpiUnit
from domain.kpis.formula_inputs import INPUT_ALIAS
from domain.kpis.model import Kpi
from domain.kpis.scopes import KpiScope
from domain.kpis.templates.library import choose_frequency, find_variant
from domain.kpis.templates.model import Template, TemplateInput, Variant
from domain.kpis.use_cases import create, require_scope


@dataclass(frozen=True)
class InputChoice:
    """What an input of a template shall be: an existing KPI, or a new one with this name."""

    alias: str
    kpi_id: UUID | None = None
    name: str | None = None


@dataclass(frozen=True)
class TemplateChoice:
    """What somebody chose of a template. What is None is what the template proposes.

    With `measures_own_data` Trellis measures the new inputs that it can.
    """

    template_key: str
    variant_key: str | None = None
    currency: str | None = None
    frequency: KpiFrequency | None = None
    inputs: Sequence[InputChoice] = ()
    measures_own_data: bool = False


async def create_from_template(
    work: Work,
    scope: KpiScope,
    choice: TemplateChoice,
    *,
    purpose_id: UUID | None = None,
    name: str | None = None,
    description: str | None = None,
    **details: Any,
) -> Kpi:
    """Create a KPI from a template, and a KPI for each input that is not given.

    `details` hold for all of them. The definition remembers the template. Raises what `create`
    raises.
    """
    await require_scope(work, scope)
    template, variant = find_variant(choice.template_key, choice.variant_key)
    details["frequency"], currency, chosen = _check_choice(template, variant, choice)
    if details.get("describes_people") is None:
        details["describes_people"] = template.describes_people
    ids = list[tuple[str, UUID]]()
    for each in variant.inputs:
        definition = each.to_attributes(currency, is_measured=choice.measures_own_data)
        id = await _find_input(work, scope, each, definition, chosen[each.alias], details)
        ids.append((each.alias, id))
    origin = {"template": (template.key, template.version, variant.key)}
    with _place_faults("definition", "inputs"):  # only given inputs do not fit a template
        return await create(
            work,
            scope,
            {**template.to_attributes(variant, currency), **origin, "inputs": ids},
            purpose_id=purpose_id,
            name=template.name if name is None else name,
            description=template.description if description is None else description,
            **details,
        )


def _check_choice(
    template: Template, variant: Variant, choice: TemplateChoice
) -> tuple[KpiFrequency, str | None, Mapping[str, tuple[int, InputChoice]]]:
    """Return the frequency, the currency and the inputs. Raises Invalid with all faults."""
    faults = FaultCollector()
    with faults.collect():
        frequency = choose_frequency(variant, choice.frequency)
    with faults.collect():
        chosen = _match_choices(variant, choice.inputs)
    given = {each.alias for each in choice.inputs if each.kpi_id is not None}
    new_inputs = [each for each in variant.inputs if each.alias not in given]
    with faults.collect():
        currency = _choose_currency(template, new_inputs, choice.currency)
    with faults.collect():
        _check_measures(choice, new_inputs)
    faults.raise_all()
    return frequency, currency, chosen


def _check_measures(choice: TemplateChoice, new_inputs: Sequence[TemplateInput]) -> None:
    if choice.measures_own_data and not any(each.measure for each in new_inputs):
        message = "Trellis has no data for the new inputs of this formula. Leave this out."
        raise Invalid(message, "measuresOwnData")


def _choose_currency(
    template: Template, new_inputs: Sequence[TemplateInput], currency: str | None
) -> str | None:
    """Return the currency of the amounts; None where there are none. Raises Invalid."""
    needs_currency = template.needs_currency(new_inputs)
    if currency is None and not needs_currency:
        return None
    checked: str = check_required(CURRENCY, currency, "currency")
    if not needs_currency:
        raise Invalid("There are no new amounts of money. Remove the currency.", "currency")
    return checked


def _match_choices(
    variant: Variant, choices: Sequence[InputChoice]
) -> Mapping[str, tuple[int, InputChoice]]:
    """Return what each input shall be, with its place in the list. Raises Invalid."""
    known, faults = [each.alias for each in variant.inputs], FaultCollector()
    for index, each in enumerate(choices):
        with faults.collect():
            alias = check_required(INPUT_ALIAS, each.alias, "inputs", index, "alias")
            if alias not in known:
                message = f"This formula has no such input. It has {', '.join(known)}."
                raise Invalid(message, "inputs", index, "alias", code=Code.REFERENCE_NOT_FOUND)
            if each.kpi_id is not None and each.name is not None:
                message = "A KPI that exists keeps its name. Remove this."
                raise Invalid(message, "inputs", index, "name")
    faults.raise_all()
    proposed = {alias: (0, InputChoice(alias)) for alias in known}
    return proposed | {each.alias: (index, each) for index, each in enumerate(choices)}


async def _find_input(
    work: Work,
    scope: KpiScope,
    input: TemplateInput,
    definition: Mapping[str, Any],
    choice: tuple[int, InputChoice],
    details: Mapping[str, Any],
) -> UUID:
    """Return the id of an existing KPI, or of a new one with a definition.

    Raises what `create` raises.
    """
    index, chosen = choice
    if chosen.kpi_id is not None:
        await reference_new_input(work, chosen.kpi_id, "inputs", index, "kpiId")
        return chosen.kpi_id
    name = input.name if chosen.name is None else chosen.name
    is_money = input.unit.kind is KpiUnit.MONEY  # what people cost as a whole
    details = {**details, "describes_people": details["describes_people"] and not is_money}
    with _place_faults("name", "inputs", index, "name"):
        kpi = await create(work, scope, definition, name=name, **details)
    return kpi.id


@contextmanager
def _place_faults(field: str, *path: str | int) -> Iterator[None]:
    """Raise the faults of a field, and of what is in it, at another path instead."""
    try:
        yield
    except Invalid as refused:
        raise_faults(
            Invalid(str(each), *path, code=each.code) if each.field[:1] == (field,) else each
            for each in list_faults(refused)
        )
