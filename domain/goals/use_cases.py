"""Use cases of goals: changes that need an owner, a parent or viewers beside the goal."""

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from typing import Any
from uuid import UUID

from domain import custom_fields
from domain.custom_fields import GivenValue
from domain.goals.enums import OwnerKind, Visibility
from domain.goals.kpi_links import check_links, hold_kpis
from domain.goals.kpi_values import refresh
from domain.goals.model import CLOSED_STATUSES, Goal
from domain.goals.owners import Owner
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import Invalid, NotPermitted, StateConflict
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import to_camel_case
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.organizations import Organization
from domain.people import Person
from domain.teams import Team

OWNER_TYPES: dict[OwnerKind, type[Aggregate]] = {
    OwnerKind.PERSON: Person,
    OwnerKind.TEAM: Team,
    OwnerKind.ORGANIZATION: Organization,
}
FORMER_OWNERS = {
    OwnerKind.PERSON: "This person has left.",
    OwnerKind.TEAM: "This team has ended.",
    OwnerKind.ORGANIZATION: "This organization is closed.",
}


async def create(
    work: Work,
    owner: Owner,
    *,
    parent_id: UUID | None = None,
    key_results: Sequence[Mapping[str, Any]] = (),
    allows_closed: bool = False,
    custom_values: Sequence[GivenValue] | None = None,
    **details: Any,
) -> Goal:
    """Create a draft of a goal for an owner. With `allows_closed` the parent may be closed.

    Without `custom_values` no custom field is required.

    Raises Invalid, LimitExceeded, and NotPermitted where the actor may not create goals of that
    owner.
    """
    await _reference_owner(work, owner, details.get("visibility", Visibility.PUBLIC))
    goal = Goal.draft(work.actor.tenant_id, owner, today=work.actor.today, **details)
    faults = FaultCollector()
    with faults.collect():
        await _reference_viewers(work, details.get("viewer_ids", ()))
    if parent_id is not None:
        with faults.collect():
            await _reference_parent(work, parent_id, allows_closed=allows_closed)
    with faults.collect():
        linked = await check_links(work, key_results, "keyResults")
    if custom_values is not None:
        with faults.collect():
            await custom_fields.set_first_values(work, goal, custom_values)
    faults.raise_all()
    for index, fields in enumerate(linked):
        goal.add_key_result(fields, "keyResults", index)
    if parent_id is not None:
        goal.align(parent_id, ())
    await work.add(goal, to=Goal.CREATE)
    await refresh(work, [goal])
    return goal


async def edit(
    work: Work,
    id: UUID,
    *,
    custom_values: Sequence[GivenValue] = (),
    expected_version: int | None = None,
    **details: Any,
) -> Goal:
    """Change editable attributes of a goal.

    Raises what `Work.get` raises, Invalid, LimitExceeded, and NotPermitted where the actor could no
    longer edit the goal, or is not the one to share it. So only its owner can make a goal private,
    or let more people see it.
    """
    goal = await work.get(Goal, id, to=Goal.EDIT, expected_version=expected_version)
    await _require_sharing(work, goal, details)
    if "visibility" in details:
        shown = copy(goal)
        shown.visibility = details["visibility"]
        await work.require(shown, to=Goal.EDIT)
    await _reference_viewers(work, details.get("viewer_ids", ()), existing_ids=goal.viewer_ids)
    if changes_time := details.keys() & {"starts_on", "due_on"}:
        await hold_kpis(work, [each.kpi_id for each in goal.key_results])
    details |= await custom_fields.resolve(work, goal, custom_values, is_new=False)
    goal.edit(**details)
    if changes_time:
        await refresh(work, [goal])
    return goal


async def _require_sharing(work: Work, goal: Goal, details: Mapping[str, Any]) -> None:
    """Raise NotPermitted where others than the owner let more people see the goal."""
    widened = goal.find_widening(details)
    if widened is not None and not await _acts_as_owner(work, goal):
        message = "Only the owner may let more people see a goal. Ask the owner to do it."
        raise NotPermitted(message, to_camel_case(widened))


