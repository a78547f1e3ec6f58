"""The aggregate of a person, with their employments, leaves and reporting lines."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from domain import custom_fields
from domain.kernel import external_references
from domain.kernel.access import Rule
from domain.kernel.actions import Action
from domain.kernel.counted_people import COUNTING
from domain.kernel.erasure import erase_personal_values
from domain.kernel.fields import (
    EDITABLE,
    PERSONAL,
    SingleLine,
    check_fields,
    email_rule,
    name_rule,
    time_zone_rule,
)
from domain.kernel.followed_lines import LINES_CHANGED
from domain.kernel.identity import TenantId
from domain.people import policy
from domain.people.corrected_jobs import CorrectedJobs
from domain.people.employment import PersonReference
from domain.people.jobs import FACTS

EMPLOYEE_NUMBER = SingleLine("The employee number", max_length=50, ignores_case=True)


class RecordStatus(StrEnum):
    """Whether a record has its personal values."""

    CURRENT = "current"
    ERASED = "erased"


class ErasureReason(StrEnum):
    """Why a person is erased. It is no free text, so that the journal names nobody."""

    REQUESTED = "requested"
    RETENTION_ENDED = "retention_ended"
    RECORDED_BY_MISTAKE = "recorded_by_mistake"


def _action(name: str, rule: Rule) -> Action:
    """Return an action that changes no erased person."""
    return Action(name, rule, RecordStatus.CURRENT, state_attribute="record_status")


@dataclass(kw_only=True, eq=False)
class Person(
    CorrectedJobs,
    external_references.ReferencedAggregate[PersonReference],
    custom_fields.CustomFieldHolder,
):
    """A person who works, will work or has worked for the tenant.

    `hired_on` and `left_on` repeat the dates of the latest employment. `lines` are the reporting
    lines to the person's own managers, not those of the person's reports.
    """

    OWNER_ATTRIBUTES = policy.OWNER_ATTRIBUTES
    SEE = policy.SEE
    SEE_EMPLOYMENT: ClassVar = policy.SEE_EMPLOYMENT
    GUARDED: ClassVar = {
        **dict.fromkeys(
            (
                *("hired_on", "left_on", "employee_number", "employments", "leaves"),
                *("references", "jobs"),
            ),
            policy.SEE_EMPLOYMENT,
        ),
        **custom_fields.guard_custom_values(
            managers=policy.SEE_EMPLOYMENT, hr=policy.SEE_HR_VALUES
        ),
    }
    WRITE_HR_VALUES = custom_fields.write_hr_values(policy.MANAGE_EMPLOYMENT)
    DISCLOSED: ClassVar = policy.DISCLOSED
    UNIQUE = ("work_email", "employee_number")
    SEE_PLANNED = policy.SEE_PLANNED
    SEE_HISTORY = policy.SEE_HISTORY
    KNOWN_FACTS = frozenset({"organization_id", "record_status"})
    HIRE: ClassVar = Action("hire", policy.EDIT & policy.MANAGE_EMPLOYMENT)
    EDIT: ClassVar = _action("edit", policy.EDIT)
    ASSIGN_MANAGER: ClassVar = _action("assign_manager", policy.EDIT)
    END_REPORTING_LINE: ClassVar = _action("end_line", policy.EDIT)
    CHANGE_EMPLOYEE_NUMBER: ClassVar = _action("change_employee_number", policy.MANAGE_EMPLOYMENT)
    REFERENCE = PersonReference
    ADD_EXTERNAL_REFERENCE: ClassVar = _action("add_external_reference", policy.MANAGE_EMPLOYMENT)
    REMOVE_EXTERNAL_REFERENCE: ClassVar = _action(
        "remove_external_reference", policy.MANAGE_EMPLOYMENT
    )
    CHANGE_JOB: ClassVar = _action("change_job", policy.MANAGE_EMPLOYMENT)
    START_LEAVE: ClassVar = _action("start_leave", policy.MANAGE_EMPLOYMENT)
    RETURN_FROM_LEAVE: ClassVar = _action("return_from_leave", policy.MANAGE_EMPLOYMENT)
    DEPART: ClassVar = _action("depart", policy.MANAGE_EMPLOYMENT)
    CANCEL_DEPARTURE: ClassVar = _action("cancel_departure", policy.MANAGE_EMPLOYMENT)
    REHIRE: ClassVar = _action("rehire", policy.MANAGE_EMPLOYMENT)
    CORRECT_JOB: ClassVar = _action("correct_job", policy.CORRECT)
    WITHDRAW_JOB: ClassVar = _action("withdraw_job", policy.CORRECT)
    CORRECT_EMPLOYMENT: ClassVar = _action("correct_employment", policy.CORRECT)
    CORRECT_LEAVE: ClassVar = _action("correct_leave", policy.CORRECT)
    CORRECT_LINE: ClassVar = _action("correct_line", policy.CORRECT)
    ADD_PAST_LINE: ClassVar = _action("add_past_line", policy.CORRECT)
    MERGE: ClassVar = _action("merge", policy.MERGE)
    ERASE: ClassVar = _action("erase", policy.ERASE)
    EXPORT: ClassVar = _action("export", policy.EXPORT)
    ACTIONS = (
        EDIT,
        ASSIGN_MANAGER,
        END_REPORTING_LINE,
        CHANGE_EMPLOYEE_NUMBER,
        ADD_EXTERNAL_REFERENCE,
        REMOVE_EXTERNAL_REFERENCE,
        CHANGE_JOB,
        START_LEAVE,
        RETURN_FROM_LEAVE,
        DEPART,
        CANCEL_DEPARTURE,
        REHIRE,
        CORRECT_EMPLOYMENT,
        CORRECT_JOB,
        WITHDRAW_JOB,
        CORRECT_LEAVE,
        CORRECT_LINE,
        ADD_PAST_LINE,
        MERGE,
        ERASE,
        EXPORT,
    )
    EVENTS = (
        "hired",
        "edited",
        "employee_number_changed",
        "external_reference_added",
        "external_reference_removed",
        "job_changed",
        "job_corrected",
        "job_withdrawn",
        "leave_started",
        "returned_from_leave",
        "departed",
        "departure_cancelled",
        "rehired",
        "employment_corrected",
        "leave_corrected",
        "manager_assigned",
        "line_ended",
        "line_corrected",
        "self_appointed",
        "merged",
        "erased",
        "exported",
    )
    GUARDED_EVENTS: ClassVar = {
        **dict.fromkeys(("hired", "rehired"), "hired_on"),
        **dict.fromkeys(("departed", "departure_cancelled"), "left_on"),
        **dict.fromkeys(("leave_started", "returned_from_leave"), "leaves"),
        **dict.fromkeys(("external_reference_added", "external_reference_removed"), "references"),
        "employee_number_changed": "employee_number",
        **dict.fromkeys(("job_changed", "job_corrected", "job_withdrawn"), "jobs"),
        "employment_corrected": "employments",
        "leave_corrected": "leaves",
    }
    PLANNED_EVENTS = (
        "manager_assigned",
        "line_ended",
        "line_corrected",
        "job_changed",
        "job_corrected",
        "job_withdrawn",
    )
    EVENT_TASKS: ClassVar = {
        **dict.fromkeys(
            (
                *("hired", "rehired", "departed", "departure_cancelled", "employment_corrected"),
                *("job_changed", "job_corrected", "job_withdrawn", "merged"),
            ),
            COUNTING,
        ),
        **dict.fromkeys(("manager_assigned", "line_ended", "line_corrected"), LINES_CHANGED),
    }
    SEARCH_ATTRIBUTES = ("name", "given_name", "family_name", "work_email")
    KEEPS_REDIRECTS = True

    given_name: Annotated[str, name_rule("The given name", 100), EDITABLE, PERSONAL]
    family_name: Annotated[
        str, name_rule("The family name", 100, stores_empty=True), EDITABLE, PERSONAL
    ] = ""
    name: Annotated[str, name_rule("The name"), EDITABLE, PERSONAL]
    work_email: Annotated[str | None, email_rule("The work e-mail"), EDITABLE, PERSONAL] = None
    employee_number: Annotated[str | None, EMPLOYEE_NUMBER, PERSONAL] = None
    time_zone: Annotated[str | None, time_zone_rule("The time zone"), EDITABLE, PERSONAL] = None
    record_status: RecordStatus = RecordStatus.CURRENT
    references: Annotated[list[PersonReference], PERSONAL] = field(default_factory=list)

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

        `details` are attributes, and facts of the first job. Raises Invalid.
        """
        facts = {name: details.pop(name) for name in FACTS if name in details}
        given = {"given_name": "", **details, "employee_number": employee_number}
        values = check_fields(cls, given)
        name = build_full_name(values["given_name"], values.get("family_name", ""))
        values.setdefault("name", name)
        person = cls(tenant_id=tenant_id, hired_on=hired_on, **values)
        person._create_employment(hired_on)
        person.start_job(facts)
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

    def erase(self, reason: ErasureReason) -> None:
        """Replace the name by a pseudonym, and remove all other personal values, for good."""
        erase_personal_values(self, f"Erased {self.id.hex[-8:]}")
        self.record_status = RecordStatus.ERASED
        self.record_event("erased", reason=reason.value)


def build_full_name(given_name: str, family_name: str) -> str:
    """Return the display name of a person who has not chosen one."""
    return f"{given_name} {family_name}".strip()
