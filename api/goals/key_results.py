"""Mutations that add, edit, order and remove key results."""

from decimal import Decimal
from uuid import UUID

import strawberry

from api.goals.editing import KeyResultInput, build_key_result
from api.goals.goal import Goal
from api.kernel.schema.inputs import (
    expected_version_field,
    input_field,
    input_type,
    provided_fields,
)
from api.kernel.schema.mutations import mutation
from domain import goals
from domain.goals import Direction
from domain.kernel.unit_of_work import Work


@input_type()
class GoalAddKeyResultInput:
    """Input of `goalAddKeyResult`."""

    id: UUID = input_field("Id of the Goal.", id_prefix="goal")
    key_result: KeyResultInput = input_field("The new key result.")
    expected_version: int | None = expected_version_field()


@input_type()
class GoalEditKeyResultInput:
    """Input of `goalEditKeyResult`. Fields that are left out stay unchanged."""

    id: UUID = input_field("Id of the Goal.", id_prefix="goal")
    key_result_id: UUID = input_field("Id of the key result.", id_prefix="keyres")
    title: strawberry.Maybe[str] = input_field("What is measured, in one line.")
    start_value: strawberry.Maybe[Decimal] = input_field("The value at the start.")
    target_value: strawberry.Maybe[Decimal] = input_field("The value to reach.")
    unit: strawberry.Maybe[str | None] = input_field("The unit of the values. Null removes it.")
    direction: strawberry.Maybe[Direction] = input_field(
        "Whether higher or lower values are better."
    )
    expected_version: int | None = expected_version_field()


@input_type()
class GoalRemoveKeyResultInput:
    """Input of `goalRemoveKeyResult`."""

    id: UUID = input_field("Id of the Goal.", id_prefix="goal")
    key_result_id: UUID = input_field("Id of the key result.", id_prefix="keyres")
    expected_version: int | None = expected_version_field()


@input_type()
class GoalReorderKeyResultsInput:
    """Input of `goalReorderKeyResults`."""

    id: UUID = input_field("Id of the Goal.", id_prefix="goal")
    key_result_ids: list[UUID] = input_field(
        "All key results of the goal in their new order, each once.", id_prefix="keyres"
    )
    expected_version: int | None = expected_version_field()


@mutation(Goal)
async def goal_add_key_result(work: Work, input: GoalAddKeyResultInput) -> goals.Goal:
    """Add a key result to an open goal, after the others. A goal has 30 at most."""
    kind, version = goals.Goal, input.expected_version
    goal = await work.get(kind, input.id, to=kind.EDIT, expected_version=version)
    goal.add_key_result(build_key_result(input.key_result), "keyResult")
    return goal


@mutation(Goal)
async def goal_edit_key_result(work: Work, input: GoalEditKeyResultInput) -> goals.Goal:
    """Edit a key result of an open goal. Past check-ins keep their values."""
    kind, version = goals.Goal, input.expected_version
    goal = await work.get(kind, input.id, to=kind.EDIT, expected_version=version)
    details = provided_fields(input, "title", "start_value", "target_value", "unit", "direction")
    goal.edit_key_result(input.key_result_id, **details)
    return goal


@mutation(Goal)
async def goal_remove_key_result(work: Work, input: GoalRemoveKeyResultInput) -> goals.Goal:
    """Remove a key result with its values in past check-ins. The audit log keeps them."""
    kind, version = goals.Goal, input.expected_version
    goal = await work.get(kind, input.id, to=kind.EDIT, expected_version=version)
    goal.remove_key_result(input.key_result_id)
    return goal


@mutation(Goal)
async def goal_reorder_key_results(work: Work, input: GoalReorderKeyResultsInput) -> goals.Goal:
    """Change the order of a goal's key results."""
    kind, version = goals.Goal, input.expected_version
    goal = await work.get(kind, input.id, to=kind.EDIT, expected_version=version)
    goal.reorder_key_results(input.key_result_ids)
    return goal
