"""Key results: adding, changing, ordering and removing what a goal is measured by."""

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
    """One thing more to measure."""

    id: UUID = input_field("The goal.", id_prefix="goal")
    key_result: KeyResultInput = input_field("What to measure.")
    expected_version: int | None = expected_version_field()


@input_type()
class GoalEditKeyResultInput:
    """What to change about a key result; what is left out stays."""

    id: UUID = input_field("The goal.", id_prefix="goal")
    key_result_id: UUID = input_field("The key result.", id_prefix="keyres")
    title: strawberry.Maybe[str] = input_field("What is measured.")
    start_value: strawberry.Maybe[Decimal] = input_field("Where it starts.")
    target_value: strawberry.Maybe[Decimal] = input_field("Where it should end.")
    unit: strawberry.Maybe[str | None] = input_field("What it is measured in; null for nothing.")
    direction: strawberry.Maybe[Direction] = input_field("Which way is better.")
    expected_version: int | None = expected_version_field()


@input_type()
class GoalRemoveKeyResultInput:
    """What to measure no longer."""

    id: UUID = input_field("The goal.", id_prefix="goal")
    key_result_id: UUID = input_field("The key result.", id_prefix="keyres")
    expected_version: int | None = expected_version_field()


@input_type()
class GoalReorderKeyResultsInput:
    """The order of a goal's key results."""

    id: UUID = input_field("The goal.", id_prefix="goal")
    key_result_ids: list[UUID] = input_field("Each of its key results, once.", id_prefix="keyres")
    expected_version: int | None = expected_version_field()


@mutation(Goal)
async def goal_add_key_result(work: Work, input: GoalAddKeyResultInput) -> goals.Goal:
    """Measure one thing more."""
    kind, version = goals.Goal, input.expected_version
    goal = await work.get(kind, input.id, to=kind.EDIT, expected_version=version)
    goal.add_key_result(build_key_result(input.key_result), "keyResult")
    return goal


@mutation(Goal)
async def goal_edit_key_result(work: Work, input: GoalEditKeyResultInput) -> goals.Goal:
    """Change how something is measured."""
    kind, version = goals.Goal, input.expected_version
    goal = await work.get(kind, input.id, to=kind.EDIT, expected_version=version)
    details = provided_fields(input, "title", "start_value", "target_value", "unit", "direction")
    goal.edit_key_result(input.key_result_id, **details)
    return goal


@mutation(Goal)
async def goal_remove_key_result(work: Work, input: GoalRemoveKeyResultInput) -> goals.Goal:
    """Measure something no longer; its past values go too, and stay in the journal."""
    kind, version = goals.Goal, input.expected_version
    goal = await work.get(kind, input.id, to=kind.EDIT, expected_version=version)
    goal.remove_key_result(input.key_result_id)
    return goal


@mutation(Goal)
async def goal_reorder_key_results(work: Work, input: GoalReorderKeyResultsInput) -> goals.Goal:
    """Put a goal's key results into an order."""
    kind, version = goals.Goal, input.expected_version
    goal = await work.get(kind, input.id, to=kind.EDIT, expected_version=version)
    goal.reorder_key_results(input.key_result_ids)
    return goal
