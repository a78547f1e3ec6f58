"""Setting goals: drafting, editing, aligning and discarding them."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from api.goals.goal import Goal
from api.kernel.schema.inputs import (
    expected_version_field,
    input_field,
    input_type,
    provided_fields,
    require_explicit,
)
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from domain import goals
from domain.goals import Direction, Owner, OwnerKind, Visibility
from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work


@input_type(one_of=True)
class GoalOwnerInput:
    """Whose a goal is to be: exactly one of these."""

    person_id: UUID | None = input_field("A person.", id_prefix="person")
    team_id: UUID | None = input_field("A team.", id_prefix="team")
    organization_id: UUID | None = input_field("An organization.", id_prefix="org")


@input_type()
class KeyResultInput:
    """A figure that says how far a goal is."""

    title: str = input_field("What is measured.")
    start_value: Decimal = input_field("Where it starts.")
    target_value: Decimal = input_field("Where it should end.")
    current_value: Decimal | None = input_field("Where it is; at the start unless said.")
    unit: str | None = input_field("What it is measured in.")
    direction: Direction | None = input_field(
        "Which way is better; from start to target unless said."
    )


@input_type()
class GoalCreateInput:
    """A goal to be drafted."""

    owner: GoalOwnerInput | None = input_field("Whose it is; the viewer's own unless said.")
    title: str = input_field("The goal in one line.")
    due_on: date = input_field("The last day.")
    starts_on: date | None = input_field("The first day; today unless said.")
    description: str | None = input_field("What it is about.")
    purpose: str | None = input_field("Why it matters.")
    visibility: Visibility | None = input_field("Whom to share it with; everyone unless said.")
    viewer_ids: list[UUID] | None = input_field(
        "People named on it; they see it too.", id_prefix="person"
    )
    parent_id: UUID | None = input_field("The goal that it serves.", id_prefix="goal")
    key_results: list[KeyResultInput] | None = input_field("How one will know.")


@input_type()
class GoalEditInput:
    """What to change about a goal; what is left out stays."""

    id: UUID = input_field("The goal.", id_prefix="goal")
    title: strawberry.Maybe[str] = input_field("The goal in one line.")
    description: strawberry.Maybe[str | None] = input_field("What it is about; null takes it out.")
    purpose: strawberry.Maybe[str | None] = input_field("Why it matters; null takes it out.")
    visibility: strawberry.Maybe[Visibility] = input_field("Whom to share it with.")
    starts_on: strawberry.Maybe[date] = input_field("The first day.")
    due_on: strawberry.Maybe[date] = input_field("The last day.")
    viewer_ids: strawberry.Maybe[list[UUID]] = input_field(
        "All people named on it; others are taken off.", id_prefix="person"
    )
    expected_version: int | None = expected_version_field()


@input_type()
class GoalAlignInput:
    """Which goal another one is to serve."""

    id: UUID = input_field("The goal.", id_prefix="goal")
    parent_id: strawberry.Maybe[UUID | None] = input_field(
        "The goal to serve; null for none any more.", id_prefix="goal"
    )
    expected_version: int | None = expected_version_field()


@mutation(Goal, batch="goals")
async def goal_create(work: Work, input: GoalCreateInput) -> goals.Goal:
    """Draft a goal; only those who may change it know of it until it is activated."""
    details: dict[str, Any] = {
        "title": input.title,
        "due_on": input.due_on,
        "description": input.description,
        "purpose": input.purpose,
        "visibility": input.visibility or Visibility.PUBLIC,
        "viewer_ids": {PersonId(each) for each in input.viewer_ids or ()},
    }
    if input.starts_on is not None:
        details["starts_on"] = input.starts_on
    return await goals.create(
        work,
        _resolve_owner(work, input.owner),
        parent_id=input.parent_id,
        key_results=[build_key_result(each) for each in input.key_results or ()],
        **details,
    )


@mutation(Goal)
async def goal_edit(work: Work, input: GoalEditInput) -> goals.Goal:
    """Change what is said about a goal."""
    names = ("title", "description", "purpose", "visibility", "starts_on", "due_on", "viewer_ids")
    details = provided_fields(input, *names)
    version = input.expected_version
    return await goals.edit(work, input.id, expected_version=version, **details)


@mutation(Goal)
async def goal_align(work: Work, input: GoalAlignInput) -> goals.Goal:
    """Let a goal serve another one, or none any more."""
    version = input.expected_version
    return await goals.align(
        work,
        input.id,
        parent_id=require_explicit(input.parent_id, "parentId"),
        expected_version=version,
    )


goal_discard = verb(
    Goal,
    goals.Goal.DISCARD,
    "Delete a draft for good. The payload's `goal` is null on success.",
    use_case=goals.discard,
)


def build_key_result(input: KeyResultInput) -> dict[str, Any]:
    """A key result as the domain wants to hear of it."""
    return {
        "title": input.title,
        "start_value": input.start_value,
        "target_value": input.target_value,
        "current_value": input.current_value,
        "unit": input.unit,
        "direction": input.direction,
    }


def _resolve_owner(work: Work, input: GoalOwnerInput | None) -> Owner:
    if input is None:
        if work.actor.person_id is None:
            raise Invalid("Say whose goal it is to be.", "owner", code=Code.REQUIRED)
        return Owner(OwnerKind.PERSON, work.actor.person_id)
    if input.person_id is not None:
        return Owner(OwnerKind.PERSON, input.person_id)
    if input.team_id is not None:
        return Owner(OwnerKind.TEAM, input.team_id)
    assert input.organization_id is not None, "A @oneOf input has one field."
    return Owner(OwnerKind.ORGANIZATION, input.organization_id)
