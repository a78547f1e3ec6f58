"""Job facts: unit, title, level, location, employment type and working time, from a day on.

A fact is recorded for the day from which it holds. It holds until the next day for which the same
fact is recorded. A `Job` is everything that holds from one such day. Its values follow from all
recorded facts, so the order in which they were entered makes no difference.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from domain.kernel.access import Has, HasStarted, InheritedFrom
from domain.kernel.aggregate import Part
from domain.kernel.fields import DERIVED, EDITABLE, PERSONAL, Share, SingleLine, editable_fields
from domain.kernel.identity import OrganizationId
from domain.people.policy import SEE_EMPLOYMENT, SEE_PLANNED

Facts = Mapping[str, Any]
"""Values of job facts by their names."""


class EmploymentType(StrEnum):
    """The kind of contract that somebody works under."""

    PERMANENT = "permanent"
    FIXED_TERM = "fixed_term"
    APPRENTICE = "apprentice"
    INTERN = "intern"
    AGENCY = "agency"
    CONTRACTOR = "contractor"


class JobState(StrEnum):
    """Whether a row is what is known now, or what was known before."""

    CURRENT = "current"
    SUPERSEDED = "superseded"


@dataclass(kw_only=True, eq=False)
class Job(Part):
    """What somebody works as from one day until the next job begins.

    `stated_facts` names the facts that are recorded for this day; the others go on from earlier
    days. A row is never overwritten: a change adds a row, and the old one becomes superseded.
    """

    NAME = "job"
    SEE = InheritedFrom("person_id", "person", SEE_EMPLOYMENT) & (
        HasStarted("starts_on") & Has("state", JobState.CURRENT)
        | InheritedFrom("person_id", "person", SEE_PLANNED)
    )

    person_id: UUID
    starts_on: date
    organization_id: Annotated[OrganizationId | None, EDITABLE] = None
    job_title: Annotated[str | None, SingleLine("The job title"), EDITABLE, PERSONAL] = None
    level: Annotated[str | None, SingleLine("The level", max_length=50), EDITABLE, PERSONAL] = None
    location: Annotated[str | None, SingleLine("The location"), EDITABLE, PERSONAL] = None
    employment_type: Annotated[EmploymentType | None, EDITABLE] = None
    working_time_share: Annotated[Decimal | None, Share("The working-time share"), EDITABLE] = None
    state: Annotated[JobState, DERIVED] = JobState.CURRENT
    superseded_at: Annotated[datetime | None, DERIVED] = None
    stated_facts: list[str] = field(default_factory=list)

    @property
    def facts(self) -> dict[str, Any]:
        """All facts that hold from this day."""
        return {name: getattr(self, name) for name in FACTS}

    @property
    def stated(self) -> dict[str, Any]:
        """The facts that are recorded for this day."""
        return {name: getattr(self, name) for name in self.stated_facts}

    def supersede(self, at: datetime) -> None:
        """Mark the row as no longer what is known."""
        self.state, self.superseded_at = JobState.SUPERSEDED, at


FACTS = editable_fields(Job)
"""The names of the job facts."""


def list_current(jobs: Iterable[Job]) -> list[Job]:
    """Return the jobs as they are known now, the oldest first."""
    current = [each for each in jobs if each.state is JobState.CURRENT]
    if len(current) > 1:
        current.sort(key=lambda each: each.starts_on)
    return current


def find_job(jobs: Iterable[Job], day: date) -> Job | None:
    """Return the job of that day, as it is known now."""
    started = [each for each in list_current(jobs) if each.starts_on <= day]
    return started[-1] if started else None


def list_recorded_facts(jobs: Iterable[Job]) -> dict[date, Facts]:
    """Return the facts that are recorded, by their day."""
    return {each.starts_on: each.stated for each in list_current(jobs)}


def resolve(recorded: Mapping[date, Facts]) -> Iterator[tuple[date, Facts]]:
    """Yield each day for which facts are recorded, and all facts that hold from it."""
    facts: dict[str, Any] = dict.fromkeys(FACTS)
    for day in sorted(recorded):
        facts = {**facts, **recorded[day]}
        yield day, facts
