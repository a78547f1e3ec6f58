"""The plan of a cycle: who takes part, what each has to write, and every conflict.

A plan is computed from facts, and writes nothing. A launch computes the same plan and stores it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from datetime import date
from uuid import UUID

from domain.kernel.pauses import with_pauses
from domain.kernel.unit_of_work import Work
from domain.reviews.cycles.enums import (
    NEEDED_DIRECTIONS,
    PHASE_OF_DIRECTION,
    ReviewConflictCode,
    ReviewSelectionKind,
)
from domain.reviews.cycles.facts import PlanFacts, load_facts
from domain.reviews.cycles.model import ReviewCycle
from domain.reviews.cycles.parts import MAX_NOMINEES
from domain.reviews.cycles.plan import (
    ExpectedNominations,
    PlannedCareerGroup,
    PlannedGroup,
    PlannedParticipant,
    PlannedReview,
    ReviewConflict,
    ReviewCyclePlan,
    count_loads,
)
from domain.reviews.cycles.population import (
    Groups,
    PersonFacts,
    Population,
    count_days,
    is_absent,
)
from domain.reviews.directions import ReviewDirection
from domain.reviews.templates import Position, find_career_groups, has_criteria


async def plan(work: Work, cycle: ReviewCycle) -> ReviewCyclePlan:
    """Plan a cycle as of today. Managers are those of today, or of the day before the cut-off."""
    day = cycle.find_manager_day(work.actor.today)
    return await build_plan(cycle, await load_facts(work, cycle, day))


async def plan_joining(work: Work, cycle: ReviewCycle, person_id: UUID) -> ReviewCyclePlan:
    """Plan one person who joins a running cycle, whatever its rules and selections say.

    They have to be employed today, or on the day of the cycle where that is later.
    """
    today = work.actor.today
    facts = await load_facts(work, cycle, today, [person_id])
    decided_on = max(today, cycle.counted_on)
    planner = Planner(cycle, facts, {person_id: ReviewSelectionKind.ADDED}, decided_on)
    return await _build_plan(planner)


async def plan_extension(
    work: Work, cycle: ReviewCycle, person_id: UUID, last_day: date, group_id: UUID | None
) -> PlannedParticipant:
    """Plan a participant whose period lasts until a later day. They stay in their group."""
    extended = copy(cycle)
    extended.last_day = last_day
    facts = await load_facts(work, cycle, cycle.find_manager_day(work.actor.today), [person_id])
    selections = {person_id: ReviewSelectionKind.ADDED}
    return Planner(extended, facts, selections, last_day).plan_participant(person_id, group_id)


async def build_plan(cycle: ReviewCycle, facts: PlanFacts) -> ReviewCyclePlan:
    """Return the plan that follows from facts."""
    selections: dict[UUID, ReviewSelectionKind] = {
        each.person_id: each.kind for each in cycle.selections
    }
    return await _build_plan(Planner(cycle, facts, selections, cycle.counted_on))


async def _build_plan(planner: "Planner") -> ReviewCyclePlan:
    cycle, facts = planner.cycle, planner.facts
    conflicts, participants = [*_find_missing_templates(cycle)], list[PlannedParticipant]()
    overlaps = list[ReviewConflict]()
    async for id in with_pauses(sorted(facts.people)):
        conflicts += planner.find_selection_conflicts(id)
        if not planner.is_included(id):
            continue
        if planner.has_left(id):
            conflicts.append(ReviewConflict(ReviewConflictCode.HAS_LEFT, id))
        else:
            fitting = planner.list_groups(id)
            participant = planner.plan_participant(id, fitting[0] if fitting else None)
            participants.append(participant)
            conflicts += planner.find_conflicts(participant)
            if len(fitting) > 1:
                code = ReviewConflictCode.SEVERAL_GROUPS
                overlaps.append(ReviewConflict(code, id, len(fitting), 1))
    if not participants:
        conflicts.append(ReviewConflict(ReviewConflictCode.NO_PARTICIPANTS))
    limit = cycle.max_reviews_per_writer
    conflicts += [
        ReviewConflict(ReviewConflictCode.TOO_MANY_REVIEWS, writer, count, limit)
        for writer, count in sorted(count_loads(participants).items())
        if count > limit
    ]
    groups = _plan_groups(cycle, participants)
    conflicts += [
        ReviewConflict(ReviewConflictCode.EMPTY_GROUP, group=each.name)
        for each in groups
        if not each.participant_count
    ]
    conflicts += overlaps  # the last ones, because there can be one for everybody
    nominations = list(planner.expect_nominations(participants))
    career_groups = _plan_career_groups(planner.facts, participants)
    return ReviewCyclePlan(
        participants, conflicts, cycle.list_days(), nominations, groups, career_groups
    )


def _plan_career_groups(
    facts: PlanFacts, participants: Sequence[PlannedParticipant]
) -> list[PlannedCareerGroup]:
    sizes = Counter(
        (template_id, key)
        for each in participants
        for template_id, keys in each.career_groups.items()
        for key in keys
    )
    return [
        PlannedCareerGroup(template.id, each.key, each.name, sizes[template.id, each.key])
        for template in facts.templates.values()
        for each in template.career_groups
    ]


def _plan_groups(
    cycle: ReviewCycle, participants: Sequence[PlannedParticipant]
) -> list[PlannedGroup]:
    sizes = Counter(each.group_id for each in participants)
    return [
        PlannedGroup(each.id, each.name, sizes[each.id], cycle.list_days(each.id))
        for each in cycle.groups
    ]


class Planner:
    """Plans one person after the other."""

    def __init__(
        self,
        cycle: ReviewCycle,
        facts: PlanFacts,
        selections: Mapping[UUID, ReviewSelectionKind],
        decided_on: date,
    ) -> None:
        self.cycle, self.facts, self.decided_on = cycle, facts, decided_on
        self.population = Population(cycle, facts.units)
        self.groups = Groups(cycle, facts.today, facts.group_units, facts.time_zone)
        self.selections = selections
        directions = {each.direction for each in cycle.directions}
        self.has_second_level = ReviewDirection.SECOND_LEVEL in directions
        self.due_on = {
            id: {each.kind: each.last_day for each in cycle.list_days(id)}
            for id in (None, *(each.id for each in cycle.groups))
        }

    def has_left(self, id: UUID) -> bool:
        """Return whether a person has left since the day that decides."""
        person, today = self.facts.people[id], self.facts.today
        employment = person.find_employment(self.decided_on)
        ends_on = employment.ends_on if employment else None
        is_over = ends_on is not None and ends_on <= today
        return is_over and person.find_employment(today) is None

    def is_included(self, id: UUID) -> bool:
        """Return whether a person is in the population, by rule or by hand."""
        kind = self.selections.get(id)
        if kind is None:
            person = self.facts.people[id]
            return self.population.includes(person) and not self._has_moved_away(person)
        return kind is ReviewSelectionKind.ADDED and not any(
            each.is_blocking for each in self.find_selection_conflicts(id)
        )

    def find_selection_conflicts(self, id: UUID) -> Iterator[ReviewConflict]:
        """Yield what is wrong with a person who was added by hand."""
        if self.selections.get(id) is not ReviewSelectionKind.ADDED:
            return
        person, day, scope = self.facts.people[id], self.decided_on, self.facts.scope
        job = person.find_job(day)
        if person.find_employment(day) is None:
            yield ReviewConflict(ReviewConflictCode.NOT_EMPLOYED, id)
        elif scope is not None and (
            job is None or job.organization_id not in scope or self._has_moved_away(person)
        ):
            yield ReviewConflict(ReviewConflictCode.OUTSIDE_UNIT, id)
        elif self.population.includes(person):
            yield ReviewConflict(ReviewConflictCode.INCLUDED_TWICE, id)

    def _has_moved_away(self, person: PersonFacts) -> bool:
        """Return whether a person works outside of the cycle's unit today.

        Who plans for a unit may know nothing of them any more, whatever day decides.
        """
        job, scope = person.find_job(self.facts.today), self.facts.scope
        return scope is not None and job is not None and job.organization_id not in scope

    def list_groups(self, id: UUID) -> list[UUID]:
        """Return the groups that fit a person in the population, in their order."""
        if not self.cycle.groups:
            return []
        return [each.id for each in self.groups.list_fitting(self.facts.people[id])]

    def plan_participant(self, id: UUID, group_id: UUID | None = None) -> PlannedParticipant:
        """Return what is planned for a person in the population, by the days of a group."""
        person, cycle = self.facts.people[id], self.cycle
        days, manager_id = count_days(person, cycle).counted, self.facts.managers.get(id)
        if days < cycle.min_days or is_absent(person, cycle):
            return PlannedParticipant(id, days, manager_id, is_ratable=False, group_id=group_id)
        due_on = self.due_on[group_id]
        reviews = [
            PlannedReview(
                each.direction,
                each.template_id,
                writer,
                due_on[PHASE_OF_DIRECTION[each.direction]],
            )
            for each in cycle.directions
            if not each.has_nominations
            for writer in self._list_writers(id, each.direction)
        ]
        return PlannedParticipant(
            *(id, days, manager_id, reviews),
            group_id=group_id,
            career_groups=self._find_career_groups(id),
        )

    def _find_career_groups(self, id: UUID) -> dict[UUID, tuple[str, ...]]:
        """Return the career groups that fit a person, by template.

        The job is that of the day that decides the population, or of today where that is earlier:
        the forms would tell their writers of a job that is planned.
        """
        facts = self.facts
        if not facts.templates:
            return {}
        job = facts.people[id].find_job(min(self.decided_on, facts.today))
        unit_id = job.organization_id if job else None
        position = Position(
            job.job_title if job else None,
            job.level if job else None,
            facts.units_above.get(unit_id, ()) if unit_id else (),
            bool(facts.reports.get(id)),
        )
        return {
            template_id: find_career_groups(each, position) or ()
            for template_id, each in facts.templates.items()
        }

    def expect_nominations(
        self, participants: Sequence[PlannedParticipant]
    ) -> Iterator[ExpectedNominations]:
        """Yield how many reviews are to be expected of each direction with nominations."""
        reviewed = [each.person_id for each in participants if each.is_ratable and each.manager_id]
        for each in self.cycle.directions:
            if each.has_nominations:
                rooms = [self._count_eligible(id, each.direction) for id in reviewed]
                least = sum(min(each.least_nominees, room) for room in rooms)
                most = sum(min(each.most_nominees, room) for room in rooms)
                yield ExpectedNominations(each.direction, least, most)

    def _count_eligible(self, id: UUID, direction: ReviewDirection) -> int:
        """Return how many people could write about a person; of reports it is known."""
        is_upward = direction is ReviewDirection.UPWARD
        return len(self.facts.reports.get(id, ())) if is_upward else MAX_NOMINEES

    def find_conflicts(self, participant: PlannedParticipant) -> Iterator[ReviewConflict]:
        """Yield what is wrong with a participant."""
        id, cycle, codes = participant.person_id, self.cycle, ReviewConflictCode
        if not participant.is_ratable:
            if is_absent(self.facts.people[id], cycle):
                yield ReviewConflict(codes.ON_LEAVE, id, participant.days)
            else:
                yield ReviewConflict(codes.TOO_FEW_DAYS, id, participant.days, cycle.min_days)
        elif participant.manager_id is None:
            yield ReviewConflict(codes.NO_MANAGER, id)
        elif self.has_second_level and participant.manager_id not in self.facts.managers:
            yield ReviewConflict(codes.NO_SECOND_LEVEL, id)
        for each in cycle.directions:
            template = self.facts.templates.get(each.template_id)
            held = participant.career_groups.get(each.template_id)
            if held is not None and template is not None and not has_criteria(template, held):
                phase = PHASE_OF_DIRECTION[each.direction]
                yield ReviewConflict(codes.NO_CRITERIA, id, phase=phase)

    def _list_writers(self, id: UUID, direction: ReviewDirection) -> Sequence[UUID]:
        """Return who writes in a direction. Who is nominated is chosen later."""
        managers = self.facts.managers
        manager_id = managers.get(id)
        match direction:
            case ReviewDirection.SELF:
                writers = [id]
            case ReviewDirection.MANAGER:
                writers = [manager_id] if manager_id else []
            case ReviewDirection.SECOND_LEVEL:
                second = managers.get(manager_id) if manager_id else None
                writers = [second] if second else []
            case ReviewDirection.UPWARD:
                writers = sorted(self.facts.reports.get(id, ()))
            case _:
                writers = []
        return writers


def _find_missing_templates(cycle: ReviewCycle) -> Iterator[ReviewConflict]:
    """Yield the phases in which reviews are written, but in no direction."""
    given = {each.direction for each in cycle.directions}
    for each in cycle.phases:
        needed = NEEDED_DIRECTIONS.get(each.kind, ())
        if needed and not given.intersection(needed):
            yield ReviewConflict(ReviewConflictCode.NO_TEMPLATE, phase=each.kind)
