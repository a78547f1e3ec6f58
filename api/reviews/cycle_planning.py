"""The plan of a review cycle in the graph: computed by `reviewCyclePlan`, and stored nowhere."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import TYPES, get_read_model, graph_enum
from api.kernel.schema.global_ids import encode_id
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import Computed, mutation
from api.people import Person
from api.reviews.cycles import ReviewCycle
from api.reviews.templates import ReviewTemplate
from domain.kernel.fields import WholeNumber
from domain.kernel.unit_of_work import Work
from domain.people import Person as PersonAggregate
from domain.reviews import ReviewDirection, cycles
from domain.reviews.cycles import ReviewConflictCode, ReviewPhaseKind, planning
from domain.reviews.cycles import plan as cycle_plan
from domain.reviews.cycles.phases import PhaseDays
from domain.reviews.cycles.plan import PlannedParticipant, ReviewConflict

PAGE = WholeNumber("The number of participants", 0, 1_000)
DEFAULT_PAGE, MAX_CONFLICTS, MAX_LOADS = 100, 1_000, 100

graph_enum(
    ReviewConflictCode,
    "What a plan found. More codes may be added.",
    no_manager="Nobody is above the person, so nobody could decide. Blocks the launch: assign a"
    " manager, or exclude the person.",
    no_second_level="Nobody is above the manager, so nobody writes on the second level.",
    no_template="No direction of the phase has a template. Blocks the launch.",
    no_participants="The population is empty. Blocks the launch.",
    outside_unit="The person was added by hand, and does not work in the unit of the cycle. Blocks"
    " the launch.",
    not_employed="The person was added by hand, and is not employed on the day that decides. Blocks"
    " the launch.",
    has_left="The person was employed on the day that decides, has left since, and does not take"
    " part.",
    included_twice="The person was added by hand, and is included by the rules, too.",
    too_few_days="The person has fewer days of work than `minDays`, and is unratable.",
    on_leave="The person was on leave for the whole period, and is unratable.",
    too_many_reviews="The person has to write more forms than `maxReviewsPerWriter`.",
    several_groups="Several groups fit the person. The days of the first one count.",
    empty_group="Nobody of the population is in the group.",
    no_criteria="Nothing that counts in the form of the phase is for the position of the person."
    " Blocks the launch: add a career group to the template, or exclude the person.",
)


@strawberry.type(description="A form that somebody will have to write.")
class PlannedReview:
    """A review of a plan."""

    direction: ReviewDirection = strawberry.field(
        description="How the writer stands to the person."
    )
    template_id: strawberry.ID = strawberry.field(description="The id of its template.")
    writer_id: strawberry.ID = strawberry.field(description="The id of the person who writes.")
    due_on: date = strawberry.field(
        description="The day at whose end, where the writer is, the form is due."
    )
    career_group_keys: list[str] | None = strawberry.field(
        description="The keys of the template's career groups that fit the person. Null when the"
        " template has none."
    )


@strawberry.type(description="A person in the population of a review cycle.")
class PlannedReviewParticipant:
    """A participant of a plan."""

    person_id: strawberry.ID = strawberry.field(description="The id of the person.")
    manager_id: strawberry.ID | None = strawberry.field(
        description="The id of the manager who decides. Null when nobody is above the person."
    )
    days: int = strawberry.field(description="The days of work in the period that count.")
    is_ratable: bool = strawberry.field(
        description="Whether the person is reviewed. If not, a conflict says why."
    )
    group: str | None = strawberry.field(
        description="The name of the group whose days count. Null for the general days."
    )
    reviews: list[PlannedReview] = strawberry.field(
        description="The forms to write, without those of people who are nominated after the"
        " launch."
    )


@strawberry.type(description="What a plan found about a person or the cycle.")
class ReviewPlanConflict:
    """A conflict of a plan."""

    code: ReviewConflictCode = strawberry.field(description="What was found, for programs.")
    is_blocking: bool = strawberry.field(
        description="Whether the cycle cannot be launched with it."
    )
    person_id: strawberry.ID | None = strawberry.field(
        description="The id of the person. Null when it is about the cycle."
    )
    phase: ReviewPhaseKind | None = strawberry.field(
        description="The phase. Null when it is about none."
    )
    group: str | None = strawberry.field(
        description="The name of the group. Null when it is about none."
    )
    found: int | None = strawberry.field(
        description="The number that was found, of days or reviews. Null when there is none."
    )
    limit: int | None = strawberry.field(
        description="The number that it is compared with. Null when there is none."
    )


@strawberry.type(description="How many forms of a plan one person writes.")
class ReviewWriterLoad:
    """The load of a writer."""

    writer_id: strawberry.ID = strawberry.field(description="The id of the person.")
    reviews: int = strawberry.field(
        description="The number of forms, without the one about themselves."
    )


@strawberry.type(
    description="How many forms are to be expected from people who are nominated after the launch."
)
class PlannedNominations:
    """The nominations of a plan."""

    direction: ReviewDirection = strawberry.field(
        description="How those who are nominated stand to the person."
    )
    least: int = strawberry.field(
        description="The number of forms when `leastNominees` people write about everybody."
    )
    most: int = strawberry.field(
        description="The number of forms when `mostNominees` people write about everybody."
    )


@strawberry.type(description="The days of a phase of a plan.")
class PlannedReviewPhase:
    """A phase of a plan."""

    kind: ReviewPhaseKind = strawberry.field(description="What is done in the phase.")
    starts_on: date = strawberry.field(description="The first day.")
    last_day: date = strawberry.field(description="The last day.")
    ends_at: datetime = strawberry.field(
        description="The moment at which the last day has ended everywhere on earth."
    )


@strawberry.type(description="A group with days of its own in a plan.")
class PlannedReviewGroup:
    """A group of a plan."""

    name: str = strawberry.field(description="The name.")
    participant_count: int = strawberry.field(
        description="The number of people of the population whose days these are."
    )
    phases: list[PlannedReviewPhase] = strawberry.field(
        description="All phases in their order, with the days that count for the group."
    )


@strawberry.type(description="A career group of a template in a plan.")
class PlannedReviewCareerGroup:
    """A career group of a plan."""

    template_id: strawberry.ID = strawberry.field(description="The id of the template.")
    key: str = strawberry.field(description="The key of the group.")
    name: str = strawberry.field(description="The name of the group.")
    participant_count: int = strawberry.field(
        description="The number of people in it who are reviewed."
    )


@strawberry.type(
    description="What a launch of a review cycle would do today. Names of people are read with"
    " `nodes`."
)
class ReviewCyclePlan:
    """The plan of a review cycle."""

    participant_count: int = strawberry.field(description="The number of people in the population.")
    ratable_count: int = strawberry.field(description="The number of people who are reviewed.")
    review_count: int = strawberry.field(description="The number of forms to write.")
    conflict_count: int = strawberry.field(description="The number of conflicts.")
    can_launch: bool = strawberry.field(description="Whether no conflict blocks the launch.")
    participants: list[PlannedReviewParticipant] = strawberry.field(
        description="The people of this page, in the order of their ids."
    )
    conflicts: list[ReviewPlanConflict] = strawberry.field(
        description=f"The conflicts, those that block the launch first; {MAX_CONFLICTS} at most."
    )
    writer_loads: list[ReviewWriterLoad] = strawberry.field(
        description=f"The {MAX_LOADS} people who write most, the largest number first."
    )
    phases: list[PlannedReviewPhase] = strawberry.field(
        description="The phases in their order, with the general days."
    )
    groups: list[PlannedReviewGroup] = strawberry.field(
        description="The groups with days of their own, in their order."
    )
    career_groups: list[PlannedReviewCareerGroup] = strawberry.field(
        description="The career groups of all templates of the cycle. Empty when none has any."
    )
    nominations: list[PlannedNominations] = strawberry.field(
        description="What is to be expected in each direction in which people are nominated. It is"
        " not part of `reviewCount`."
    )


for each in (
    PlannedReview,
    PlannedReviewParticipant,
    ReviewPlanConflict,
    ReviewWriterLoad,
    PlannedReviewPhase,
    PlannedReviewGroup,
    PlannedNominations,
    PlannedReviewCareerGroup,
    ReviewCyclePlan,
):
    TYPES[each.__name__] = each


@input_type()
class ReviewCyclePlanInput:
    """Input of `reviewCyclePlan`."""

    id: UUID = input_field("Id of the ReviewCycle.", id_prefix="reviewcycle")
    first: int | None = input_field(
        f"The number of participants to list. Default: {DEFAULT_PAGE}.", rule=PAGE
    )
    after_id: UUID | None = input_field(
        "List the participants after this person. Default: from the beginning.", id_prefix="person"
    )
    expected_version: int | None = expected_version_field()


@mutation(ReviewCycle, computes={"plan": ReviewCyclePlan})
async def review_cycle_plan(work: Work, input: ReviewCyclePlanInput) -> Computed:
    """Compute what a launch would do today: participants, reviews, loads, and every conflict.

    It changes nothing.
    """
    cycle = await work.get(
        cycles.ReviewCycle,
        input.id,
        to=cycles.ReviewCycle.PLAN,
        expected_version=input.expected_version,
    )
    await work.reference(PersonAggregate, input.after_id, "afterId")
    first = DEFAULT_PAGE if input.first is None else PAGE.check(input.first, "first")
    plan = await planning.plan(work, cycle)
    after = input.after_id
    page = [each for each in plan.participants if after is None or each.person_id > after][:first]
    return Computed(cycle.id, _build_plan(plan, page))


def _build_plan(
    plan: cycle_plan.ReviewCyclePlan, page: list[PlannedParticipant]
) -> ReviewCyclePlan:
    conflicts = sorted(plan.conflicts, key=lambda each: not each.is_blocking)
    names = {each.id: each.name for each in plan.groups}
    return ReviewCyclePlan(
        participant_count=len(plan.participants),
        ratable_count=sum(each.is_ratable for each in plan.participants),
        review_count=sum(len(each.reviews) for each in plan.participants),
        conflict_count=len(plan.conflicts),
        can_launch=not plan.blocking,
        participants=[_build_participant(each, names) for each in page],
        conflicts=[_build_conflict(each) for each in conflicts[:MAX_CONFLICTS]],
        writer_loads=[
            ReviewWriterLoad(writer_id=_encode(Person, id), reviews=count)
            for id, count in plan.loads[:MAX_LOADS]
        ],
        nominations=[
            PlannedNominations(direction=each.direction, least=each.least, most=each.most)
            for each in plan.nominations
        ],
        phases=_build_phases(plan.phases),
        groups=[
            PlannedReviewGroup(
                name=each.name,
                participant_count=each.participant_count,
                phases=_build_phases(each.phases),
            )
            for each in plan.groups
        ],
        career_groups=[
            PlannedReviewCareerGroup(
                template_id=_encode(ReviewTemplate, each.template_id),
                key=each.key,
                name=each.name,
                participant_count=each.participant_count,
            )
            for each in plan.career_groups
        ],
    )


def _build_phases(phases: Sequence[PhaseDays]) -> list[PlannedReviewPhase]:
    return [
        PlannedReviewPhase(
            kind=each.kind,
            starts_on=each.starts_on,
            last_day=each.last_day,
            ends_at=each.ends_at,
        )
        for each in phases
    ]


def _build_participant(
    participant: PlannedParticipant, groups: Mapping[UUID, str]
) -> PlannedReviewParticipant:
    manager_id = participant.manager_id
    return PlannedReviewParticipant(
        person_id=_encode(Person, participant.person_id),
        manager_id=_encode(Person, manager_id) if manager_id else None,
        days=participant.days,
        is_ratable=participant.is_ratable,
        group=groups[participant.group_id] if participant.group_id else None,
        reviews=[
            PlannedReview(
                direction=each.direction,
                template_id=_encode(ReviewTemplate, each.template_id),
                writer_id=_encode(Person, each.writer_id),
                due_on=each.due_on,
                career_group_keys=_list_keys(participant, each.template_id),
            )
            for each in participant.reviews
        ],
    )


def _list_keys(participant: PlannedParticipant, template_id: UUID) -> list[str] | None:
    found = participant.career_groups.get(template_id)
    return None if found is None else [*found]


def _build_conflict(conflict: ReviewConflict) -> ReviewPlanConflict:
    person_id = conflict.person_id
    return ReviewPlanConflict(
        code=conflict.code,
        is_blocking=conflict.is_blocking,
        person_id=_encode(Person, person_id) if person_id else None,
        phase=conflict.phase,
        group=conflict.group,
        found=conflict.found,
        limit=conflict.limit,
    )


def _encode(type_: type, id: UUID) -> strawberry.ID:
    return strawberry.ID(encode_id(get_read_model(type_).prefix, id))
