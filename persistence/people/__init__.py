"""People: tables, mapping and read models."""

from persistence.people.directory import (
    LEAVE,
    PERSON,
    PERSON_REFERENCE,
    leaves,
    people,
    person_references,
)
from persistence.people.employments import EMPLOYMENT, employments
from persistence.people.reporting import REPORTING_LINE, reporting_lines

__all__ = [
    "EMPLOYMENT",
    "LEAVE",
    "PERSON",
    "PERSON_REFERENCE",
    "REPORTING_LINE",
    "employments",
    "leaves",
    "people",
    "person_references",
    "reporting_lines",
]
