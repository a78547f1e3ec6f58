"""People: who works here, since when, and whom they report to."""

from domain.people.details import PersonDetails
from domain.people.employment import Employment, EmploymentStatus, Leave, PersonReference
from domain.people.person import Person
from domain.people.reporting_lines import KNOW_PLANS, LineKind, ReportingLine
from domain.people.staffing import (
    admit,
    change_manager,
    edit,
    end_line,
    hire,
    leave,
    refer,
    rehire,
    renumber,
    stay,
)

__all__ = [
    "KNOW_PLANS",
    "Employment",
    "EmploymentStatus",
    "Leave",
    "LineKind",
    "Person",
    "PersonDetails",
    "PersonReference",
    "ReportingLine",
    "admit",
    "change_manager",
    "edit",
    "end_line",
    "hire",
    "leave",
    "refer",
    "rehire",
    "renumber",
    "stay",
]
