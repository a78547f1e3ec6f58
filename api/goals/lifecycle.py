"""The life of a goal: activating, checking in, closing and reopening it."""

from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Annotated
from uuid import UUID

from api.goals.goal import CheckIn, Goal
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from domain import goals
from domain.goals import NOTE, QUANTITY, REASON, Confidence
from domain.goals.model import MAX_KEY_RESULTS
from domain.kernel.unit_of_work import Work


@input_type()
class CheckInValueInput:
    """The new value of a key result."""

    key_result_id: UUID = input_field(
        "Id of the key result. It must not follow a KPI.", id_prefix="keyres"
    )
    value: Annotated[Decimal, QUANTITY] = input_field("The value now.")


@input_type()
class GoalCheckInInput:
    """Input of `goalCheckIn`."""

    id: UUID = input_field("Id of the Goal.", id_prefix="goal")
    confidence: Confidence = input_field("Your forecast for the goal.")
    values: list[CheckInValueInput] | None = input_field(
        "Reported values, one per key result. A key result that is left out keeps its value; in a"
        " correction, the value that the corrected check-in reported. If a check-in about a later"
        " day reports the key result, its current value stays.",
        max_items=MAX_KEY_RESULTS,
        unique_by=attrgetter("key_result_id"),
    )
    note: Annotated[str | None, NOTE] = input_field("A comment.")
    effective_on: date | None = input_field(
        "The day that the check-in is about: today, or at most `Tenant.checkInBackdatingDays` days"
        " earlier, but no past day before `startsOn` of the goal. Default: the day of the check-in"
        " that it corrects, else today in the tenant's time zone. The limit in days holds for"
        " corrections, too: an older check-in cannot be corrected on its own day."
    )
    corrects: UUID | None = input_field(
        "The earlier check-in of the goal that this one replaces. A check-in is replaced once; then"
        " correct its replacement. Default: none.",
        id_prefix="checkin",
    )
    reason: Annotated[str | None, REASON] = input_field(
        "What is wrong with the earlier check-in. Required with `corrects`, and refused without."
    )
    expected_version: int | None = expected_version_field()


goal_activate = verb(
    Goal,
    goals.Goal.ACTIVATE,
    "Activate a draft. From now on everyone it is shared with sees the goal.",
)


@mutation(Goal, returns_part=CheckIn)
async def goal_check_in(work: Work, input: GoalCheckInInput) -> goals.CheckIn:
    """Check in on an active goal: a forecast, a comment and new values of key results.

    With `corrects` it replaces an earlier check-in, also one of another author.
    """
    return await goals.check_in(
        work,
        input.id,
        confidence=input.confidence,
        values=[(each.key_result_id, each.value) for each in input.values or ()],
        note=input.note,
        effective_on=input.effective_on,
        corrects_id=input.corrects,
        reason=input.reason,
        expected_version=input.expected_version,
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
    "Make a closed goal active again. The closing note and date are removed, and key results take"
    " the present values of their KPIs.",
    use_case=goals.reopen,
)
