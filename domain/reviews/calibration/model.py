"""The aggregate of a calibration session: who compares which ratings, and where it stands."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Self
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import (
    EDITABLE,
    MaxItems,
    SingleLine,
    WholeNumber,
    check_required,
    key_rule,
    name_rule,
    new_values,
)
from domain.kernel.identity import OrganizationId, PersonId, TenantId
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.todos import TaskKind, Todo
from domain.reviews.calibration import policy
from domain.reviews.calibration.axes import BOUNDS, CELL_LABELS
from domain.reviews.calibration.enums import (
    CalibrationAttribute,
    CalibrationQuotaGroup,
    CalibrationQuotaRounding,
    CalibrationStatus,
)
from domain.reviews.calibration.quotas import Ceilings, Percentages

MAX_FACILITATORS, MAX_MEMBERS, MAX_UNITS, MAX_SUBJECTS = 10, 50, 100, 1_000
AXIS_KEY = key_rule("The key")
REASON = SingleLine("The reason", max_length=500)
PERCENT = 100

DRAFT, RUNNING, LOCKED, CANCELLED = CalibrationStatus
"""The name OPEN is that of an action, too."""

LIFECYCLE = Lifecycle[CalibrationStatus](
    {DRAFT: frozenset({RUNNING, CANCELLED}), RUNNING: frozenset({LOCKED, CANCELLED})}
)


@dataclass(frozen=True)
class Guidance(Percentages):
    """Percentages that are together 100."""

    subject: str = "The guidance"

    def check(self, value: Collection[int], *path: str | int) -> tuple[int, ...]:  # type: ignore[override]
        """Return the percentages. Raises Invalid and LimitExceeded."""
        given = super().check(value, *path)
        if given and sum(given) != PERCENT:
            message = f"The percentages add up to {sum(given)}. Let them add up to {PERCENT}."
            raise Invalid(message, *path, code=Code.OUT_OF_RANGE)
        return given


@dataclass(kw_only=True, eq=False)
class CalibrationSession(Aggregate):
    """A meeting in which the decided levels of a cycle are compared, and adjusted.

    It repeats the unit and the scale of its cycle. `unit_ids` restrict it to people in these units
    or below. Each axis of the box is an attribute or a question of the managers' form, or the level
    where it is neither. Its cells are the levels of a scale, or else labels. Until
    `names_are_shown`, members do not see whom a row is about. Quotas are advice, unless
    `quotas_are_binding`.
    """

    NAME = "calibration_session"
    LABEL = "calibration session"
    OWNER_ATTRIBUTES = policy.OWNER_ATTRIBUTES
    SEE = policy.SEE
    SEE_HISTORY = policy.LEAD
    CREATE: ClassVar = Action("create", policy.MANAGE)
    EDIT: ClassVar = Action("edit", policy.MANAGE, DRAFT)
    OPEN: ClassVar = Action("open", policy.FACILITATE, DRAFT)
    SHOW_NAMES: ClassVar = Action("show_names", policy.FACILITATE, RUNNING)
    LOCK: ClassVar = Action("lock", policy.FACILITATE, RUNNING)
    CANCEL: ClassVar = Action("cancel", policy.LEAD, DRAFT, RUNNING)
    ACTIONS = (EDIT, OPEN, SHOW_NAMES, LOCK, CANCEL)
    EVENTS = ("created", "edited", "opened", "names_shown", "locked", "cancelled")
    SEARCH_ATTRIBUTES = ("name",)

    cycle_id: UUID
    organization_id: OrganizationId | None = None
    scale_id: UUID
    name: Annotated[str, name_rule("The name"), EDITABLE]
    held_on: Annotated[date, EDITABLE]
    guidance: Annotated[tuple[int, ...], Guidance(), EDITABLE] = ()
    max_gap: Annotated[int | None, WholeNumber("The largest gap", 0, PERCENT), EDITABLE] = None
    quotas: Annotated[tuple[int, ...], Ceilings(), EDITABLE] = ()
    quota_group: Annotated[CalibrationQuotaGroup, EDITABLE] = CalibrationQuotaGroup.SESSION
    quota_rounding: Annotated[CalibrationQuotaRounding, EDITABLE] = CalibrationQuotaRounding.UP
    quotas_are_binding: Annotated[bool, EDITABLE] = False
    horizontal_attribute: Annotated[CalibrationAttribute | None, EDITABLE] = None
    horizontal_key: Annotated[str | None, AXIS_KEY, EDITABLE] = None
    horizontal_bounds: Annotated[tuple[str, ...], BOUNDS, EDITABLE] = ()
    horizontal_labels: Annotated[tuple[str, ...], CELL_LABELS, EDITABLE] = ()
    vertical_attribute: Annotated[CalibrationAttribute | None, EDITABLE] = None
    vertical_key: Annotated[str | None, AXIS_KEY, EDITABLE] = None
    vertical_bounds: Annotated[tuple[str, ...], BOUNDS, EDITABLE] = ()
    vertical_labels: Annotated[tuple[str, ...], CELL_LABELS, EDITABLE] = ()
    horizontal_scale_id: UUID | None = None
    vertical_scale_id: UUID | None = None
    status: CalibrationStatus = DRAFT
    names_are_shown: bool = False
    opened_at: datetime | None = None
    ended_at: datetime | None = None
    unit_ids: Annotated[
        set[OrganizationId], MaxItems("A session", "units", MAX_UNITS), EDITABLE
    ] = field(default_factory=set)
    facilitator_ids: Annotated[
        set[PersonId], MaxItems("A session", "facilitators", MAX_FACILITATORS), EDITABLE
    ]
    member_ids: Annotated[
        set[PersonId], MaxItems("A session", "members", MAX_MEMBERS), EDITABLE
    ] = field(default_factory=set)

    @classmethod
    def find_value_conflicts(cls, values: Mapping[str, Any]) -> Iterator[Invalid]:
        """Yield missing facilitators, people with two parts, and a box with one attribute twice."""
        facilitators, members = values.get("facilitator_ids"), values.get("member_ids")
        if facilitators is not None and not facilitators:
            message = "At least one facilitator is needed. Name somebody."
            yield Invalid(message, "facilitatorIds", code=Code.REQUIRED)
        if {*(facilitators or ())} & {*(members or ())}:
            message = "Somebody is both a facilitator and a member. Remove one of the two."
            yield Invalid(message, "memberIds", code=Code.NOT_UNIQUE)
        for part, what in (("key", "question"), ("attribute", "attribute")):
            shown = values.get(f"horizontal_{part}"), values.get(f"vertical_{part}")
            if shown[0] == shown[1] is not None:
                message = f"Both axes of the box are the same {what}. Choose another one."
                yield Invalid(message, f"vertical{part.title()}", code=Code.NOT_UNIQUE)

    @classmethod
    def create(cls, tenant_id: TenantId, place: Mapping[str, Any], **details: Any) -> Self:
        """Return a draft for a cycle, in its unit and with its scale. Raises Invalid."""
        session = cls(tenant_id=tenant_id, **place, **new_values(cls, details))
        session.check_attributes({})
        session.record_event("created")
        return session

    def open(self, *, at: datetime) -> None:
        """Let members discuss the rows. Raises StateConflict."""
        self.status, self.opened_at = LIFECYCLE.transition(self.status, RUNNING), at
        self.record_event("opened")

    def show_names(self) -> None:
        """End the first pass: let members see whom each row is about, and adjust levels."""
        self.update_attributes("names_shown", {"names_are_shown": True})

    def lock(self, *, at: datetime) -> None:
        """End the session; nothing of it changes any more. Raises StateConflict."""
        self.status, self.ended_at = LIFECYCLE.transition(self.status, LOCKED), at
        self.record_event("locked")

    def cancel(self, reason: Annotated[str, REASON], *, at: datetime) -> None:
        """End the session without any effect on reviews. Raises Invalid and StateConflict."""
        checked = check_required(REASON, reason, "reason")
        self.status, self.ended_at = LIFECYCLE.transition(self.status, CANCELLED), at
        self.record_event("cancelled", reason=checked)

    def list_todos(self) -> Iterator[Todo]:
        """Yield that members have to attend, and facilitators to lock it."""
        if self.status not in (DRAFT, RUNNING):
            return
        for each in self.facilitator_ids:
            yield Todo(each, self.held_on, TaskKind.CALIBRATION_LOCK)
        for each in self.member_ids - self.facilitator_ids:  # a merge can make one person both
            yield Todo(each, self.held_on, TaskKind.CALIBRATION)
