"""Status: beginning, checking in, closing and taking a goal up again."""

from decimal import Decimal
from uuid import UUID

from api.goals.goal import Goal
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import mutation
from domain import goals
from domain.goals import Confidence
from domain.kernel.errors import Code, Invalid, NotPermitted
from domain.kernel.unit_of_work import Work


@input_type()
class CheckInValueInput:
    """What a key result is at now."""

    key_result_id: UUID = input_field("The key result.", id_prefix="keyres")
    value: Decimal = input_field("The value.")


@input_type()
class GoalActivateInput:
    """A draft to begin with."""

    id: UUID = input_field("The goal.", id_prefix="goal")
    expected_version: int | None = expected_version_field()


@input_type()
class GoalCheckInInput:
    """How a goal is going."""

    id: UUID = input_field("The goal.", id_prefix="goal")
    confidence: Confidence = input_field("How it will end, as things stand.")
    values: list[CheckInValueInput] | None = input_field("The new values; others stay as they are.")
    note: str | None = input_field("What there is to say.")
    expected_version: int | None = expected_version_field()


@input_type()
class GoalAchieveInput:
    """A goal that was reached."""

    id: UUID = input_field("The goal.", id_prefix="goal")
    note: str | None = input_field("What there is to say.")
    expected_version: int | None = expected_version_field()


@input_type()
class GoalMarkMissedInput:
    """A goal that was not reached."""

    id: UUID = input_field("The goal.", id_prefix="goal")
    note: str = input_field("Why it was not reached.")
    expected_version: int | None = expected_version_field()


@input_type()
class GoalAbandonInput:
    """A goal that is given up."""

    id: UUID = input_field("The goal.", id_prefix="goal")
    note: str = input_field("Why it is given up.")
    expected_version: int | None = expected_version_field()


@input_type()
class GoalReopenInput:
    """A goal to be taken up again."""

    id: UUID = input_field("The goal.", id_prefix="goal")
    expected_version: int | None = expected_version_field()


@mutation(Goal)
async def goal_activate(work: Work, input: GoalActivateInput) -> goals.Goal:
    """Begin with a goal; whoever it is shared with sees it from now on."""
    kind, version = goals.Goal, input.expected_version
    goal = await work.get(kind, input.id, to=kind.ACTIVATE, expected_version=version)
    goal.activate()
    return goal


@mutation(Goal)
async def goal_check_in(work: Work, input: GoalCheckInInput) -> goals.Goal:
    """Say how a goal is going, with new values for its key results."""
    kind, version = goals.Goal, input.expected_version
    goal = await work.get(kind, input.id, to=kind.CHECK_IN, expected_version=version)
    author = work.actor.person_id
    if author is None:
        raise NotPermitted("Only a person can check in.")
    values = _map_by_key_result(input.values or [])
    goal.check_in(author, confidence=input.confidence, values=values, note=input.note, at=work.now)
    return goal


@mutation(Goal)
async def goal_achieve(work: Work, input: GoalAchieveInput) -> goals.Goal:
    """Close a goal as reached."""
    kind, version = goals.Goal, input.expected_version
    goal = await work.get(kind, input.id, to=kind.ACHIEVE, expected_version=version)
    goal.achieve(input.note, at=work.now)
    return goal


@mutation(Goal)
async def goal_mark_missed(work: Work, input: GoalMarkMissedInput) -> goals.Goal:
    """Close a goal as not reached, and say why."""
    kind, version = goals.Goal, input.expected_version
    goal = await work.get(kind, input.id, to=kind.MARK_MISSED, expected_version=version)
    goal.mark_missed(input.note, at=work.now)
    return goal


@mutation(Goal)
async def goal_abandon(work: Work, input: GoalAbandonInput) -> goals.Goal:
    """Give a goal up, and say why."""
    kind, version = goals.Goal, input.expected_version
    goal = await work.get(kind, input.id, to=kind.ABANDON, expected_version=version)
    goal.abandon(input.note, at=work.now)
    return goal


@mutation(Goal)
async def goal_reopen(work: Work, input: GoalReopenInput) -> goals.Goal:
    """Take a closed goal up again."""
    kind, version = goals.Goal, input.expected_version
    goal = await work.get(kind, input.id, to=kind.REOPEN, expected_version=version)
    goal.reopen()
    return goal


def _map_by_key_result(values: list[CheckInValueInput]) -> dict[UUID, Decimal]:
    by_key_result = {each.key_result_id: each.value for each in values}
    if len(by_key_result) != len(values):
        message = "A key result has two values. Give each one value."
        raise Invalid(message, "values", code=Code.NOT_UNIQUE)
    return by_key_result
