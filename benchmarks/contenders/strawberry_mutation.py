"""The one mutation of the plain Strawberry contender: a check-in, by the ORM."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import strawberry
from sqlalchemy import BigInteger, Text, cast, func, select

from benchmarks.contenders.strawberry_models import (
    CheckInModel,
    CheckInValueModel,
    GoalModel,
    JournalModel,
)
from benchmarks.contenders.strawberry_reading import Info, Reading, reading_of, visible
from benchmarks.contenders.strawberry_types import Confidence, Goal
from domain.kernel.identity import new_id


@strawberry.input
class CheckInValueInput:
    """What a key result stands at."""

    key_result_id: strawberry.ID
    value: Decimal


@strawberry.input
class GoalCheckInInput:
    """How it goes."""

    id: strawberry.ID
    confidence: Confidence
    values: list[CheckInValueInput]
    note: str | None = None


@strawberry.type
class UserError:
    """What is wrong with the input."""

    code: str
    message: str


@strawberry.type
class GoalCheckInPayload:
    """The goal, as it then is."""

    goal: Goal | None
    errors: list[UserError]


@strawberry.type
class Mutation:
    """Changes."""

    @strawberry.mutation
    async def goal_check_in(self, info: Info, input: GoalCheckInInput) -> GoalCheckInPayload:
        """Say how a goal goes."""
        reading = reading_of(info)
        chosen = (visible(reading), GoalModel.id == UUID(input.id), GoalModel.status == "active")
        goals = await reading.all(select(GoalModel).where(*chosen).with_for_update())
        if not goals:
            wrong = UserError(code="NOT_FOUND", message="There is no such goal.")
            return GoalCheckInPayload(goal=None, errors=[wrong])
        await _checked_in(reading, goals[0], input)
        return GoalCheckInPayload(goal=Goal.of(goals[0]), errors=[])


async def _checked_in(reading: Reading, goal: GoalModel, given: GoalCheckInInput) -> None:
    now, author = datetime.now(UTC), UUID(reading.persona.person_id)
    check_in = CheckInModel(
        tenant_id=reading.tenant,
        id=new_id(),
        goal_id=goal.id,
        author_id=author,
        confidence=given.confidence.value,
        note=given.note,
        recorded_at=now,
    )
    values = {UUID(each.key_result_id): each.value for each in given.values}
    measured = await reading.key_results.load(goal.id)
    for each in measured:
        each.current_value = values.get(each.id, each.current_value)
    goal.version, goal.updated_at = goal.version + 1, now
    reading.session.add(check_in)
    await reading.session.flush()
    reading.session.add_all(
        CheckInValueModel(
            tenant_id=reading.tenant,
            id=new_id(),
            check_in_id=check_in.id,
            key_result_id=each.id,
            value=each.current_value,
        )
        for each in measured
    )
    reading.session.add(_entry(reading, goal, check_in))
    await reading.session.flush()


def _entry(reading: Reading, goal: GoalModel, check_in: CheckInModel) -> JournalModel:
    return JournalModel(
        tenant_id=reading.tenant,
        id=new_id(),
        xid=cast(cast(func.pg_current_xact_id(), Text), BigInteger),
        seq=1,
        entity="goal",
        entity_id=goal.id,
        action="checked_in",
        actor_id=check_in.author_id,
        changes={"confidence": [None, check_in.confidence.upper()]},
        recorded_at=check_in.recorded_at,
    )
