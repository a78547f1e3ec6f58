"""The aggregate of a person, with their employments, leaves and reporting lines."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, ClassVar
from uuid import UUID

from domain.kernel import external_references
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.fields import (
    EDITABLE,
    PeriodEnd,
    SingleLine,
    check_fields,
    email_rule,
    time_zone_rule,
)
from domain.kernel.identity import OrganizationId, PersonId, TenantId
from domain.kernel.periods import new_period
from domain.people import policy
from domain.people.employment import (
    REASON,
    Employment,
    EmploymentStatus,
    Leave,
    PersonReference,
    derive_employment_status,
)
from domain.people.reporting_lines import LineKind, ReportingLine, find_active_line

EMPLOYEE_NUMBER = SingleLine("The employee number", max_length=50)


@dataclass(kw_only=True, eq=False)
class Person(Aggregate):
    """A person who works, will work or has worked for the tenant.

    `hired_on` and `left_on` repeat the dates of the latest employment. `lines` are the reporting
    lines to the person's own managers, not those of the person's reports.
    """

    NAME = "person"
    OWNER_ATTRIBUTES = policy.OWNER_ATTRIBUTES
    SEE = policy.SEE
    SEE_EMPLOYMENT: ClassVar = policy.SEE_EMPLOYMENT
    GUARDED: ClassVar = dict.fromkeys(
        ("hired_on", "left_on", "employee_number", "employments", "leaves", "references"),
        policy.SEE_EMPLOYMENT,
    )
    DISCLOSED: ClassVar = policy.DISCLOSED
    UNIQUE = ("work_email", "employee_number")
    SEE_PLANNED = policy.SEE_PLANNED
    SEE_HISTORY = policy.SEE_HISTORY
    HIRE: ClassVar = Action("hire", policy.EDIT & policy.MANAGE_EMPLOYMENT)
    EDIT: ClassVar = Action("edit", policy.EDIT)
    ASSIGN_MANAGER: ClassVar = Action("assign_manager", policy.EDIT)
    END_REPORTING_LINE: ClassVar = Action("end_line", policy.EDIT)
    CHANGE_EMPLOYEE_NUMBER: ClassVar = Action("change_employee_number", policy.MANAGE_EMPLOYMENT)
    ADD_EXTERNAL_REFERENCE: ClassVar = Action("add_external_reference", policy.MANAGE_EMPLOYMENT)
    REMOVE_EXTERNAL_REFERENCE: ClassVar = Action(
        "remove_external_reference", policy.MANAGE_EMPLOYMENT
    )
    START_LEAVE: ClassVar = Action("start_leave", policy.MANAGE_EMPLOYMENT)
    RETURN_FROM_LEAVE: ClassVar = Action("return_from_leave", policy.MANAGE_EMPLOYMENT)
    DEPART: ClassVar = Action("depart", policy.MANAGE_EMPLOYMENT)
    CANCEL_DEPARTURE: ClassVar = Action("cancel_departure", policy.MANAGE_EMPLOYMENT)
    REHIRE: ClassVar = Action("rehire", policy.MANAGE_EMPLOYMENT)
    ACTIONS = (
        EDIT,
        ASSIGN_MANAGER,
        END_REPORTING_LINE,
        CHANGE_EMPLOYEE_NUMBER,
        ADD_EXTERNAL_REFERENCE,
        REMOVE_EXTERNAL_REFERENCE,
        START_LEAVE,
        RETURN_FROM_LEAVE,
        DEPART,
        CANCEL_DEPARTURE,
        REHIRE,
    )
    EVENTS = (
        "hired",
        "edited",
        "employee_number_changed",
        "external_reference_added",
        "external_reference_removed",
        "leave_started",
        "returned_from_leave",
        "departed",
        "departure_cancelled",
        "rehired",
        "manager_assigned",
        "line_ended",
    )
    GUARDED_EVENTS: ClassVar = {
        **dict.fromkeys(("hired", "rehired"), "hired_on"),
        **dict.fromkeys(("departed", "departure_cancelled"), "left_on"),
        **dict.fromkeys(("leave_started", "returned_from_leave"), "leaves"),
        **dict.fromkeys(("external_reference_added", "external_reference_removed"), "references"),
        "employee_number_changed": "employee_number",
    }
    SEARCH_ATTRIBUTES = ("name", "given_name", "family_name", "work_email")

    given_name: Annotated[str, SingleLine("The given name", max_length=100), EDITABLE]
    family_name: Annotated[
        str, SingleLine("The family name", max_length=100, stores_empty=True), EDITABLE
    ] = ""
    name: Annotated[str, SingleLine("The name"), EDITABLE]
    work_email: Annotated[str | None, email_rule("The work e-mail"), EDITABLE] = None
    employee_number: Annotated[str | None, EMPLOYEE_NUMBER] = None
    job_title: Annotated[str | None, SingleLine("The job title"), EDITABLE] = None
    level: Annotated[str | None, SingleLine("The level", max_length=50), EDITABLE] = None
    location: Annotated[str | None, SingleLine("The location"), EDITABLE] = None
    time_zone: Annotated[str | None, time_zone_rule("The time zone"), EDITABLE] = None
    organization_id: Annotated[OrganizationId | None, EDITABLE] = None
    hired_on: date
    left_on: Annotated[date | None, PeriodEnd(graph_name="last_day")] = None
    employments: list[Employment] = field(default_factory=list)
    leaves: list[Leave] = field(default_factory=list)
    references: list[PersonReference] = field(default_factory=list)
    lines: list[ReportingLine] = field(default_factory=list)

    @classmethod
    def hire(
        cls,
        tenant_id: TenantId,
        *,
        hired_on: date,
        employee_number: str | None = None,
        **details: Any,
    ) -> "Person":
        """Return a new person. The default of `name` is the given and the family name.

        Raises Invalid.
        """
        given = {"given_name": "", **details, "employee_number": employee_number}
        values = check_fields(cls, given)
        name = build_full_name(values["given_name"], values.get("family_name", ""))
        values.setdefault("name", name)
        person = cls(tenant_id=tenant_id, hired_on=hired_on, **values)
        person._create_employment(hired_on)
        person.record_event("hired", effective_on=hired_on)
        return person

    def edit(self, **details: Any) -> None:
        """Change the directory entry. Raises Invalid.

        A `name` that equals the given and the family name changes with them.
        """
        values = check_fields(Person, details)
        if "name" not in values and self.name == build_full_name(self.given_name, self.family_name):
            values["name"] = build_full_name(
                values.get("given_name", self.given_name),
                values.get("family_name", self.family_name),
            )
        self.update_attributes("edited", values)

    def change_employee_number(self, employee_number: str | None) -> None:
        """Change the employee number. Raises Invalid."""
        self.edit_attributes("employee_number_changed", {"employee_number": employee_number})

    def add_external_reference(self, source: str, external_id: str, *field_path: str | int) -> None:
        """Record the id of this person in another system. Raises Invalid and LimitExceeded."""
        if external_references.set_external_reference(
            self.references, source, external_id, self._create_reference, *field_path
        ):
            self.record_event("external_reference_added")

    def remove_external_reference(self, source: Annotated[str, external_references.SOURCE]) -> None:
        """Remove the id of this person in another system. Does nothing if there is none."""
        if external_references.remove_external_reference(self.references, source):
            self.record_event("external_reference_removed")

    def get_employment_status(self, day: date) -> EmploymentStatus:
        """Return the status on that day, from the latest employment."""
        return derive_employment_status(
            day, hired_on=self.hired_on, left_on=self.left_on, leaves=self.leaves
        )

    def has_left(self, day: date) -> bool:
        """Return whether the latest employment is over on that day."""
        return self.left_on is not None and self.left_on <= day

    def works_here(self, day: date) -> bool:
        """Return whether the latest employment covers that day. Leaves are not considered."""
        return self.latest_employment.period.covers(day)

    def start_leave(
        self,
        starts_on: date,
        *,
        ends_on: date | None = None,
        reason: Annotated[str | None, REASON] = None,
    ) -> Leave:
        """Record a leave. `ends_on` is the day of the return; None if it is not known yet.

        Raises Invalid outside of an employment, and where another leave runs in that time.
        """
        period = new_period(starts_on, ends_on)
        if not any(each.period.covers(starts_on) for each in self.employments):
            raise Invalid(
                "The person is not employed on that day. Choose a day within an employment.",
                "startsOn",
                code=Code.OUT_OF_RANGE,
            )
        if any(each.period.overlaps(period) for each in self.leaves if not each.is_cancelled):
            raise Invalid(
                "Another leave runs in that time. End that one first.",
                "startsOn",
                code=Code.OUT_OF_RANGE,
            )
        leave = Leave(
            tenant_id=self.tenant_id,
            person_id=self.id,
            starts_on=starts_on,
            ends_on=ends_on,
            reason=REASON.check(reason, "reason"),
        )
        self.leaves.append(leave)
        self.record_event("leave_started", effective_on=starts_on)
        return leave

    def return_from_leave(self, returns_on: date) -> Leave:
        """End the leave that covers that day. On the first day of the leave this cancels it.

        Raises StateConflict for a person who was never on leave, and Invalid.
        """
        if not self.leaves:
            raise StateConflict("This person is not away, so there is nothing to return from.")
        leave = next((each for each in self.leaves if each.period.covers(returns_on)), None)
        if leave is None:
            raise Invalid(
                "There is no leave on that day. Choose a day within the leave to end.",
                "returnsOn",
                code=Code.OUT_OF_RANGE,
            )
        leave.ends_on = returns_on
        self.record_event("returned_from_leave", effective_on=returns_on)
        return leave

    def depart(self, left_on: date, reason: Annotated[str | None, REASON] = None) -> None:
        """Record or correct the end of the latest employment. `left_on` is the first day after it.

        Raises Invalid.
        """
        if left_on < self.hired_on:
            raise Invalid(
                "Nobody leaves before they are hired. Choose a later day.",
                "lastDay",
                code=Code.OUT_OF_RANGE,
            )
        employment = self.latest_employment
        text = REASON.check(reason, "reason")
        if (employment.left_on, employment.leaving_reason) != (left_on, text):
            employment.left_on = self.left_on = left_on
            employment.leaving_reason = text
            self.record_event("departed", effective_on=left_on)

    def cancel_departure(self) -> None:
        """Remove the end of the latest employment. Raises StateConflict where it has none."""
        employment = self.latest_employment
        if employment.left_on is None:
            raise StateConflict("This person is not leaving, so there is nothing to take back.")
        employment.left_on = employment.leaving_reason = self.left_on = None
        self.record_event("departure_cancelled")

    def rehire(self, hired_on: date, *, today: date) -> Employment:
        """Start a new employment of a person who has left. Raises StateConflict and Invalid."""
        if self.left_on is None or self.left_on > today:
            raise StateConflict("This person has not left yet. Record the leaving first.")
        if hired_on < self.left_on:
            raise Invalid(
                "The earlier employment still runs on that day. Choose a later one.",
                "hiredOn",
                code=Code.OUT_OF_RANGE,
            )
        self.hired_on, self.left_on = hired_on, None
        self.record_event("rehired", effective_on=hired_on)
        return self._create_employment(hired_on)

    @property
    def latest_employment(self) -> Employment:
        """The employment that began last."""
        return max(self.employments, key=lambda each: each.hired_on)

    def get_manager_id(self, day: date) -> PersonId | None:
        """Return the primary manager on that day, or None."""
        line = find_active_line((each for each in self.lines if each.kind is LineKind.PRIMARY), day)
        return line.manager_id if line else None

    def assign_manager(
        self,
        manager_id: PersonId,
        *,
        kind: LineKind = LineKind.PRIMARY,
        starts_on: date,
        today: date,
    ) -> ReportingLine:
        """Create a reporting line from today or later, until the next planned line starts.

        The first line may start as early as the first employment that the actor may see. If the new
        line replaces another one on its first day, the replaced line is stored with an empty
        period. A line to the same manager continues instead. Raises Invalid.
        """
        line = self.plan_reporting_line(manager_id, kind=kind, starts_on=starts_on, today=today)
        current = find_active_line(line.find_conflicts(self.lines), starts_on)
        if current is not None and current.manager_id == manager_id:
            if current.ends_on == line.ends_on:
                return current
            current.ends_on = line.ends_on
            line = current
        else:
            if current is not None:
                current.ends_on = starts_on
            self.lines.append(line)
        self.record_event("manager_assigned", effective_on=starts_on)
        return line

    def plan_reporting_line(
        self, manager_id: PersonId, *, kind: LineKind, starts_on: date, today: date
    ) -> ReportingLine:
        """Return the line that assigning this manager would create. Raises Invalid."""
        if manager_id == self.id:
            raise Invalid(
                "Nobody reports to themselves. Choose somebody else.",
                "managerId",
                code=Code.REFERENCE_CYCLE,
            )
        line = ReportingLine(
            tenant_id=self.tenant_id,
            person_id=self.id,
            manager_id=manager_id,
            kind=kind,
            starts_on=starts_on,
        )
        conflicts = line.find_conflicts(self.lines)
        first_hired_on = min((each.hired_on for each in self.employments), default=today)
        self._check_line_start(
            starts_on, max(today, first_hired_on) if conflicts else first_hired_on
        )
        line.ends_on = min(
            (each.starts_on for each in conflicts if each.starts_on > starts_on), default=None
        )
        return line

    def end_reporting_line(self, line_id: UUID, *, ends_on: date, today: date) -> ReportingLine:
        """End a reporting line today or later, without a new manager.

        A line that has not started is cancelled by ending it on its first day. Raises Invalid.
        """
        line = next((each for each in self.lines if each.id == line_id), None)
        if line is None:
            raise Invalid(
                "The person has no such reporting line. Look at their lines again.",
                "lineId",
                code=Code.REFERENCE_NOT_FOUND,
            )
        has_ended = line.ends_on is not None and line.ends_on < ends_on
        if has_ended or ends_on < max(today, line.starts_on):
            raise Invalid(
                "A line ends today or later, and not after its last day. Choose another day.",
                "endsOn",
                code=Code.OUT_OF_RANGE,
            )
        if line.ends_on != ends_on:
            line.ends_on = ends_on
            self.record_event("line_ended", effective_on=ends_on)
        return line

    def _check_line_start(self, starts_on: date, earliest: date) -> None:
        if starts_on < earliest:
            raise Invalid(
                f"What was true stays recorded. Choose {earliest} or a later day.",
                "startsOn",
                code=Code.OUT_OF_RANGE,
            )
        if self.has_left(starts_on):
            raise Invalid(
                "The person has left by then. Choose an earlier day.",
                "startsOn",
                code=Code.OUT_OF_RANGE,
            )

    def _create_employment(self, hired_on: date) -> Employment:
        employment = Employment(tenant_id=self.tenant_id, person_id=self.id, hired_on=hired_on)
        self.employments.append(employment)
        return employment

    def _create_reference(self, source: str, external_id: str) -> PersonReference:
        return PersonReference(
            tenant_id=self.tenant_id, person_id=self.id, source=source, external_id=external_id
        )


def build_full_name(given_name: str, family_name: str) -> str:
    """Return the display name of a person who has not chosen one."""
    return f"{given_name} {family_name}".strip()
