"""Employment: from when to when somebody works here, and when they are away for long."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from domain.kernel.access import Via
from domain.kernel.aggregate import Part
from domain.people.visibility import SEE_EMPLOYMENT


class EmploymentStatus(StrEnum):
    """Where somebody stands with the tenant on a given day; derived from the dates, never stored."""

    UPCOMING = "upcoming"
    EMPLOYED = "employed"
    ON_LEAVE = "on_leave"
    LEFT = "left"


@dataclass(kw_only=True, eq=False)
class Employment(Part):
    """One stay with the tenant. `left_on` is the first day on which it is over."""

    NAME = "employment"
    SEE = Via("person_id", "person", SEE_EMPLOYMENT)

    person_id: UUID
    hired_on: date
    left_on: date | None = None
    leaving_reason: str | None = None


@dataclass(kw_only=True, eq=False)
class Leave(Part):
    """A long absence. `ends_on` is the day of the return."""

    NAME = "leave"
    SEE = Via("person_id", "person", SEE_EMPLOYMENT)

    person_id: UUID
    starts_on: date
    ends_on: date | None = None
    reason: str | None = None


@dataclass(kw_only=True, eq=False)
class PersonReference(Part):
    """What another system calls a person."""

    NAME = "reference"
    SEE = Via("person_id", "person", SEE_EMPLOYMENT)

    person_id: UUID
    source: str
    external_id: str
