"""The aggregate of a review cycle: who is reviewed, in which directions, and when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, set_attributes
from domain.kernel.background_tasks import BackgroundTask
from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector, raise_faults
from domain.kernel.fields import (
    EDITABLE,
    MaxItems,
    MultiLine,
    WholeNumber,
    check_fields,
    check_required,
    name_rule,
    new_values,
)
from domain.kernel.identity import OrganizationId, TenantId
from domain.kernel.labels import Labels
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.periods import ONE_DAY
from domain.reviews.cycles import policy
from domain.reviews.cycles.enums import (
    ReviewChangeRule,
    ReviewCycleStatus,
    ReviewPhaseKind,
)
from domain.reviews.cycles.groups import EmploymentTypes, ReviewCycleGroup
from domain.reviews.cycles.parts import (
    LISTS,
    REASON,
    ReviewCycleDirection,
    ReviewCyclePhase,
    ReviewCycleSelection,
    find_part_conflicts,
)
from domain.reviews.cycles.phases import PhaseDays, find_end_everywhere, list_days
from domain.reviews.cycles.reminder_rules import ReminderDays
from domain.reviews.packets import ReviewRelease
from domain.reviews.packets.model import APPEAL_DAYS, USUAL_APPEAL_DAYS
from domain.reviews.scoring import ReviewMissingAnswers
from domain.revisions import Content
from domain.revisions.parts import check_parts, describe_parts, set_parts

DRAFT, RUNNING, CLOSED, CANCELLED = ReviewCycleStatus
LIFECYCLE = Lifecycle[ReviewCycleStatus](
    {DRAFT: frozenset({RUNNING, CANCELLED}), RUNNING: frozenset({CLOSED, CANCELLED})}
)
ADVANCE_TASK, OPEN_TASK = "review_cycle.advance", "review_cycle.open_packets"
FOLLOW_TASK = "review_cycle.follow_managers"
SHARE_TASK = "review_cycle.share_packets"
REMIND_TASK = "review_cycle.remind"
NOMINATION_TASK = "review_cycle.update_nominations"

MAX_UNITS, MAX_LEVELS = 100, 50
DAYS = WholeNumber("The number of days", 0, 3_660)
HOUR = WholeNumber("The hour", 0, 23)


@dataclass(kw_only=True, eq=False)
class ReviewCycle(Aggregate):
    """A program of reviews of the people of a unit, or of the whole tenant, over a period.

    The population are the people who on `employed_on`, or else the last day of the period, work in
    one of these units or below, at one of these levels and under one of these contracts. An empty
    set does not restrict it.
    """

    NAME = "review_cycle"
    LABEL = "review cycle"
    OWNER_ATTRIBUTES = policy.OWNER_ATTRIBUTES
    SEE = policy.MANAGE
    SEE_HISTORY = policy.MANAGE
    KNOWN_FACTS = frozenset({"organization_id", "status"})
    CREATE: ClassVar = Action("create", policy.MANAGE)
    EDIT: ClassVar = Action("edit", policy.MANAGE, DRAFT)
    PLAN: ClassVar = Action("plan", policy.MANAGE, DRAFT, RUNNING)
    LAUNCH: ClassVar = Action("launch", policy.MANAGE, DRAFT, RUNNING)
    ADVANCE: ClassVar = Action("advance", policy.MANAGE, RUNNING)
    CANCEL: ClassVar = Action("cancel", policy.MANAGE, DRAFT, RUNNING)
    SHARE: ClassVar = Action("share", policy.MANAGE, RUNNING, CLOSED)
    COMPUTE_FAIRNESS: ClassVar = Action("compute_fairness", policy.MANAGE, CLOSED)
    ADD_PARTICIPANT: ClassVar = Action("add_participant", policy.MANAGE, RUNNING)
    REMOVE_PARTICIPANT: ClassVar = Action("remove_participant", policy.MANAGE, RUNNING)
    EXTEND_PARTICIPANT: ClassVar = Action("extend_participant", policy.MANAGE, RUNNING)
    ACTIONS = (
        *(EDIT, PLAN, LAUNCH, ADVANCE, CANCEL, SHARE, ADD_PARTICIPANT, REMOVE_PARTICIPANT),
        *(EXTEND_PARTICIPANT, COMPUTE_FAIRNESS),
    )
    EVENTS = (
        *("created", "edited", "launched", "advanced", "closed", "cancelled"),
        *("participant_added", "participant_removed", "participant_extended", "shared"),
        "fairness_computed",
    )
    SEARCH_ATTRIBUTES = ("name",)

    organization_id: OrganizationId | None = None
    name: Annotated[str, name_rule("The name"), EDITABLE]
    description: Annotated[str | None, MultiLine("The description", 4_000), EDITABLE] = None
    starts_on: Annotated[date, EDITABLE]
    last_day: Annotated[date, EDITABLE]
    employed_on: Annotated[date | None, EDITABLE] = None
    scale_id: Annotated[UUID | None, EDITABLE] = None
    score_rule_id: Annotated[UUID | None, EDITABLE] = None
    needs_approval: Annotated[bool, EDITABLE] = False
    levels: Annotated[
        tuple[str, ...], Labels("A cycle", "levels", MAX_LEVELS, "The level"), EDITABLE
    ] = ()
    employment_types: Annotated[tuple[str, ...], EmploymentTypes(), EDITABLE] = ()
    min_tenure_days: Annotated[int, DAYS, EDITABLE] = 0
    min_days: Annotated[int, DAYS, EDITABLE] = 0
    counts_leave: Annotated[bool, EDITABLE] = False
    shows_peer_names: Annotated[bool, EDITABLE] = False
    change_rule: Annotated[ReviewChangeRule, EDITABLE] = ReviewChangeRule.KEEP
    cut_off_on: Annotated[date | None, EDITABLE] = None
    missing_answers: Annotated[ReviewMissingAnswers, EDITABLE] = ReviewMissingAnswers.EXCLUDE
    min_answered_percent: Annotated[
        int, WholeNumber("The least share of answers", 0, 100), EDITABLE
    ] = 50
    max_reviews_per_writer: Annotated[
        int, WholeNumber("The most reviews of one writer", 1, 1_000), EDITABLE
    ] = 20
    advances_by_date: Annotated[bool, EDITABLE] = True
    release: Annotated[ReviewRelease, EDITABLE] = ReviewRelease.BY_MANAGER
    release_on: Annotated[date | None, EDITABLE] = None
    released_at: datetime | None = None
    appeal_days: Annotated[int, APPEAL_DAYS, EDITABLE] = USUAL_APPEAL_DAYS
    reminder_days: Annotated[tuple[int, ...], ReminderDays(), EDITABLE] = (14, 7, 3)
    overdue_reminder_days: Annotated[
        int, WholeNumber("The number of working days", 0, 90), EDITABLE
    ] = 3
    escalation_days: Annotated[int, WholeNumber("The number of working days", 0, 90), EDITABLE] = 0
    quiet_from_hour: Annotated[int, HOUR, EDITABLE] = 18
    quiet_until_hour: Annotated[int, HOUR, EDITABLE] = 8
    status: ReviewCycleStatus = DRAFT
    phase: ReviewPhaseKind | None = None
    launched_at: datetime | None = None
    ended_at: datetime | None = None
    unit_ids: Annotated[set[OrganizationId], MaxItems("A cycle", "units", MAX_UNITS), EDITABLE] = (
        field(default_factory=set)
    )
    directions: list[ReviewCycleDirection] = field(default_factory=list)
    phases: list[ReviewCyclePhase] = field(default_factory=list)
    groups: list[ReviewCycleGroup] = field(default_factory=list)
    selections: list[ReviewCycleSelection] = field(default_factory=list)

    @classmethod
    def create(
        cls,
        tenant_id: TenantId,
        content: Content,
        *,
        organization_id: OrganizationId | None = None,
        **details: Any,
    ) -> "ReviewCycle":
        """Return a draft. Raises Invalid and LimitExceeded."""
        faults, values, checked = FaultCollector(), dict[str, Any](), dict[str, Any]()
        with faults.collect():
            values = new_values(cls, details)
        with faults.collect():
            raise_faults(cls.find_value_conflicts(values))
        with faults.collect():
            checked = _check_content(content)
        faults.raise_all()
        cycle = cls(tenant_id=tenant_id, organization_id=organization_id, **values)
        set_parts(cycle, LISTS, checked, cycle)
        cycle.record_event("created")
        return cycle

    @classmethod
    def find_value_conflicts(cls, values: Mapping[str, Any]) -> Iterator[Invalid]:
        """Yield what is wrong with the period, and with the day of sharing."""
        starts_on, last_day = values.get("starts_on"), values.get("last_day")
        if starts_on and last_day and last_day < starts_on:
            message = "The last day is before the first one. Change one of the two days."
            yield Invalid(message, "lastDay", code=Code.OUT_OF_RANGE)
        release, release_on = values.get("release"), values.get("release_on")
        if release is ReviewRelease.ON_DATE and release_on is None:
            message = "Name the day on which reviews are shared."
            yield Invalid(message, "releaseOn", code=Code.REQUIRED)
        if release_on is not None and release is not ReviewRelease.ON_DATE:
            yield Invalid("Only ON_DATE takes a day. Leave the day out.", "releaseOn")

    def revise(self, content: Content, **details: Any) -> None:
        """Change a draft. Raises Invalid and LimitExceeded; then nothing is set."""
        values, checked = self.check_change(content, **details)
        has_changed = set_parts(self, LISTS, checked, self)
        if set_attributes(self, values) or has_changed:
            self.record_event("edited")

    def check_change(self, content: Content, **details: Any) -> tuple[dict[str, Any], Content]:
        """Return values and parts in stored form. Raises Invalid and LimitExceeded."""
        faults, values, checked = FaultCollector(), dict[str, Any](), dict[str, Any]()
        with faults.collect():
            values = check_fields(type(self), details)
            self.check_attributes(values)
        with faults.collect():
            checked = _check_content(content, self)
        faults.raise_all()
        return values, checked

    def launch(self, *, at: datetime) -> None:
        """Begin the first phase. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, RUNNING)
        self.phase, self.launched_at = self.phases[0].kind, at
        self.record_event("launched")

    def advance(self, *, at: datetime) -> None:
        """Begin the next phase, or close the cycle after the last one. Raises StateConflict."""
        kinds = [each.kind for each in self.phases]
        later = kinds[kinds.index(self.phase) + 1 :] if self.phase in kinds else []
        if later:
            self.phase = later[0]
            self.record_event("advanced")
            return
        self.status = LIFECYCLE.transition(self.status, CLOSED)
        self.phase, self.ended_at = None, at
        self.record_event("closed")

    def cancel(self, reason: Annotated[str, REASON], *, at: datetime) -> None:
        """End the cycle for good. What was written stays. Raises Invalid and StateConflict."""
        checked = check_required(REASON, reason, "reason")
        self.status = LIFECYCLE.transition(self.status, CANCELLED)
        self.phase, self.ended_at = None, at
        self.record_event("cancelled", reason=checked)

    def share(self, *, at: datetime) -> None:
        """Record that the decided reviews are shared from now on."""
        self.released_at = at
        self.record_event("shared")

    def find_release(self) -> datetime | None:
        """Return when the day on which reviews are shared has begun everywhere; None without."""
        if self.release is not ReviewRelease.ON_DATE or self.release_on is None:
            return None
        return find_end_everywhere(self.release_on - ONE_DAY)

    def find_phase_end(self) -> datetime | None:
        """Return when the present phase has ended everywhere, also for the last group.

        None where no date decides.
        """
        calendars = [self.list_days(), *(self.list_days(each.id) for each in self.groups)]
        days = [each for calendar in calendars for each in calendar if each.kind is self.phase]
        if self.status is not RUNNING or not self.advances_by_date or not days:
            return None
        return max(each.ends_at for each in days)

    def find_manager_day(self, today: date) -> date:
        """Return the day whose managers count: today, or the day before the cut-off."""
        return min(today, self.cut_off_on - ONE_DAY) if self.cut_off_on else today

    @property
    def follows_managers(self) -> bool:
        """Whether new managers of participants get something to do."""
        return self.status is RUNNING and self.change_rule is not ReviewChangeRule.KEEP

    @property
    def reminds(self) -> bool:
        """Whether people are reminded of what they have to do, or others are asked."""
        rules = self.reminder_days, self.overdue_reminder_days, self.escalation_days
        return self.status is RUNNING and any(rules)

    def has_ended(self, kind: ReviewPhaseKind) -> bool:
        """Return whether a phase is over: the cycle does not run, or is in a later phase."""
        order = tuple(ReviewPhaseKind)
        is_later = self.phase is None or order.index(self.phase) > order.index(kind)
        return self.status is not RUNNING or is_later

    def list_days(self, group_id: UUID | None = None) -> list[PhaseDays]:
        """Return the days of each phase for a group, or for those in none."""
        own = next((each.phases for each in self.groups if each.id == group_id), ())
        return list_days(self.phases, own)

    def find_last_day(self, *kinds: ReviewPhaseKind, group_id: UUID | None = None) -> date:
        """Return the last day of the first of these phases that the cycle has."""
        days = {each.kind: each.last_day for each in self.list_days(group_id)}
        return next(days[each] for each in kinds if each in days)

    def find_due_day(self, group_id: UUID | None = None) -> date:
        """Return the last day of the last phase, on which packets are due."""
        return self.list_days(group_id)[-1].last_day

    def list_tasks(self) -> Iterator[BackgroundTask]:
        """Yield the tasks that keep packets in step, and begin the next phase on its day."""
        if self.status is not DRAFT:
            yield build_opening(self.id)
        if self.follows_managers:
            yield build_following(self.id)
        begins_at = self.find_release()
        if self.status is not DRAFT and self.released_at is None and begins_at is not None:
            yield build_sharing(self.id, begins_at)
        if self.reminds:
            yield build_reminding(self.id)
        if (ends_at := self.find_phase_end()) is not None:
            yield BackgroundTask(ADVANCE_TASK, {"cycle_id": str(self.id)}, str(self.id), ends_at)

    @property
    def counted_on(self) -> date:
        """The day that decides who is in the population."""
        return self.employed_on or self.last_day


