"""The one mutation of the plain Strawberry contender: a check-in through the ORM."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import strawberry
from sqlalchemy import select, update

from benchmarks.contenders.strawberry_loaders import (
    Info,
    LoaderContext,
    build_visibility,
    get_loaders,
)
from benchmarks.contenders.strawberry_models import (
    CheckInModel,
    CheckInValueModel,
    ClockModel,
    GoalModel,
    JournalModel,
)
from benchmarks.contenders.strawberry_types import Confidence, Goal
from domain.kernel.identity import generate_id


@strawberry.input
class CheckInValueInput:
    """The new value of a key result."""

    key_result_id: strawberry.ID
    value: Decimal


@strawberry.input
class GoalCheckInInput:
    """Input of `goalCheckIn`."""

    id: strawberry.ID
    confidence: Confidence
    values: list[CheckInValueInput]
    note: str | None = None


@strawberry.type
class UserError:
    """A fault in the input."""

    code: str
    message: str


@strawberry.type
class GoalCheckInPayload:
    """Result of `goalCheckIn`."""

    goal: Goal | None
    errors: list[UserError]


@strawberry.type
class Mutation:
    """The mutations."""

    @strawberry.mutation
    async def goal_check_in(self, info: Info, input: GoalCheckInInput) -> GoalCheckInPayload:
        """Record a check-in."""
        reading = get_loaders(info)
        chosen = (
            build_visibility(reading),
            GoalModel.id == UUID(input.id),
            GoalModel.status == "active",
        )
        goals = await reading.fetch_all(select(GoalModel).where(*chosen).with_for_update())
        if not goals:
            wrong = UserError(code="NOT_FOUND", message="There is no such goal.")
            return GoalCheckInPayload(goal=None, errors=[wrong])
        await _record_check_in(reading, goals[0], input)
        return GoalCheckInPayload(goal=Goal.from_row(goals[0]), errors=[])


async def _record_check_in(
    loaders: LoaderContext, goal: GoalModel, check_in_input: GoalCheckInInput
) -> None:
    now, author = datetime.now(UTC), UUID(loaders.persona.person_id)
    check_in = CheckInModel(
        tenant_id=loaders.tenant,
        id=generate_id(),
        goal_id=goal.id,
        author_id=author,
        confidence=check_in_input.confidence.value,
        note=check_in_input.note,
        recorded_at=now,
    )
    values = {UUID(each.key_result_id): each.value for each in check_in_input.values}
    key_results = await loaders.key_results.load(goal.id)
    for each in key_results:
        each.current_value = values.get(each.id, each.current_value)
    goal.version, goal.updated_at = goal.version + 1, now
    loaders.session.add(check_in)
    await loaders.session.flush()
    loaders.session.add_all(
        CheckInValueModel(
            tenant_id=loaders.tenant,
            id=generate_id(),
            check_in_id=check_in.id,
            key_result_id=each.id,
            value=each.current_value,
        )
        for each in key_results
    )
    advance = update(ClockModel).where(
        ClockModel.tenant_id == loaders.tenant, ClockModel.clock == "journal"
    )
    number = await loaders.session.scalar(
        advance.values(number=ClockModel.number + 1).returning(ClockModel.number)
    )
    loaders.session.add(_build_journal_entry(loaders, goal, check_in, number or 1))
    await loaders.session.flush()


def _build_journal_entry(
    loaders: LoaderContext, goal: GoalModel, check_in: CheckInModel, number: int
) -> JournalModel:
    return JournalModel(
        tenant_id=loaders.tenant,
        id=generate_id(),
        number=number,
        seq=1,
        entity="goal",
        entity_id=goal.id,
        action="checked_in",
        actor_id=check_in.author_id,
        changes={"confidence": [None, check_in.confidence.upper()]},
        recorded_at=check_in.recorded_at,
    )