async def _acts_as_owner(work: Work, goal: Goal) -> bool:
    """Return whether the actor, who may edit the goal, is its owner or acts for the owner.

    Where the owner has left, everyone who may edit the goal acts for them.
    """
    if await work.is_permitted(goal, to=Goal.SHARE):
        return True
    owner_id = goal.owner_person_id
    owner = await work.find(Person, id=owner_id) if owner_id else None
    return owner is not None and owner.has_left(work.actor.today)


async def align(
    work: Work,
    id: UUID,
    *,
    parent_id: UUID | None,
    to: Action = Goal.ALIGN,
    allows_closed: bool = False,
    expected_version: int | None = None,
) -> Goal:
    """Align a goal with a parent goal, or with none. With `allows_closed` both may be closed.

    Raises what `Work.get` raises, and Invalid (REFERENCE_NOT_FOUND, REFERENCE_CYCLE).
    """
    await work.lock_tree(Goal.NAME)
    goal = await work.get(Goal, id, to=to, expected_version=expected_version)
    parent_ancestors: Collection[UUID] = ()
    if parent_id is not None:
        if parent_id != goal.parent_id:
            await _reference_parent(work, parent_id, allows_closed=allows_closed)
        parent_ancestors = await work.ancestors(Goal, parent_id)
    goal.align(parent_id, parent_ancestors, allows_closed=allows_closed)
    return goal


async def reassign(
    work: Work, id: UUID, owner: Owner, *, expected_version: int | None = None
) -> Goal:
    """Give an open goal to another owner, also when the present one has left.

    The actor has to be able to create such a goal of the new owner. Other people see the goal then,
    so a goal that is not public is given away only by its owner.

    Raises what `Work.get` raises, Invalid, and NotPermitted.
    """
    goal = await work.get(Goal, id, to=Goal.REASSIGN, expected_version=expected_version)
    if goal.visibility is not Visibility.PUBLIC and not await _acts_as_owner(work, goal):
        raise NotPermitted(
            "Only the owner, or a lead of the owning team, may give away a goal that is not public."
            " Ask one of them."
        )
    await _reference_owner(work, owner, goal.visibility)
    goal.reassign(owner)
    return goal


async def discard(work: Work, id: UUID, *, expected_version: int | None = None) -> Goal:
    """Delete a draft.

    Raises what `Work.get` raises, and StateConflict while other goals are aligned with it.
    """
    await work.lock_tree(Goal.NAME)
    goal = await work.get(Goal, id, to=Goal.DISCARD, expected_version=expected_version)
    if await work.count(Goal, parent_id=goal.id):
        raise StateConflict("Other goals are aligned with this one. Align them elsewhere first.")
    goal.record_event("discarded")
    await work.remove(goal)
    return goal


async def _reference_owner(work: Work, owner: Owner, visibility: Visibility) -> None:
    """Check a new owner. Raises Invalid where the owner is unknown, or no longer active.

    Raises NotPermitted where the actor may not create such goals of this owner.
    """
    today, field_path = work.actor.today, ("owner", f"{owner.kind}Id")
    found: Any = await work.reference(OWNER_TYPES[owner.kind], owner.id, *field_path)
    goal = Goal(
        tenant_id=work.actor.tenant_id,
        **owner.to_attributes(),
        visibility=visibility,
        title="",
        starts_on=today,
        due_on=today,
    )
    await work.require(goal, to=Goal.CREATE)
    end = found.left_on if owner.kind is OwnerKind.PERSON else found.ends_on
    if end is not None and end <= today:
        raise Invalid(f"{FORMER_OWNERS[owner.kind]} Choose another owner.", *field_path)


async def _reference_parent(work: Work, parent_id: UUID, *, allows_closed: bool) -> None:
    parent = await work.reference(Goal, parent_id, "parentId")
    if allows_closed:
        return
    if parent is not None and parent.status in CLOSED_STATUSES:
        raise Invalid(f"The parent goal is {parent.status}. Choose one that is open.", "parentId")


async def _reference_viewers(
    work: Work, ids: Collection[PersonId], existing_ids: Collection[PersonId] = ()
) -> None:
    faults = FaultCollector()
    for index, id in enumerate(ids):
        if id not in existing_ids:
            with faults.collect():
                await work.reference(Person, id, "viewerIds", str(index))
    faults.raise_all()