def build_opening(cycle_id: UUID) -> BackgroundTask:
    """Return the task that opens the packets of a cycle, and cancels those that nobody needs."""
    return BackgroundTask(OPEN_TASK, {"cycle_id": str(cycle_id)}, str(cycle_id))


def build_following(cycle_id: UUID, not_before: datetime | None = None) -> BackgroundTask:
    """Return the task that lets the packets of a cycle follow changes of managers."""
    return BackgroundTask(FOLLOW_TASK, {"cycle_id": str(cycle_id)}, str(cycle_id), not_before)


def build_sharing(cycle_id: UUID, at: datetime | None = None) -> BackgroundTask:
    """Return the task that shares the decided packets of a cycle, now or at a moment."""
    return BackgroundTask(SHARE_TASK, {"cycle_id": str(cycle_id)}, str(cycle_id), at)


def build_reminding(cycle_id: UUID, not_before: datetime | None = None) -> BackgroundTask:
    """Return the task that reminds people of what they have to do in a cycle."""
    return BackgroundTask(REMIND_TASK, {"cycle_id": str(cycle_id)}, str(cycle_id), not_before)


def build_nomination_update(cycle_id: UUID) -> BackgroundTask:
    """Return the task that lets the nominations of a cycle follow its packets and its phases."""
    return BackgroundTask(NOMINATION_TASK, {"cycle_id": str(cycle_id)}, str(cycle_id))


def _check_content(content: Content, cycle: ReviewCycle | None = None) -> dict[str, Any]:
    """Return the given parts in stored form. Raises Invalid and LimitExceeded."""
    checked = check_parts(LISTS, content)
    if checked:
        raise_faults(find_part_conflicts((describe_parts(cycle, LISTS) if cycle else {}) | checked))
    return checked
