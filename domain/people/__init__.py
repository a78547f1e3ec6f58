"""People: who works here, since when, and whom they report to."""

from domain.people.employment import Employment, EmploymentStatus, Leave, PersonReference
from domain.people.person import Person
from domain.people.reporting_lines import LineKind, ReportingLine

__all__ = [
    "Employment",
    "EmploymentStatus",
    "Leave",
    "LineKind",
    "Person",
    "PersonReference",
    "ReportingLine",
]
