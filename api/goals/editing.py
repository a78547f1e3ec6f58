"""Mutations that draft, edit, align and discard goals."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from api.custom_fields import CustomValueInput, custom_values_input, read_given_values
from api.external_references import ExternalReferenceInput
from api.goals.goal import Goal, GoalReference, KeyResult
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import (
    expected_version_field,
    input_field,
    input_type,
    require_explicit,
    today_field,
)
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from domain import goals
from domain.custom_fields import CustomObjectType, want_fields
from domain.goals import Direction, KeyResultBasis, Owner, OwnerKind
from domain.goals.model import MAX_KEY_RESULTS
from domain.kernel.errors import Code, Invalid
from domain.kernel.external_references import add_external_reference
from domain.kernel.unit_of_work import Work
from domain.kernel.wanted import Wanted


@input_type(one_of=True)
class GoalOwnerInput:
    """The owner of a goal: exactly one of these."""

    person_id: UUID | None = input_field("The person.", id_prefix="person")
    team_id: UUID | None = input_field("The team.", id_prefix="team")
    organization_id: UUID | None = input_field("The organization.", id_prefix="org")


@input_type(creates=KeyResult)
class KeyResultInput:
    """A key result: a value to move from a start to a target."""

    current_value: Decimal | None = input_field(
        "The value today. Default: the start value. Not with a KPI, which says the value."
    )
    direction: Direction | None = input_field(
        "Whether higher or lower values are better. Default: the direction from start to target."
    )
    kpi_id: UUID | None = input_field(
        "The KPI that the current value follows from now on, in the unit of the KPI. One that not"
        " everyone may see can be named only by those who may edit it: the goal shows its values to"
        " all who see the goal. One that describes people cannot be named. Default: none.",
        id_prefix="kpi",
    )
    kpi_basis: KeyResultBasis | None = input_field(
        "Which values of the KPI it follows. Default: LATEST."
    )


@input_type(creates=Goal)
class GoalCreateInput:
    """Input of `goalCreate`."""

    owner: GoalOwnerInput | None = input_field("The owner. Default: the viewer.")
    starts_on: date | None = today_field("The first day.")
    viewer_ids: list[UUID] | None = input_field(
        "People who may see the goal whatever its visibility.", id_prefix="person"
    )
    parent_id: UUID | None = input_field(
        "The goal that the new goal contributes to. It has to be open. Default: none.",
        id_prefix="goal",
    )
    key_results: list[KeyResultInput] | None = input_field(
        "The key results in their order, 30 at most.", max_items=MAX_KEY_RESULTS
    )
    custom_values: list[CustomValueInput] | None = custom_values_input(
        "The values of custom fields. Required ones that the viewer may write must be among them."
    )

    def list_wanted(self) -> Sequence[Wanted]:
        """Return the custom fields, which may be required."""
        return [want_fields(CustomObjectType.GOAL)]


@input_type(edits=Goal)
class GoalEditInput:
    """Input of `goalEdit`.

    Fields that are left out stay unchanged; null is allowed only where a field says so.
    """

    id: UUID = input_field("Id of the Goal.", id_prefix="goal")
    viewer_ids: strawberry.Maybe[list[UUID]] = input_field(
        "The complete new list of viewers. The rule of `Goal.visibility` says who may add people."
        " Empty removes all.",
        id_prefix="person",
    )
    custom_values: list[CustomValueInput] | None = custom_values_input(
        "The values of custom fields to change. Others stay as they are."
    )
    expected_version: int | None = expected_version_field()

    def list_wanted(self) -> Sequence[Wanted]:
        """Return the custom fields, where values of them are given."""
        return [want_fields(CustomObjectType.GOAL)] if self.custom_values else []


@input_type()
class GoalAlignInput:
    """Input of `goalAlign`."""

    id: UUID = input_field("Id of the Goal.", id_prefix="goal")
    parent_id: strawberry.Maybe[UUID | None] = input_field(
        "The goal to contribute to, which has to be open. Null removes the alignment. The"
        " field must be present, also when it is null.",
        id_prefix="goal",
        is_explicit=True,
    )
    expected_version: int | None = expected_version_field()


@input_type()
class GoalReassignInput:
    """Input of `goalReassign`."""

    id: UUID = input_field("Id of the Goal.", id_prefix="goal")
    owner: GoalOwnerInput = input_field(
        "The new owner: a person who has not left, or a team or organization that has not ended."
    )
    expected_version: int | None = expected_version_field()


@input_type()
class GoalAddExternalReferenceInput:
    """Input of `goalAddExternalReference`."""

    id: UUID = input_field("Id of the Goal.", id_prefix="goal")
    reference: ExternalReferenceInput = input_field("The other system, and its id for the goal.")
    expected_version: int | None = expected_version_field()


@mutation(Goal, batch="goals")
async def goal_create(work: Work, input: GoalCreateInput) -> goals.Goal:
    """Draft a goal. Until it is activated only people who may edit it see it."""
    return await goals.create(
        work,
        _resolve_owner(work, input.owner),
        parent_id=input.parent_id,
        key_results=[build_key_result(each) for each in input.key_results or ()],
        custom_values=read_given_values(input.custom_values),
        **given_values(input, goals.Goal),
    )


@mutation(Goal)
async def goal_edit(work: Work, input: GoalEditInput) -> goals.Goal:
    """Edit an open goal. Only the owner can make it private."""
    return await goals.edit(
        work,
        input.id,
        custom_values=read_given_values(input.custom_values),
        expected_version=input.expected_version,
        **given_values(input, goals.Goal),
    )


@mutation(Goal)
async def goal_align(work: Work, input: GoalAlignInput) -> goals.Goal:
    """Align an open goal to another goal, or remove the alignment."""
    version = input.expected_version
    return await goals.align(
        work,
        input.id,
        parent_id=require_explicit(input.parent_id, "parentId"),
        expected_version=version,
    )


@mutation(Goal, batch="goals")
async def goal_reassign(work: Work, input: GoalReassignInput) -> goals.Goal:
    """Give a draft or an active goal to another owner.

    The viewer must be allowed to create a goal with this visibility for the new owner. A goal that
    is not public can be given away only by its owner, or by a lead of the owning team. If its owner
    is an organization or a person who has left, everyone who may edit the goal can give it away.
    """
    owner, version = _resolve_owner(work, input.owner), input.expected_version
    return await goals.reassign(work, input.id, owner, expected_version=version)


@mutation(Goal, returns_part=GoalReference)
async def goal_add_external_reference(
    work: Work, input: GoalAddExternalReferenceInput
) -> goals.GoalReference:
    """Set the id that another system uses for a goal. It replaces that system's earlier id."""
    kind, reference, version = goals.Goal, input.reference, input.expected_version
    return await add_external_reference(
        work, kind, input.id, reference.source, reference.id, expected_version=version
    )


