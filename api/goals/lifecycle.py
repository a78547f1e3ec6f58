"""The life of a goal: activating, checking in, closing and reopening it."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from api.goals.goal import CheckIn, Goal
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from domain import goals
from domain.goals import NOTE, QUANTITY, Confidence
from domain.goals.model import MAX_KEY_RESULTS
from domain.kernel.errors import Code, Invalid, NotPermitted
from domain.kernel.unit_of_work import Work


@input_type()
class CheckInValueInput:
    """The new value of a key result."""

    key_result_id: UUID = input_field("Id of the key result.", id_prefix="keyres")
    value: Annotated[Decimal, QUANTITY] = input_field("The value now.")


@input_type()
class GoalCheckInInput:
    """Input of `goalCheckIn`."""

    id: UUID = input_field("Id of the Goal.", id_prefix="goal")
    confidence: Confidence = input_field("Your forecast for the goal.")
    values: list[CheckInValueInput] | None = input_field(
        "New values, one per key result. Key results left out keep theirs.",
        max_items=MAX_KEY_RESULTS,
    )
    note: Annotated[str | None, NOTE] = input_field("A comment.")
    expected_version: int | None = expected_version_field()


goal_activate = verb(
    Goal,
    goals.Goal.ACTIVATE,
    "Activate a draft. From now on everyone it is shared with sees the goal.",
)


@mutation(Goal, makes=CheckIn)
async def goal_check_in(work: Work, input: GoalCheckInInput) -> goals.CheckIn:
    """Check in on an active goal: a forecast, a comment and new values of key results."""
    kind, version = goals.Goal, input.expected_version
    goal = await work.get(kind, input.id, to=kind.CHECK_IN, expected_version=version)
    author = work.actor.person_id
    if author is None:
        raise NotPermitted("Only a person can check in. Sign in as one.")
    values = _map_by_key_result(input.values or [])
    return goal.check_in(
        author, confidence=input.confidence, values=values, note=input.note, at=work.now
    )


goal_achieve = verb(
    Goal,
    goals.Goal.ACHIEVE,
    "Close an active goal as achieved.",
    note=input_field("A closing note."),
)
goal_mark_missed = verb(
    Goal,
    goals.Goal.MARK_MISSED,
    "Close an active goal as missed.",
    note=input_field("Why the goal was not achieved."),
)
goal_abandon = verb(
    Goal,
    goals.Goal.ABANDON,
    "Close an active goal as abandoned.",
    note=input_field("Why the goal is given up."),
)
goal_reopen = verb(
    Goal,
    goals.Goal.REOPEN,
    "Make a closed goal active again. The closing note and date are removed.",
)


def _map_by_key_result(values: list[CheckInValueInput]) -> dict[UUID, Decimal]:
    by_key_result = {each.key_result_id: each.value for each in values}
    if len(by_key_result) != len(values):
        message = "A key result has two values. Give each one value."
        raise Invalid(message, "values", code=Code.NOT_UNIQUE)
    return by_key_result
