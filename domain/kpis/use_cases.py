"""Use cases of KPIs: changes that need a unit, an owner, a goal or other people beside the KPI."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from domain.kernel.aggregate import get_kind
from domain.kernel.errors import Invalid, NotPermitted
from domain.kernel.faults import FaultCollector
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.kpis.computed.recompute import recompute_definition
from domain.kpis.computing import (
    AFFECTS_RESULTS,
    CHECKED,
    check_formula_of,
    lock_inputs,
    refuse_cycle,
)
from domain.kpis.definitions import NO_TEMPLATE, KpiDefinition, find_definition
from domain.kpis.dimensions.matching import fit_members
from domain.kpis.drivers import ensure_place_in_tree, reference_parent
from domain.kpis.enums import KpiFrequency
from domain.kpis.fitting import get_facts, refuse_misfits
from domain.kpis.formula_inputs import name_inputs
from domain.kpis.measurements.reviewing import review_suppression
from domain.kpis.measurements.suppression import counts_people, load_threshold
from domain.kpis.model import Kpi
from domain.kpis.own_data.sources import check_source, get_source
from domain.kpis.own_data.tasks import build_measuring
from domain.kpis.references import reference_owner, reference_people, reference_scope
from domain.kpis.scopes import KpiScope

PURPOSE = "goal"
"""The NAME of the concept of a purpose. It is looked up, because goals may be measured by KPIs."""
PEOPLE = {"viewer_ids": "viewerIds", "recorder_ids": "recorderIds"}
"""The lists of people that a KPI has, with the fields of inputs."""

Addition: TypeAlias = Callable[[Work, Kpi], Awaitable[None]]
"""What a concept above this one adds to a new KPI, such as its usual alert rules."""

ADDITIONS: list[Addition] = []


def adds_to_new_kpis(addition: Addition) -> Addition:
    """Declare an addition. It is called in the transaction that creates the KPI."""
    ADDITIONS.append(addition)
    return addition


async def create(
    work: Work,
    scope: KpiScope,
    definition: Mapping[str, Any],
    *,
    owner_id: UUID | None = None,
    purpose_id: UUID | None = None,
    frequency: KpiFrequency,
    starts_on: date | None = None,
    **details: Any,
) -> Kpi:
    """Create a KPI of an organization or a team, by default owned by the actor.

    Raises Invalid, LimitExceeded, and NotPermitted where the actor may not define KPIs there.
    """
    await require_scope(work, scope)
    owner_id = owner_id or work.actor.person_id
    if owner_id is None:
        raise Invalid("Name the owner of the KPI.", "ownerId")
    details |= {"owner_id": owner_id, "purpose_id": purpose_id}
    faults = FaultCollector()
    with faults.collect():
        await _reference_all(work, owner_id, purpose_id, details)
    with faults.collect():
        kpi = Kpi.create(work.actor.tenant_id, scope, frequency=frequency, **details)
        values, ids = _split_inputs(definition, "definition")
        day = starts_on or work.actor.today
        defined = kpi.define(values, day, "definition", at=work.now, input_ids=ids)
        defined.set_template(*definition.get("template", NO_TEMPLATE))
        await check_source(work, defined, "definition")
        await check_formula_of(work, kpi, defined, "definition")
    faults.raise_all()
    await ensure_place_in_tree(work, kpi, kpi.parent_id)
    await work.add(kpi, to=Kpi.CREATE)
    if defined.formula is not None:
        await lock_inputs(work, defined)
        await recompute_definition(work, kpi, defined)
    for each in ADDITIONS:
        await each(work, kpi)
    return kpi


async def edit(work: Work, id: UUID, *, expected_version: int | None = None, **details: Any) -> Kpi:
    """Change attributes that are no part of the definition.

    Raises what `Work.get` raises, Invalid and LimitExceeded.
    """
    kpi = await work.get(Kpi, id, to=Kpi.EDIT, expected_version=expected_version)
    describes_people = details.get("describes_people", kpi.describes_people)
    if not describes_people and kpi.is_measured_by_trellis:
        message = "Trellis measures this KPI, so its values are about people. Leave this out."
        raise Invalid(message, "describesPeople")
    if kpi.describes_people and not describes_people:
        await _require_disclosure(work, kpi, "describesPeople")
    owner_id = details.get("owner_id", kpi.owner_id)
    await _reference_all(
        work,
        owner_id if owner_id != kpi.owner_id else None,
        details.get("purpose_id"),  # also the present one: it may be hidden from the actor
        details,
        kpi,
    )
    if details.get("parent_id") != kpi.parent_id:
        await ensure_place_in_tree(work, kpi, details.get("parent_id"))
    is_review_due = describes_people != kpi.describes_people
    kpi.edit(**details)
    if is_review_due:
        await review_suppression(work, kpi, await load_threshold(work))
    return kpi


async def _require_disclosure(work: Work, kpi: Kpi, field: str) -> None:
    """Check that the actor may let values about few people be shown. Raises NotPermitted."""
    if not await work.is_permitted(kpi, to=Kpi.CREATE):
        message = "Only those who define KPIs here let values about few people be shown."
        raise NotPermitted(f"{message} Ask them, or leave this out.", field)


async def _refuse_disclosure(
    work: Work, kpi: Kpi, unit_name: str | None, current: KpiDefinition
) -> None:
    """Check a name of the unit by which denominators would say that values are about enough people.

    Raises NotPermitted.
    """
    if kpi.describes_people and counts_people(unit_name) > counts_people(current.unit_name):
        await _require_disclosure(work, kpi, "unitName")


async def redefine(
    work: Work,
    id: UUID,
    changes: Mapping[str, Any],
    *,
    starts_on: date | None = None,
    reason: str,
    expected_version: int | None = None,
) -> Kpi:
    """Change the definition of a KPI from a day on, by default today.

    Raises what `Work.get` raises, Invalid and LimitExceeded.
    """
    kpi = await work.get(Kpi, id, to=Kpi.REDEFINE, expected_version=expected_version)
    values, ids = _split_inputs(changes)
    day = starts_on or work.actor.today
    current = find_definition(kpi.definitions, day)
    await _refuse_disclosure(work, kpi, changes.get("unit_name", current.unit_name), current)
    former, existing_ids = get_facts(current), {*current.input_ids.values()}
    source = get_source(current)
    definition = kpi.redefine(values, day, reason, at=work.now, input_ids=ids)
    faults = FaultCollector()
    with faults.collect():
        await _follow_source(work, kpi, definition, source)
    with faults.collect():
        if changes.keys() & CHECKED:
            await check_formula_of(work, kpi, definition, existing_ids=existing_ids)
        if changes.keys() & AFFECTS_RESULTS:
            await lock_inputs(work, definition)
            await fit_members(work, kpi, definition)
    with faults.collect():
        await refuse_misfits(work, kpi, definition, former)
    faults.raise_all()
    if ids:
        await refuse_cycle(work, kpi, definition)
    if kpi.describes_people and changes.keys() & AFFECTS_RESULTS:
        await review_suppression(work, kpi, await load_threshold(work))
    if changes.keys() & AFFECTS_RESULTS:
        await recompute_definition(work, kpi, definition)
    return kpi


async def _follow_source(
    work: Work, kpi: Kpi, definition: KpiDefinition, former: tuple[object, ...]
) -> None:
    """Check from what values are taken where that has changed, and let them be measured.

    Raises Invalid and NotPermitted.
    """
    if get_source(definition) != former:
        await check_source(work, definition)
        work.enqueue(build_measuring(kpi.id))


def _split_inputs(
    definition: Mapping[str, Any], *path: str
) -> tuple[Mapping[str, Any], Mapping[str, UUID] | None]:
    """Return the values of a definition, and the ids of its inputs; None where none are given."""
    inputs: Sequence[tuple[str, UUID]] | None = definition.get("inputs")
    others = ("inputs", "template")
    values = {name: value for name, value in definition.items() if name not in others}
    return values, None if inputs is None else name_inputs(inputs, *path, "inputs")


async def require_scope(work: Work, scope: KpiScope) -> None:
    """Check the unit of a new KPI. Raises Invalid, and NotPermitted."""
    example = Kpi(
        tenant_id=work.actor.tenant_id,
        **scope.to_attributes(),
        name="",
        owner_id=PersonId(UUID(int=0)),
        frequency=KpiFrequency.MONTHLY,
    )
    await reference_scope(work, scope, example, to=Kpi.CREATE)


async def _reference_all(
    work: Work,
    owner_id: UUID | None,
    purpose_id: UUID | None,
    details: Mapping[str, Any],
    kpi: Kpi | None = None,
) -> None:
    """Check what an input names beside the scope. Raises Invalid with all faults.

    People whom the lists of `kpi` have already stay: they may have left since.
    """
    faults = FaultCollector()
    with faults.collect():
        await reference_owner(work, owner_id)
    with faults.collect():
        await _reference_purpose(work, purpose_id)
    with faults.collect():
        await reference_parent(work, details.get("parent_id"), getattr(kpi, "parent_id", None))
    for name, field in PEOPLE.items():
        with faults.collect():
            await reference_people(work, details.get(name, ()), field, getattr(kpi, name, ()))
    faults.raise_all()


async def _reference_purpose(work: Work, id: UUID | None) -> None:
    """Check the goal that a KPI supports. A draft could still be deleted, so it is refused."""
    goal: Any = await work.reference(get_kind(PURPOSE), id, "purposeId")
    if goal is not None and goal.status == "draft":
        message = "This goal is a draft. Activate it first, or choose another."
        raise Invalid(message, "purposeId")
