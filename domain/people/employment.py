"""Employments and leaves of a person, and the status that follows from their dates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Protocol
from uuid import UUID

from domain.kernel.access import InheritedFrom
from domain.kernel.aggregate import Part
from domain.kernel.external_references import ExternalReference
from domain.kernel.fields import PERIOD_END, PERSONAL, PeriodEnd, SingleLine
from domain.kernel.identity import PersonId
from domain.kernel.periods import Period
from domain.people.policy import SEE_EMPLOYMENT


class EmploymentStatus(StrEnum):
    """The status of a person on a day. It is derived from dates and never stored."""

    UPCOMING = "upcoming"
    EMPLOYED = "employed"
    ON_LEAVE = "on_leave"
    LEFT = "left"


class LeavingKind(StrEnum):
    """How an employment ended. None is unknown."""

    VOLUNTARY = "voluntary"
    INVOLUNTARY = "involuntary"
    RETIREMENT = "retirement"
    DEATH = "death"
    END_OF_CONTRACT = "end_of_contract"
    OTHER = "other"


REASON = SingleLine("The reason", max_length=500)
"""The reason of a leave or a departure."""


@dataclass(kw_only=True, eq=False)
class Employment(Part):
    """One period of employment. `left_on` is the first day after it."""

    NAME = "employment"
    SEE = InheritedFrom("person_id", "person", SEE_EMPLOYMENT)

    person_id: UUID
    hired_on: date
    left_on: Annotated[date | None, PeriodEnd(graph_name="last_day")] = None
    leaving_reason: Annotated[str | None, REASON, PERSONAL] = None
    leaving_kind: LeavingKind | None = None
    successor_id: PersonId | None = None

    @property
    def period(self) -> Period:
        """The days of the employment."""
        return Period(self.hired_on, self.left_on)


@dataclass(kw_only=True, eq=False)
class Leave(Part):
    """A long absence. `ends_on` is the day of the return."""

    NAME = "leave"
    SEE = InheritedFrom("person_id", "person", SEE_EMPLOYMENT)

    person_id: UUID
    starts_on: date
    ends_on: Annotated[date | None, PERIOD_END] = None
    reason: Annotated[str | None, REASON, PERSONAL] = None

    @property
    def period(self) -> Period:
        """The days of the absence."""
        return Period(self.starts_on, self.ends_on)

    @property
    def is_cancelled(self) -> bool:
        """Whether the leave covers no day, because it was ended on its first one."""
        return self.ends_on == self.starts_on


@dataclass(kw_only=True, eq=False)
class PersonReference(ExternalReference):
    """The id of a person in another system."""

    SEE = InheritedFrom("person_id", "person", SEE_EMPLOYMENT)

    person_id: UUID


class EndingPeriod(Protocol):
    """Something that runs from one day to another, or without an end."""

    starts_on: date
    ends_on: date | None


def end_with_departure(part: EndingPeriod, left_on: date, before: date = date.max) -> bool:
    """End what still runs when a person leaves, and return whether it did.

    What would have begun later becomes empty. What begins on the day `before` or later belongs to a
    later employment, and stays.
    """
    if part.starts_on >= before:
        return False
    end = max(part.starts_on, left_on)
    if part.ends_on is not None and part.ends_on <= end:
        return False
    part.ends_on = end
    return True


def derive_employment_status(
    day: date, *, hired_on: date, left_on: date | None, leaves: Iterable[Leave]
) -> EmploymentStatus:
    """Return the status on a day, from the dates of the latest employment and the leaves."""
    if day < hired_on:
        return EmploymentStatus.UPCOMING
    if left_on is not None and left_on <= day:
        return EmploymentStatus.LEFT
    if any(each.starts_on >= hired_on and each.period.covers(day) for each in leaves):
        return EmploymentStatus.ON_LEAVE
    return EmploymentStatus.EMPLOYED
