"""People: their directory entries, employments, leaves and reporting lines."""

from domain.people.employment import Employment, EmploymentStatus, Leave, PersonReference
from domain.people.model import Person
from domain.people.reporting_lines import SEE_PLANNED_OF_PERSON, LineKind, ReportingLine
from domain.people.use_cases import (
    add_external_reference,
    assign_manager,
    cancel_departure,
    change_employee_number,
    create_member,
    depart,
    edit,
    end_reporting_line,
    hire,
    rehire,
)

__all__ = [
    "SEE_PLANNED_OF_PERSON",
    "Employment",
    "EmploymentStatus",
    "Leave",
    "LineKind",
    "Person",
    "PersonReference",
    "ReportingLine",
    "add_external_reference",
    "assign_manager",
    "cancel_departure",
    "change_employee_number",
    "create_member",
    "depart",
    "edit",
    "end_reporting_line",
    "hire",
    "rehire",
]
