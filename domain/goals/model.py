"""The aggregate of a goal, with its key results and check-ins."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from uuid import UUID

from domain import custom_fields
from domain.goals import policy
from domain.goals.check_ins import (
    NOTE,
    REASON,
    CheckIn,
    Placement,
    list_counting,
    record_values,
)
from domain.goals.enums import Confidence, GoalStatus, OwnerKind, Visibility
from domain.goals.key_results import QUANTITY, KeyResult, create_key_result
from domain.goals.owners import Owner
from domain.goals.progress import compute_mean
from domain.kernel import external_references
from domain.kernel.access import InheritedFrom
from domain.kernel.actions import Action
from domain.kernel.errors import Code, Invalid, LimitExceeded, StateConflict
from domain.kernel.fields import (
    EDITABLE,
    MaxItems,
    MultiLine,
    SingleLine,
    check_required,
    new_values,
)
from domain.kernel.identity import OrganizationId, PersonId, TeamId, TenantId
from domain.kernel.lifecycle import Lifecycle

DRAFT, ACTIVE = GoalStatus.DRAFT, GoalStatus.ACTIVE
CLOSED_STATUSES = (GoalStatus.ACHIEVED, GoalStatus.MISSED, GoalStatus.ABANDONED)
VISIBILITIES = tuple(Visibility)
"""From the widest to the narrowest."""
MAX_KEY_RESULTS = 30

LIFECYCLE = Lifecycle[GoalStatus](
    {DRAFT: frozenset({ACTIVE}), ACTIVE: frozenset(CLOSED_STATUSES)}
    | {closed: frozenset({ACTIVE}) for closed in CLOSED_STATUSES}
)


@dataclass(kw_only=True, eq=False)
class GoalReference(external_references.ExternalReference):
    """The id of a goal in another system."""

    SEE = InheritedFrom("goal_id", "goal", policy.MANAGE)

    goal_id: UUID


@dataclass(kw_only=True, eq=False)
class Goal(external_references.ReferencedAggregate[GoalReference], custom_fields.CustomFieldHolder):
    """A goal. Of its three owner ids one is set; `owner_kind` names it.

    A goal without key results has no computed progress.
    """

    NAME = "goal"
    OWNER_ATTRIBUTES = policy.OWNER_ATTRIBUTES
    SEE = policy.SEE
    GUARDED: ClassVar = {
        "references": policy.MANAGE,
        **custom_fields.guard_custom_values(managers=policy.EDIT, hr=policy.SEE_HR_VALUES),
    }
    WRITE_HR_VALUES = custom_fields.write_hr_values(policy.WRITE_HR_VALUES)
    SEE_HISTORY = policy.SEE_HISTORY
    KNOWN_FACTS = policy.KNOWN_FACTS
    CREATE: ClassVar = Action("create", policy.EDIT)
    EDIT: ClassVar = Action("edit", policy.EDIT, DRAFT, ACTIVE)
    SHARE: ClassVar = Action("share", policy.SHARE, DRAFT, ACTIVE)
    ALIGN: ClassVar = Action("align", policy.EDIT, DRAFT, ACTIVE)
    REASSIGN: ClassVar = Action("reassign", policy.EDIT, DRAFT, ACTIVE)
    ACTIVATE: ClassVar = Action("activate", policy.EDIT, DRAFT)
    DISCARD: ClassVar = Action("discard", policy.EDIT, DRAFT, deletes=True)
    CHECK_IN: ClassVar = Action("check_in", policy.EDIT, ACTIVE)
    ACHIEVE: ClassVar = Action("achieve", policy.EDIT, ACTIVE)
    MARK_MISSED: ClassVar = Action("mark_missed", policy.EDIT, ACTIVE)
    ABANDON: ClassVar = Action("abandon", policy.EDIT, ACTIVE)
    REOPEN: ClassVar = Action("reopen", policy.EDIT, *CLOSED_STATUSES)
    REFERENCE = GoalReference
    ADD_EXTERNAL_REFERENCE: ClassVar = Action("add_external_reference", policy.MANAGE)
    REMOVE_EXTERNAL_REFERENCE: ClassVar = Action("remove_external_reference", policy.MANAGE)
    ACTIONS = (
        EDIT,
        ALIGN,
        REASSIGN,
        ACTIVATE,
        DISCARD,
        CHECK_IN,
        ACHIEVE,
        MARK_MISSED,
        ABANDON,
        REOPEN,
        ADD_EXTERNAL_REFERENCE,
        REMOVE_EXTERNAL_REFERENCE,
    )
    EVENTS = (
        "drafted",
        "edited",
        "aligned",
        "reassigned",
        "activated",
        "activation_withdrawn",
        "discarded",
        "checked_in",
        "check_in_corrected",
        "achieved",
        "missed",
        "abandoned",
        "reopened",
        "key_result_added",
        "key_result_edited",
        "key_result_removed",
        "key_results_reordered",
        "kpi_followed",
        "external_reference_added",
        "external_reference_removed",
    )
    GUARDED_EVENTS: ClassVar = {
        "external_reference_added": "references",
        "external_reference_removed": "references",
    }
    SEARCH_ATTRIBUTES = ("title",)

    owner_kind: OwnerKind
    owner_person_id: PersonId | None = None
    owner_team_id: TeamId | None = None
    owner_organization_id: OrganizationId | None = None
    title: Annotated[str, SingleLine("The title"), EDITABLE]
    description: Annotated[str | None, MultiLine("The description"), EDITABLE] = None
    purpose: Annotated[str | None, MultiLine("The purpose", max_length=2_000), EDITABLE] = None
    visibility: Annotated[Visibility, EDITABLE] = Visibility.PUBLIC
    starts_on: Annotated[date, EDITABLE]
    due_on: Annotated[date, EDITABLE]
    status: GoalStatus = GoalStatus.DRAFT
    closing_note: Annotated[str | None, NOTE] = None
    closed_at: datetime | None = None
    parent_id: UUID | None = None
    key_results: list[KeyResult] = field(default_factory=list)
    check_ins: list[CheckIn] = field(default_factory=list)
    references: list[GoalReference] = field(default_factory=list)
    viewer_ids: Annotated[set[PersonId], MaxItems("A goal", "viewers", 100), EDITABLE] = field(
        default_factory=set
    )

    @classmethod
    def draft(cls, tenant_id: TenantId, owner: Owner, *, today: date, **details: Any) -> "Goal":
        """Return a new draft. The default of `starts_on` is today.

        Raises Invalid and LimitExceeded.
        """
        values = new_values(cls, {"starts_on": today, **details})
        goal = cls(tenant_id=tenant_id, **owner.to_attributes(), **values)
        goal.check_attributes({})
        goal.record_event("drafted")
        return goal

    @property
    def owner(self) -> Owner:
        """The owner, by kind and id."""
        return Owner(self.owner_kind, getattr(self, f"owner_{self.owner_kind}_id"))

    @property
    def progress(self) -> Decimal | None:
        """The mean of the key results' progress; None without key results."""
        return compute_mean([each.progress for each in self.key_results])

    def edit(self, **details: Any) -> None:
        """Change editable attributes. Raises StateConflict, Invalid and LimitExceeded."""
        self._require_open()
        self.edit_attributes("edited", details)

    def find_widening(self, details: Mapping[str, Any]) -> str | None:
        """Return the first of these new values that lets more people see the goal, by its name."""
        visibility = details.get("visibility") or self.visibility
        if VISIBILITIES.index(visibility) < VISIBILITIES.index(self.visibility):
            return "visibility"
        return "viewer_ids" if set(details.get("viewer_ids") or ()) - self.viewer_ids else None

    def align(
        self,
        parent_id: UUID | None,
        parent_ancestors: Collection[UUID],
        *,
        allows_closed: bool = False,
    ) -> None:
        """Align with a parent goal, or with none. Raises StateConflict, and Invalid for a cycle."""
        if not allows_closed:
            self._require_open()
        if parent_id is not None and self.id in (parent_id, *parent_ancestors):
            raise Invalid(
                "A goal cannot be aligned with itself or a goal below it. Choose another parent.",
                "parentId",
                code=Code.REFERENCE_CYCLE,
            )
        self.update_attributes("aligned", {"parent_id": parent_id})

    def reassign(self, owner: Owner) -> None:
        """Give the goal to another owner. Raises StateConflict and Invalid."""
        self._require_open()
        attributes = owner.to_attributes()
        self.check_attributes(attributes)
        self.update_attributes("reassigned", attributes)

    def add_key_result(self, details: Mapping[str, Any], *field_path: str | int) -> KeyResult:
        """Add a key result; `field_path` leads the paths of errors.

        Raises StateConflict, Invalid and LimitExceeded.
        """
        self._require_open()
        if len(self.key_results) >= MAX_KEY_RESULTS:
            raise LimitExceeded(
                f"A goal has at most {MAX_KEY_RESULTS} key results. Remove one first.", *field_path
            )
        key_result = create_key_result(self.tenant_id, self.id, details, *field_path)
        key_result.position = len(self.key_results)
        self.key_results.append(key_result)
        self.record_event("key_result_added")
        return key_result

    def edit_key_result(self, id: UUID, **details: Any) -> KeyResult:
        """Change a key result. Raises StateConflict and Invalid."""
        self._require_open()
        key_result = self.get_key_result(id, "keyResultId")
        if key_result.edit(details, is_measured=bool(self.check_ins)):
            self.record_event("key_result_edited")
        return key_result

    def follow_kpi(
        self, key_result: KeyResult, value: Decimal, details: Mapping[str, str | int]
    ) -> None:
        """Set the value that a key result has by its KPI; `details` say where it comes from."""
        if key_result.current_value != value:
            key_result.current_value = value
            assert key_result.kpi_id is not None, "Only a key result with a KPI follows one."
            kpi_id = key_result.kpi_id
            self.record_event("kpi_followed", hides_actor=True, details=details, kpi_id=kpi_id)

    def remove_key_result(self, key_result_id: UUID) -> None:
        """Remove a key result with its past values; these stay in the journal.

        Only the last check-in is loaded here. Older values are deleted with the key result.
        Raises StateConflict and Invalid.
        """
        self._require_open()
        key_result = self.get_key_result(key_result_id, "keyResultId")
        for check_in in self.check_ins:
            for value in [each for each in check_in.values if each.key_result_id == key_result_id]:
                check_in.values.remove(value)
        self.key_results.remove(key_result)
        self._assign_positions([each.id for each in self.list_key_results()])
        self.record_event("key_result_removed")

    def reorder_key_results(self, key_result_ids: list[UUID]) -> None:
        """Change the order of the key results. Raises StateConflict and Invalid."""
        self._require_open()
        if sorted(key_result_ids) != sorted(each.id for each in self.key_results):
            raise Invalid("Name each of the goal's key results once.", "keyResultIds")
        if key_result_ids != [each.id for each in self.list_key_results()]:
            self._assign_positions(key_result_ids)
            self.record_event("key_results_reordered")

    def list_key_results(self) -> list[KeyResult]:
        """Return the key results by position."""
        return sorted(self.key_results, key=lambda each: each.position)

    def get_key_result(self, id: UUID, *field_path: str | int) -> KeyResult:
        """Return a key result of this goal. Raises Invalid with REFERENCE_NOT_FOUND."""
        for each in self.key_results:
            if each.id == id:
                return each
        raise Invalid(
            "The goal has no such key result. Look at its key results again.",
            *field_path,
            code=Code.REFERENCE_NOT_FOUND,
        )

    def activate(self) -> None:
        """Make a draft active. Raises StateConflict."""
        if self.status is not DRAFT:
            raise StateConflict("The goal has begun already. Only a draft can be activated.")
        self.status = LIFECYCLE.transition(self.status, ACTIVE)
        self.record_event("activated")

    def withdraw_activation(self) -> None:
        """Make a goal a draft again, as if it had not been activated. Raises StateConflict."""
        if self.status is not ACTIVE or self.check_ins:
            raise StateConflict("The goal is used by now, so it cannot become a draft again.")
        self.status = DRAFT
        self.record_event("activation_withdrawn")

    def check_in(
        self,
        author_id: PersonId,
        *,
        confidence: Confidence,
        values: Mapping[UUID, Decimal],
        note: str | None = None,
        at: datetime,
        placement: Placement | None = None,
    ) -> CheckIn:
        """Record a check-in, by default as the newest one, about the day of `at`.

        Key results without a new value keep their current one; in a correction, the reported one.
        The check-in stores the values of all key results. Raises StateConflict and Invalid.
        """
        if self.status is not ACTIVE:
            raise StateConflict("Only an active goal takes check-ins. Activate or reopen it.")
        placed = placement or Placement(effective_on=at.date(), others=self.check_ins)
        corrects = placed.corrects
        check_in = CheckIn(
            tenant_id=self.tenant_id,
            goal_id=self.id,
            author_id=author_id,
            confidence=confidence,
            note=NOTE.check(note, "note"),
            effective_on=placed.effective_on,
            corrects_id=corrects.id if corrects else None,
            reason=REASON.check(placed.reason, "reason"),
            first_recorded_at=corrects.first_recorded_at if corrects else at,
            recorded_at=at,
        )
        for index, (id, value) in enumerate(values.items()):
            _refuse_manual(self.get_key_result(id, "values", index, "keyResultId"), index)
            QUANTITY.check(value, "values", index, "value")
        counting = list_counting([*placed.others, check_in])
        reported = {**placed.inherited_values, **values}
        record_values(check_in, reported, self.list_key_results(), counting)
        self.check_ins.append(check_in)
        self.record_event("check_in_corrected" if corrects else "checked_in")
        return check_in

    def achieve(self, note: Annotated[str | None, NOTE] = None, *, at: datetime) -> None:
        """Close the goal as achieved. Raises StateConflict and Invalid."""
        self._close(GoalStatus.ACHIEVED, note, at)

    def mark_missed(self, note: Annotated[str, NOTE], *, at: datetime) -> None:
        """Close the goal as missed; a note is required. Raises StateConflict and Invalid."""
        self._close(GoalStatus.MISSED, note, at)

    def abandon(self, note: Annotated[str, NOTE], *, at: datetime) -> None:
        """Close the goal as abandoned; a note is required. Raises StateConflict and Invalid."""
        self._close(GoalStatus.ABANDONED, note, at)

    def reopen(self) -> None:
        """Make a closed goal active again; the journal keeps its closing. Raises StateConflict."""
        if self.status not in CLOSED_STATUSES:
            raise StateConflict("Only a closed goal can be reopened.")
        self.status = LIFECYCLE.transition(self.status, ACTIVE)
        self.closing_note = self.closed_at = None
        self.record_event("reopened")

    @classmethod
    def find_value_conflicts(cls, values: Mapping[str, Any]) -> Iterator[Invalid]:
        """Yield what is wrong between values of attributes, each at its field."""
        starts_on, due_on = values.get("starts_on"), values.get("due_on")
        if starts_on is not None and due_on is not None and due_on < starts_on:
            message = "The goal is due before it starts. Change one of the two days."
            yield Invalid(message, "dueOn", code=Code.OUT_OF_RANGE)
        is_narrow = values.get("visibility") in (Visibility.PRIVATE, Visibility.REPORTING_CHAIN)
        if values.get("owner_kind") is OwnerKind.ORGANIZATION and is_narrow:
            # An organization has no owner who is a person, so nobody could see a private goal.
            message = (
                "A goal of an organization cannot be private or for the reporting chain. Share it"
                " more widely first."
            )
            yield Invalid(message, "visibility")

    def _close(self, status: GoalStatus, note: str | None, at: datetime) -> None:
        new_status = LIFECYCLE.transition(self.status, status)
        is_optional = status is GoalStatus.ACHIEVED
        text = NOTE.check(note, "note") if is_optional else check_required(NOTE, note, "note")
        self.status, self.closing_note, self.closed_at = new_status, text, at
        self.record_event(status.value)

    def _require_open(self) -> None:
        if self.status in CLOSED_STATUSES:
            raise StateConflict(f"The goal is {self.status}. Reopen it before you change it.")

    def _assign_positions(self, ids: Sequence[UUID]) -> None:
        positions = {id: place for place, id in enumerate(ids)}
        for each in self.key_results:
            each.position = positions[each.id]


def _refuse_manual(key_result: KeyResult, index: int) -> None:
    """Refuse a reported value of a key result that follows a KPI. Raises Invalid."""
    if key_result.kpi_id is not None:
        message = "This key result follows a KPI. Record a value of the KPI, or remove the KPI."
        raise Invalid(message, "values", index, "keyResultId")
