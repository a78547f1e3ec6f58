"""Review cycles in the graph: who is reviewed, in which directions, and when."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from api.kernel.schema.declarations import (
    Connection,
    list_of,
    look_up,
    many,
    node,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.subscriptions import change_subscription
from api.people import Person
from api.reviews import cycle_enums  # noqa: F401 - declares the enums of cycles
from api.reviews.scales import RatingScale
from api.reviews.score_rules import ScoreRule
from api.reviews.templates import ReviewTemplate
from domain.people import EmploymentType
from domain.reviews import ReviewDirection
from domain.reviews.cycles import (
    MAX_GROUPS,
    MAX_SELECTIONS,
    ReviewChangeRule,
    ReviewCycleStatus,
    ReviewParticipantStatus,
    ReviewPhaseKind,
    ReviewSelectionKind,
)
from domain.reviews.nominations import ReviewNominationApprover, ReviewNominator
from domain.reviews.packets import ReviewRelease
from domain.reviews.scoring import ReviewMissingAnswers
from persistence.reading.read_model import ROOT
from persistence.reviews import (
    MAX_UNIT_STEPS,
    REVIEW_CYCLE,
    REVIEW_CYCLE_DIRECTION,
    REVIEW_CYCLE_GROUP,
    REVIEW_CYCLE_GROUP_PHASE,
    REVIEW_CYCLE_PHASE,
    REVIEW_CYCLE_PROGRESS,
    REVIEW_CYCLE_SELECTION,
    REVIEW_CYCLE_SUMMARY,
    REVIEW_PARTICIPANT,
    STEP,
    UNIT_STEP,
)

if TYPE_CHECKING:
    from api.organizations import Organization
    from api.reviews.calibration import CalibrationSession
    from api.reviews.fairness import FairnessFigure
    from api.reviews.packets import ReviewPacket
    from api.reviews.writing import Review


@part(REVIEW_CYCLE_DIRECTION)
class ReviewCycleDirection:
    """A direction in which forms are written, and their template."""

    direction: ReviewDirection = value("How the writer stands to the person.")
    template: ReviewTemplate | None = one("The template of the form. Never null.")
    nominators: list[ReviewNominator] = value(
        "Who nominates the writers of PEER, UPWARD and EXTRA. Empty means the manager and HR;"
        " with UPWARD it means nobody, and all direct reports write. Other directions have no"
        " nominations."
    )
    approver: ReviewNominationApprover = value("Who approves the nominations.")
    least_nominees: int = value(
        "How many people should write about one person. With fewer, a task stays open, and"
        " nothing is blocked."
    )
    most_nominees: int = value("How many people write about one person at most.")
    shows_nominees: bool = value(
        "Whether people see who writes about them. If not, they see their own proposals alone."
    )


@part(REVIEW_CYCLE_PHASE)
class ReviewCyclePhase:
    """The days of a phase. The last day ends for each person where they are."""

    kind: ReviewPhaseKind = value("What is done in the phase.")
    starts_on: date = value("The first day.")
    last_day: date = value("The last day. What the phase asks for is due at its end.")


@part(REVIEW_CYCLE_GROUP_PHASE)
class ReviewCycleGroupPhase:
    """The days of a phase for a group. The last day ends for each person where they are."""

    kind: ReviewPhaseKind = value("What is done in the phase.")
    starts_on: date = value("The first day.")
    last_day: date = value("The last day. What the phase asks for is due at its end.")


@part(REVIEW_CYCLE_GROUP)
class ReviewCycleGroup:
    """People of a cycle whose reviews have days of their own, because all conditions hold for them.

    The forms about a person are due by the days of that person's group, not of the writer's.
    """

    name: str = value("The name.")
    organization: "Organization | None" = one(
        "They work in this unit or below. Null for any unit, or when the viewer may not see it."
    )
    time_zones: list[str] = value("They are in one of these time zones. Empty for any.")
    locations: list[str] = value("They work at one of these locations. Empty for any.")
    employment_types: list[EmploymentType] = value(
        "They work under one of these contracts. Empty for any."
    )
    max_working_time_share: Decimal | None = value(
        "They work at most this share of full time, such as 0.8. Null for any. People without a"
        " share are in no such group."
    )
    min_leave_days: int = value(
        "They are on leave on at least so many days from the first day of the first phase to the"
        " last day of the last one. 0 for any."
    )
    phases: list[ReviewCycleGroupPhase] = list_of(
        "The days of their own. For other phases, the days in `ReviewCycle.phases` count.",
        usual_size=5,
    )


@part(REVIEW_CYCLE_SELECTION)
class ReviewCycleSelection:
    """A person who is added to the population by hand, or excluded from it."""

    kind: ReviewSelectionKind = value("Whether the person is added or excluded.")
    person: Person | None = one("The person. Null when the viewer may not see them.")
    reason: str = value("Why.")


@node(
    REVIEW_CYCLE,
    where=(
        *("id", "name", "description", "starts_on", "last_day", "status", "phase"),
        *("created_at", "updated_at", "organization"),
    ),
    order_by=("name", "starts_on", "last_day", "status", "created_at", "updated_at"),
)
class ReviewCycle:
    """The reviews of many people about one period, from the plan to the end.

    Those who manage reviews and employments in its unit see it.

    The population is everybody who, on `employedOn`, works in one of `units` or below, at one of
    `levels`, and under one of `employmentTypes`. An empty list does not restrict the population.
    """

    name: str = value("The name.")
    description: str | None = value("A longer description. Null when there is none.")
    organization: "Organization | None" = one(
        "The unit whose people are reviewed. Null for the whole tenant."
    )
    starts_on: date = value("The first day of the period that is reviewed.")
    last_day: date = value("The last day of the period that is reviewed.")
    employed_on: date | None = value(
        "The day that decides who is in the population. Null stands for the last day of the period."
    )
    units: Connection["Organization"] = many(
        "The units in the population, with what is below them.", usual_size=3
    )
    levels: list[str] = value("The levels in the population, as jobs have them in `level`.")
    employment_types: list[EmploymentType] = value("The kinds of contracts in the population.")
    min_tenure_days: int = value("The least days since the hiring, on the day that decides.")
    min_days: int = value(
        "The least days of work in the period, added up over positions. Who has fewer is unratable."
    )
    counts_leave: bool = value("Whether days on leave count as days of work.")
    selections: list[ReviewCycleSelection] = list_of(
        f"People who were selected by hand, {MAX_SELECTIONS} at most.", usual_size=3
    )
    directions: list[ReviewCycleDirection] = list_of(
        "The directions in which reviews are written, each once.", usual_size=3
    )
    phases: list[ReviewCyclePhase] = list_of("The phases in their order.", usual_size=5)
    groups: list[ReviewCycleGroup] = list_of(
        f"The groups with days of their own, {MAX_GROUPS} at most. Of several groups that fit a"
        " person, the first one counts; for people in none, `phases` count.",
        usual_size=2,
    )
    shows_peer_names: bool = value(
        "Whether people read the reviews that peers wrote about them, with their names, once"
        " they are shared. If not, they do not read these reviews at all."
    )
    change_rule: ReviewChangeRule = value(
        "Who decides when the manager of a person changes in the running cycle."
    )
    cut_off_on: date | None = value(
        "From this day on, changes of managers have no effect. Null when there is no such day."
    )
    missing_answers: ReviewMissingAnswers = value("How a score is computed without all ratings.")
    min_answered_percent: int = value(
        "With `missingAnswers: MINIMUM`: how many percent of the ratings are needed for a score."
    )
    max_reviews_per_writer: int = value(
        "How many forms one person should write in the cycle at most. Nobody is nominated to"
        " write more; the plan warns of others."
    )
    advances_by_date: bool = value(
        "Whether the next phase begins by itself when the last day of a phase has ended everywhere."
    )
    release: ReviewRelease = value(
        "Who shares the reviews, and when. What is not decided when they are shared is left to its"
        " manager."
    )
    release_on: date | None = value("The day of sharing with ON_DATE. Null with another rule.")
    released_at: datetime | None = value(
        "When the reviews were shared last, by HR or on their day. Null before that."
    )
    appeal_days: int = value(
        "For how many days after sharing people may appeal against their review. 0 for no appeals."
    )
    reminder_days: list[int] = value(
        "How many days before something is due people are reminded of it, on the next working day"
        " where they work. Empty for no such reminders."
    )
    overdue_reminder_days: int = value(
        "After every so many working days, people are reminded of what is overdue. 0 for no such"
        " reminders."
    )
    escalation_days: int = value(
        "So many working days after `dueOn` of a packet that its manager has not shared, the"
        " second level gets a task. 0 for never. It needs the direction SECOND_LEVEL."
    )
    quiet_from_hour: int = value(
        "From this hour on nobody is reminded, in the time zone of each person."
    )
    quiet_until_hour: int = value(
        "Until this hour nobody is reminded. The same as `quietFromHour` for no quiet hours."
    )
    status: ReviewCycleStatus = value("Where the cycle stands.")
    phase: ReviewPhaseKind | None = value("The present phase. Null unless the cycle is running.")
    launched_at: datetime | None = value("When it was launched. Null before.")
    ended_at: datetime | None = value("When it was closed or cancelled. Null before.")
    progress: "ReviewCycleProgress | None" = one(
        "The participants, forms and packets in numbers. Never null."
    )
    participants: Connection["ReviewParticipant"] = many(
        "The people who take part since the launch, also those who were removed."
    )
    score_rule: ScoreRule | None = one("The rule of the scores. Null when there is none.")
    needs_approval: bool = value(
        "Whether the second level has to approve every decision before it is shared. If not, the"
        " score rule says for which levels."
    )
    scale: RatingScale | None = one(
        "The scale of the overall level. Null when there is none, or when the viewer may not see"
        " it."
    )
    reviews: Connection["Review"] = many(
        "The forms of its packets that the viewer may see. With `isOverdue` they tell who is"
        " late with what."
    )
    packets: Connection["ReviewPacket"] = many(
        "The packets of those who are reviewed. Workers open them within seconds of the launch."
    )
    fairness: list["FairnessFigure"] = list_of(
        "How the levels differ between groups of people, for each attribute for which it was"
        " computed. It is advice.",
        usual_size=1,
    )
    calibration_sessions: Connection["CalibrationSession"] = many(
        "The sessions in which its levels are compared, the last one first.", usual_size=3
    )


@part(REVIEW_CYCLE_PROGRESS)
class ReviewCycleProgress:
    """The participants of a cycle by what became of the plan for them. All 0 before the launch."""

    active: int = value("Those who are reviewed.")
    unratable: int = value("Those who cannot be rated, and are not reviewed.")
    removed: int = value("Those who were taken out of the cycle.")
    by_step: list["ReviewCycleStep"] = list_of(
        "What is written, shared and signed, in the order of phases. Only what the viewer sees"
        " counts, so nothing about themselves.",
        usual_size=6,
    )
    by_unit: list["ReviewCycleUnitStep"] = list_of(
        "The same by the unit in which the reviewed person works today. At most"
        f" {MAX_UNIT_STEPS} rows, those with the most that is overdue first.",
        usual_size=50,
    )


@part(STEP)
class ReviewCycleStep:
    """How far the forms or packets of one phase of a cycle are, in numbers.

    What was cancelled or declined does not count.
    """

    step: ReviewPhaseKind = value("What is done in the step.")
    total: int = value("The number of forms; of SHARING and SIGN_OFF, the number of packets.")
    started: int = value(
        "How many have begun and are not done: drafts, decided packets that are not shared, and"
        " shared ones that are not signed."
    )
    done: int = value("Those that are submitted, shared or signed.")
    overdue: int = value("Those that are not done although their last day is over.")


@part(UNIT_STEP)
class ReviewCycleUnitStep:
    """How far the forms or packets of one phase are in one unit. See `ReviewCycleStep`."""

    step: ReviewPhaseKind = value("What is done in the step.")
    total: int = value("The number of forms or packets.")
    started: int = value("Those that have begun and are not done.")
    done: int = value("Those that are submitted, shared or signed.")
    overdue: int = value("Those that are not done although their last day is over.")
    organization: "Organization | None" = one(
        "The unit. Null for people without one, or when the viewer may not see it."
    )


@part(
    REVIEW_PARTICIPANT,
    where=("id", "status", "days", "joined_on", "person", "manager"),
    order_by=("joined_on", "status", "days"),
)
class ReviewParticipant:
    """A person in a review cycle. Nobody is deleted from a cycle."""

    cycle: ReviewCycle | None = one("The cycle. Never null.")
    person: Person | None = one("The person. Null when the viewer may not see them.")
    manager: Person | None = one(
        "The manager who decides. Null for people who have no reviews, or when the viewer may not"
        " see them."
    )
    days: int = value("The days of work in the period that count.")
    status: ReviewParticipantStatus = value("What became of the plan for the person.")
    joined_on: date = value("The day of the launch, or of joining later.")
    group: ReviewCycleGroup | None = one(
        "The group whose days count for the person, as of the launch or of joining later. Null for"
        " the days in `ReviewCycle.phases`."
    )
    reason: str | None = value(
        "Why the person joined later, was removed, or has a longer period. Null for those of the"
        " launch."
    )
    last_day: date | None = value(
        "The last day of a period that was extended. Null where that of the cycle counts."
    )
    due_on: date | None = value(
        "The day by which the review after an extended period is due. Null without one."
    )


@part(REVIEW_CYCLE_SUMMARY)
class ReviewCycleSummary:
    """What a participant sees of a review cycle. It names nobody else."""

    name: str = value("The name.")
    description: str | None = value("A longer description. Null when there is none.")
    starts_on: date = value("The first day of the period that is reviewed.")
    last_day: date = value("The last day of the period that is reviewed.")
    status: ReviewCycleStatus = value("Where the cycle stands.")
    phase: ReviewPhaseKind | None = value("The present phase. Null unless the cycle is running.")
    phases: list[ReviewCyclePhase] = list_of(
        "The phases in their order, with the days that count for the viewer.", usual_size=5
    )
    shows_peer_names: bool = value("Whether people see the names of peers who wrote about them.")


@input_type(one_of=True)
class ReviewCycleBy:
    """Identifies a review cycle by exactly one of these."""

    id: UUID | None = input_field("The cycle's id.")


@queries(ROOT)
class ReviewCycleQueries:
    """Root fields of review cycles."""

    review_cycle: ReviewCycle | None = look_up(
        "A review cycle. Null when there is none, or when the viewer may not see it.",
        "ReviewCycleBy",
        "How the cycle is identified.",
    )
    review_cycles: Connection[ReviewCycle] = many(
        "All review cycles that the viewer may see, the last one first."
    )


review_cycle_changed = change_subscription(ReviewCycle)
