"""Key results: adding, changing, ordering and removing them."""

from uuid import UUID

import strawberry

from api.goals.editing import KeyResultInput, build_key_result
from api.goals.goal import Goal, KeyResult
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from domain import goals
from domain.goals import KeyResultBasis
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
    kpi_id: strawberry.Maybe[UUID | None] = input_field(
        "The KPI that the current value follows from now on, as in `goalAddKeyResult`. Null removes"
        " the KPI, and the current value stays.",
        id_prefix="kpi",
    )
    kpi_basis: strawberry.Maybe[KeyResultBasis] = input_field(
        "Which values of the KPI it follows. The viewer has to see the KPI."
    )
    expected_version: int | None = expected_version_field()


@mutation(Goal, returns_part=KeyResult)
async def goal_add_key_result(work: Work, input: GoalAddKeyResultInput) -> goals.KeyResult:
    """Add a key result to an open goal, after the others. A goal has 30 at most."""
    details, version = build_key_result(input.key_result), input.expected_version
    return await goals.add_key_result(work, input.id, details, expected_version=version)


@mutation(Goal)
async def goal_edit_key_result(work: Work, input: GoalEditKeyResultInput) -> goals.Goal:
    """Edit a key result of an open goal. Past check-ins keep their values."""
    links = {"kpi_id": input.kpi_id, "kpi_basis": input.kpi_basis}
    return await goals.edit_key_result(
        work,
        input.id,
        input.key_result_id,
        expected_version=input.expected_version,
        **given_values(input, goals.KeyResult),
        **{name: each.value for name, each in links.items() if each is not None},
    )


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
