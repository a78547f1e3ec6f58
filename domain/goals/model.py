"""A goal: what a person, a team or an organization means to reach, by when and why."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Unpack
from uuid import UUID

from domain.goals import key_results as measures
from domain.goals import policy as sharing
from domain.goals.check_ins import CheckIn, Confidence
from domain.goals.details import GoalDetails, check_dates, check_visibility, normalize_details
from domain.goals.key_results import KeyResult, KeyResultDetails, NewKeyResult
from domain.goals.owners import Owner, OwnerKind
from domain.goals.policy import GoalStatus, Visibility
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import Code, Invalid, LimitExceeded, StateConflict
from domain.kernel.identity import OrganizationId, PersonId, TeamId, TenantId
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.text import multi_line

DRAFT, ACTIVE = GoalStatus.DRAFT, GoalStatus.ACTIVE
CLOSED_STATUSES = (GoalStatus.ACHIEVED, GoalStatus.MISSED, GoalStatus.ABANDONED)
MAX_KEY_RESULTS = 30

LIFECYCLE = Lifecycle[GoalStatus](
    {DRAFT: frozenset({ACTIVE}), ACTIVE: frozenset(CLOSED_STATUSES)}
    | {closed: frozenset({ACTIVE}) for closed in CLOSED_STATUSES}
)


@dataclass(kw_only=True, eq=False)
class Goal(Aggregate):
    """Something to reach. One of the three owner ids is set, and `owner_kind` says which.

    A goal without key results is judged by its check-ins alone.
    """

    NAME = "goal"
    OWNER_ATTRIBUTES = sharing.OWNER_ATTRIBUTES
    SEE = sharing.SEE
    SEE_HISTORY = sharing.SEE_HISTORY
    CREATE: ClassVar = Action("create", sharing.EDIT)
    EDIT: ClassVar = Action("edit", sharing.EDIT, DRAFT, ACTIVE)
    ALIGN: ClassVar = Action("align", sharing.EDIT, DRAFT, ACTIVE)
    ACTIVATE: ClassVar = Action("activate", sharing.EDIT, DRAFT)
    DISCARD: ClassVar = Action("discard", sharing.EDIT, DRAFT)
    CHECK_IN: ClassVar = Action("check_in", sharing.EDIT, ACTIVE)
    ACHIEVE: ClassVar = Action("achieve", sharing.EDIT, ACTIVE)
    MARK_MISSED: ClassVar = Action("mark_missed", sharing.EDIT, ACTIVE)
    ABANDON: ClassVar = Action("abandon", sharing.EDIT, ACTIVE)
    REOPEN: ClassVar = Action("reopen", sharing.EDIT, *CLOSED_STATUSES)
    ACTIONS = (EDIT, ALIGN, ACTIVATE, DISCARD, CHECK_IN, ACHIEVE, MARK_MISSED, ABANDON, REOPEN)
    SEARCH_ATTRIBUTES = ("title",)

    owner_kind: OwnerKind
    owner_person_id: PersonId | None = None
    owner_team_id: TeamId | None = None
    owner_organization_id: OrganizationId | None = None
    title: str
    description: str | None = None
    purpose: str | None = None
    visibility: Visibility = Visibility.PUBLIC
    starts_on: date
    due_on: date
    status: GoalStatus = GoalStatus.DRAFT
    closing_note: str | None = None
    closed_at: datetime | None = None
    parent_id: UUID | None = None
    key_results: list[KeyResult] = field(default_factory=list)
    check_ins: list[CheckIn] = field(default_factory=list)
    viewer_ids: set[PersonId] = field(default_factory=set)

    @classmethod
    def draft(
        cls, tenant_id: TenantId, owner: Owner, *, today: date, **details: Unpack[GoalDetails]
    ) -> "Goal":
        """A goal that only those who may change it know of; it starts today unless told otherwise.

        Raises Invalid and LimitExceeded.
        """
        if "due_on" not in details:
            raise Invalid("A goal needs a due date.", "dueOn", code=Code.REQUIRED)
        goal = cls(
            tenant_id=tenant_id,
            owner_kind=owner.kind,
            title="",
            starts_on=today,
            due_on=details["due_on"],
        )
        setattr(goal, f"owner_{owner.kind}_id", owner.id)
        details.setdefault("title", "")
        goal._apply_details("drafted", details)
        return goal

    @property
    def owner(self) -> Owner:
        """Whose the goal is."""
        return Owner(self.owner_kind, getattr(self, f"owner_{self.owner_kind}_id"))

    @property
    def progress(self) -> float | None:
        """The mean of the key results' progress; None where nothing is measured."""
        if not self.key_results:
            return None
        return sum(each.progress for each in self.key_results) / len(self.key_results)

    def edit(self, **details: Unpack[GoalDetails]) -> None:
        """Change what is said about the goal. Raises StateConflict, Invalid and LimitExceeded."""
        self._require_open()
        self._apply_details("edited", details)

    def align(self, parent_id: UUID | None, parent_ancestors: Collection[UUID]) -> None:
        """Serve another goal, or none any more. Raises StateConflict, and Invalid for a cycle."""
        self._require_open()
        if parent_id is not None and self.id in (parent_id, *parent_ancestors):
            raise Invalid(
                "A goal cannot serve itself. Choose a goal that does not stand below it.",
                "parentId",
                code=Code.REFERENCE_CYCLE,
            )
        self.update_attributes("aligned", {"parent_id": parent_id})

    def add_key_result(self, fields: NewKeyResult, *field_path: str | int) -> KeyResult:
        """Measure one thing more; `at` leads the field paths of what is wrong.

        Raises StateConflict, Invalid and LimitExceeded.
        """
        self._require_open()
        if len(self.key_results) >= MAX_KEY_RESULTS:
            raise LimitExceeded(f"A goal has {MAX_KEY_RESULTS} key results at most.", *field_path)
        key_result = measures.create_key_result(self.tenant_id, self.id, fields, *field_path)
        key_result.position = len(self.key_results)
        self.key_results.append(key_result)
        self.record_event("key_result_added")
        return key_result

    def edit_key_result(self, id: UUID, **details: Unpack[KeyResultDetails]) -> KeyResult:
        """Change how something is measured. Raises StateConflict and Invalid."""
        self._require_open()
        key_result = self.get_key_result(id, "keyResultId")
        if key_result.edit(details, is_measured=bool(self.check_ins)):
            self.record_event("key_result_edited")
        return key_result

    def remove_key_result(self, id: UUID) -> None:
        """Measure something no longer; its past values go too, and stay in the journal.

        (Only the last check-in is at hand here; what lies further back goes with the key result.)

        Raises StateConflict and Invalid.
        """
        self._require_open()
        key_result = self.get_key_result(id, "keyResultId")
        for check_in in self.check_ins:
            for value in [each for each in check_in.values if each.key_result_id == id]:
                check_in.values.remove(value)
        self.key_results.remove(key_result)
        self._assign_positions([each.id for each in self.list_key_results()])
        self.record_event("key_result_removed")

    def reorder_key_results(self, ids: Sequence[UUID]) -> None:
        """Put the key results into this order. Raises StateConflict and Invalid."""
        self._require_open()
        if sorted(ids) != sorted(each.id for each in self.key_results):
            raise Invalid("Name each of the goal's key results once.", "keyResultIds")
        if list(ids) != [each.id for each in self.list_key_results()]:
            self._assign_positions(ids)
            self.record_event("key_results_reordered")

    def list_key_results(self) -> list[KeyResult]:
        """The key results in their order."""
        return sorted(self.key_results, key=lambda each: each.position)

    def get_key_result(self, id: UUID, *field_path: str | int) -> KeyResult:
        """One of the goal's key results. Raises Invalid with REFERENCE_NOT_FOUND."""
        for each in self.key_results:
            if each.id == id:
                return each
        raise Invalid(
            "The goal has no such key result. Look at its key results again.",
            *field_path,
            code=Code.REFERENCE_NOT_FOUND,
        )

    def activate(self) -> None:
        """Begin. Raises StateConflict."""
        if self.status is not DRAFT:
            raise StateConflict("The goal has begun already. Only a draft can be activated.")
        self.status = LIFECYCLE.transition(self.status, ACTIVE)
        self.record_event("activated")

    def check_in(
        self,
        author_id: PersonId,
        *,
        confidence: Confidence,
        values: Mapping[UUID, Decimal],
        note: str | None = None,
        at: datetime,
    ) -> CheckIn:
        """Say how it goes. Key results without a new value keep theirs; all are noted down.

        Raises StateConflict and Invalid.
        """
        if self.status is not ACTIVE:
            raise StateConflict("Only an active goal takes check-ins. Activate or reopen it.")
        check_in = CheckIn(
            tenant_id=self.tenant_id,
            goal_id=self.id,
            author_id=author_id,
            confidence=confidence,
            note=multi_line("The note", note, "note", max_length=4_000),
            recorded_at=at,
        )
        for index, (id, value) in enumerate(values.items()):
            self.get_key_result(id, "values", index, "keyResultId")
            measures.validate_quantity(value, "values", index, "value")
        for key_result in self.list_key_results():
            key_result.current_value = values.get(key_result.id, key_result.current_value)
            check_in.add_value(key_result.id, key_result.current_value)
        self.check_ins.append(check_in)
        self.record_event("checked_in")
        return check_in

    def achieve(self, note: str | None = None, *, at: datetime) -> None:
        """Close it as reached. Raises StateConflict and Invalid."""
        self._close(GoalStatus.ACHIEVED, note, at)

    def mark_missed(self, note: str, *, at: datetime) -> None:
        """Close it as not reached, and say why. Raises StateConflict and Invalid."""
        self._close(GoalStatus.MISSED, note, at)

    def abandon(self, note: str, *, at: datetime) -> None:
        """Give it up, and say why. Raises StateConflict and Invalid."""
        self._close(GoalStatus.ABANDONED, note, at)

    def reopen(self) -> None:
        """Take it up again; how it was closed stays in the journal. Raises StateConflict."""
        if self.status not in CLOSED_STATUSES:
            raise StateConflict("Only a closed goal can be reopened.")
        self.status = LIFECYCLE.transition(self.status, ACTIVE)
        self.closing_note = self.closed_at = None
        self.record_event("reopened")

    def _close(self, status: GoalStatus, note: str | None, at: datetime) -> None:
        new_status = LIFECYCLE.transition(self.status, status)
        text = multi_line("The note", note, "note", max_length=4_000)
        if text is None and status is not GoalStatus.ACHIEVED:
            raise Invalid("Say why, in a sentence or two.", "note", code=Code.REQUIRED)
        self.status, self.closing_note, self.closed_at = new_status, text, at
        self.record_event(status.value)

    def _apply_details(self, action: str, details: GoalDetails) -> None:
        values = normalize_details(details)
        check_dates(details.get("starts_on", self.starts_on), details.get("due_on", self.due_on))
        check_visibility(self.owner_kind, details.get("visibility", self.visibility))
        self.update_attributes(action, values)

    def _require_open(self) -> None:
        if self.status in CLOSED_STATUSES:
            raise StateConflict(f"The goal is {self.status}. Reopen it before you change it.")

    def _assign_positions(self, ids: Sequence[UUID]) -> None:
        positions = {id: place for place, id in enumerate(ids)}
        for each in self.key_results:
            each.position = positions[each.id]
