"""How goals are set, checked in on and closed: the plans as scenes."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from api.demo.goals import Plan, Word
from api.demo.story import Act, Story
from api.demo.units import Unit
from api.demo.workers import Crew, Worker
from domain.goals import Goal, GoalStatus, Owner, OwnerKind
from domain.kernel.aggregate import Aggregate
from persistence.unit_of_work.backdated import BackdatedWork


class GoalStory:
    """The scenes in which something happens to a goal."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.cast = story.cast

    def write(self, plans: list[Plan]) -> None:
        """Every scene of every goal."""
        for plan in plans:
            self._set(plan)
            if plan.status is not GoalStatus.DRAFT:
                self._begin(plan)
            for word in plan.words:
                self._check_in(plan, word)
            if plan.closed_at is not None and not plan.ends_with_a_word:
                self._end(plan, plan.closed_at)

    def _set(self, plan: Plan) -> None:
        async def act(work: BackdatedWork) -> Aggregate:
            goal = Goal.draft(
                self.cast.tenant_id,
                self._owner(plan),
                today=work.actor.today,
                title=plan.title,
                purpose=plan.purpose,
                visibility=plan.visibility,
                starts_on=plan.span.starts_on,
                due_on=plan.span.due_on,
                viewer_ids=[self.cast.person_id(each) for each in plan.viewers],
            )
            for index, measure in enumerate(plan.measures):
                figures = {
                    "title": measure.title,
                    "start_value": measure.start,
                    "target_value": measure.target,
                    "unit": measure.unit,
                }
                goal.add_key_result(figures, "keyResults", index)
            if plan.parent is not None:
                goal.align(self.cast.goals[plan.parent].id, ())
            await work.add(goal, to=Goal.CREATE)
            if plan.status is not GoalStatus.DRAFT and _begins_at(plan) == plan.made_at:
                goal.activate()
            self.cast.goals[plan] = goal
            return goal

        self.story.add(plan.made_at, plan.author, act)

    def _begin(self, plan: Plan) -> None:
        if _begins_at(plan) != plan.made_at:

            async def act(_: BackdatedWork) -> Aggregate:
                goal = self.cast.goals[plan]
                goal.activate()
                return goal

            self._tell(plan, _begins_at(plan), plan.author_on(plan.span.starts_on), act)

    def _check_in(self, plan: Plan, word: Word) -> None:
        async def act(_: BackdatedWork) -> Aggregate:
            goal = self.cast.goals[plan]
            ids = [each.id for each in goal.list_key_results()]
            goal.check_in(
                self.cast.person_id(word.author),
                confidence=word.confidence,
                values=dict(zip(ids, word.values, strict=True)),
                note=word.note,
                at=word.at,
            )
            if word is plan.words[-1] and plan.closed_at and plan.ends_with_a_word:
                _close(goal, plan, plan.closed_at)
            return goal

        self._tell(plan, word.at, word.author, act)

    def _end(self, plan: Plan, at: datetime) -> None:
        async def act(_: BackdatedWork) -> Aggregate:
            goal = self.cast.goals[plan]
            _close(goal, plan, at)
            return goal

        self._tell(plan, at, plan.author_on(at.date()), act)

    def _tell(self, plan: Plan, at: datetime, by: Worker, act: Act) -> None:
        self.story.add(at, by, act, lambda: self.cast.goals.get(plan))

    def _owner(self, plan: Plan) -> Owner:
        match plan.owner:
            case Unit():
                return Owner(OwnerKind.ORGANIZATION, self.cast.organizations[plan.owner.code].id)
            case Crew():
                return Owner(OwnerKind.TEAM, self.cast.teams[plan.owner].id)
            case Worker():
                return Owner(OwnerKind.PERSON, self.cast.person_id(plan.owner))


def _begins_at(plan: Plan) -> datetime:
    """When a goal is activated: on its first day, or at once where that has passed."""
    zone = ZoneInfo(plan.author.site.time_zone)
    first = datetime.combine(plan.span.starts_on, time(9), zone).astimezone(UTC)
    return plan.made_at if first < plan.made_at + timedelta(hours=1) else first


def _close(goal: Goal, plan: Plan, at: datetime) -> None:
    close = {
        GoalStatus.ACHIEVED: goal.achieve,
        GoalStatus.MISSED: goal.mark_missed,
        GoalStatus.ABANDONED: goal.abandon,
    }[plan.status]
    close(plan.closing_note or "", at=at)
