"""Key results: adding, changing, ordering and removing them."""

from uuid import UUID

from api.goals.editing import KeyResultInput, build_key_result
from api.goals.goal import Goal, KeyResult
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from domain import goals
from domain.goals.model import MAX_KEY_RESULTS
from domain.kernel.unit_of_work import Work


@input_type()
class GoalAddKeyResultInput:
    """Input of `goalAddKeyResult`."""

    id: UUID = input_field("Id of the Goal.", id_prefix="goal")
    key_result: KeyResultInput = input_field("The new key result. A goal has at most 30.")
    expected_version: int | None = expected_version_field()


@input_type(edits=KeyResult)
class GoalEditKeyResultInput:
    """Input of `goalEditKeyResult`.

    Fields that are left out stay unchanged; null is allowed only where a field says so.
    """

    id: UUID = input_field("Id of the Goal.", id_prefix="goal")
    key_result_id: UUID = input_field("Id of the KeyResult.", id_prefix="keyres")
    expected_version: int | None = expected_version_field()


@mutation(Goal, returns_part=KeyResult)
async def goal_add_key_result(work: Work, input: GoalAddKeyResultInput) -> goals.KeyResult:
    """Add a key result to an open goal, after the others. A goal has 30 at most."""
    kind, version = goals.Goal, input.expected_version
    goal = await work.get(kind, input.id, to=kind.EDIT, expected_version=version)
    return goal.add_key_result(build_key_result(input.key_result), "keyResult")


@mutation(Goal)
async def goal_edit_key_result(work: Work, input: GoalEditKeyResultInput) -> goals.Goal:
    """Edit a key result of an open goal. Past check-ins keep their values."""
    kind, version = goals.Goal, input.expected_version
    goal = await work.get(kind, input.id, to=kind.EDIT, expected_version=version)
    goal.edit_key_result(input.key_result_id, **given_values(input, goals.KeyResult))
    return goal


goal_remove_key_result = verb(
    Goal,
    goals.Goal.EDIT,
    "Remove a key result with its values in past check-ins. The audit log keeps them.",
    name="remove_key_result",
    key_result_id=input_field("Id of the KeyResult.", id_prefix="keyres"),
)
goal_reorder_key_results = verb(
    Goal,
    goals.Goal.EDIT,
    "Change the order of a goal's key results.",
    name="reorder_key_results",
    key_result_ids=input_field(
        "All key results of the goal in their new order, each once.",
        id_prefix="keyres",
        max_items=MAX_KEY_RESULTS,
    ),
)