goal_remove_external_reference = verb(
    Goal,
    goals.Goal.REMOVE_EXTERNAL_REFERENCE,
    "Remove the id that another system uses for a goal. Without one nothing changes.",
    source=input_field("The other system."),
)
goal_discard = verb(
    Goal,
    goals.Goal.DISCARD,
    "Delete a draft for good. The payload's `goal` is null on success.",
    use_case=goals.discard,
)


def build_key_result(input: KeyResultInput) -> dict[str, Any]:
    """Return the attributes of a new key result."""
    names = ("current_value", "kpi_id", "kpi_basis")
    return given_values(input, goals.KeyResult) | {name: getattr(input, name) for name in names}


def _resolve_owner(work: Work, input: GoalOwnerInput | None) -> Owner:
    if input is None:
        if work.actor.person_id is None:
            raise Invalid("Name the owner of the goal.", "owner", code=Code.REQUIRED)
        return Owner(OwnerKind.PERSON, work.actor.person_id)
    if input.person_id is not None:
        return Owner(OwnerKind.PERSON, input.person_id)
    if input.team_id is not None:
        return Owner(OwnerKind.TEAM, input.team_id)
    assert input.organization_id is not None, "A @oneOf input has one field."
    return Owner(OwnerKind.ORGANIZATION, input.organization_id)
