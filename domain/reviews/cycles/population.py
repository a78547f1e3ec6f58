"""The population of a cycle: who is in it by rule, and how many days of work count for each."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from domain.kernel.periods import ONE_DAY, Period, subtract
from domain.kernel.text import fold_case
from domain.reviews.cycles.groups import ReviewCycleGroup
from domain.reviews.cycles.model import ReviewCycle


@dataclass(frozen=True)
class JobFacts:
    """What a person works as from a day on."""

    starts_on: date
    organization_id: UUID | None
    level: str | None
    employment_type: str | None
    location: str | None = None
    working_time_share: Decimal | None = None
    job_title: str | None = None


@dataclass(frozen=True)
class PersonFacts:
    """The employments, leaves and jobs of a person, each in the order of their days."""

    id: UUID
    employments: Sequence[Period] = ()
    leaves: Sequence[Period] = ()
    jobs: Sequence[JobFacts] = ()
    time_zone: str | None = None

    def find_employment(self, day: date) -> Period | None:
        """Return the employment of a day."""
        return next((each for each in self.employments if each.covers(day)), None)

    def find_job(self, day: date) -> JobFacts | None:
        """Return the job of a day, whether the person is employed then or not."""
        return next((each for each in reversed(self.jobs) if each.starts_on <= day), None)


@dataclass(frozen=True)
class Population:
    """The rules of a cycle, with the units that they name and all below; None without units."""

    cycle: ReviewCycle
    units: Container[UUID] | None

    def includes(self, person: PersonFacts) -> bool:
        """Return whether the rules include a person."""
        cycle, day = self.cycle, self.cycle.counted_on
        employment, job = person.find_employment(day), person.find_job(day)
        if employment is None or (day - employment.starts_on).days < cycle.min_tenure_days:
            return False
        unit_id = job.organization_id if job else None
        if self.units is not None and unit_id not in self.units:
            return False
        level, contract = (job.level, job.employment_type) if job else (None, None)
        levels = {fold_case(each) for each in cycle.levels}
        if levels and (level is None or fold_case(level) not in levels):
            return False
        return not cycle.employment_types or contract in cycle.employment_types


@dataclass(frozen=True)
class Groups:
    """The groups of a cycle, with the units that they name and all below.

    Jobs are those of the day on which the first phase begins, or of today where that is later.
    Days on leave are those from the first day of the first phase to the last day of the last one.
    """

    cycle: ReviewCycle
    today: date
    units: Mapping[UUID, Container[UUID]] = field(default_factory=dict)
    time_zone: str | None = None
    """The time zone of people without one."""

    def list_fitting(self, person: PersonFacts) -> Iterator[ReviewCycleGroup]:
        """Yield the groups whose conditions all hold for a person; the first one counts."""
        phases = self.cycle.phases
        job = person.find_job(max(self.today, phases[0].starts_on))
        zone, period = (
            person.time_zone or self.time_zone,
            Period(phases[0].starts_on, phases[-1].last_day + ONE_DAY),
        )
        away = sum(_count(_clip(each, period)) for each in person.leaves if each.overlaps(period))
        for each in self.cycle.groups:
            is_there = not each.time_zones or zone in each.time_zones
            if is_there and away >= each.min_leave_days and self._fits_job(each, job):
                yield each

    def _fits_job(self, group: ReviewCycleGroup, job: JobFacts | None) -> bool:
        """Return whether the conditions about jobs hold. Without a job none of them does."""
        given = JobFacts(self.today, None, None, None) if job is None else job
        unit_id, place = group.organization_id, fold_case(given.location or "")
        share, most = given.working_time_share, group.max_working_time_share
        return (
            (unit_id is None or given.organization_id in self.units.get(unit_id, ()))
            and (not group.locations or place in map(fold_case, group.locations))
            and (not group.employment_types or given.employment_type in group.employment_types)
            and (most is None or (share is not None and share <= most))
        )


@dataclass(frozen=True)
class Days:
    """The days of a period on which a person was employed, and those of them that count."""

    employed: int
    counted: int


def count_days(person: PersonFacts, cycle: ReviewCycle) -> Days:
    """Return the days of work in the period of a cycle, added up over positions.

    The jobs of the person make no difference: what is worked in any of them counts.
    """
    return count_days_until(person, cycle, cycle.last_day)


def count_days_until(person: PersonFacts, cycle: ReviewCycle, last_day: date) -> Days:
    """Return the days of work from the first day of a cycle's period until a last day."""
    if last_day < cycle.starts_on:
        return Days(0, 0)
    period = Period(cycle.starts_on, last_day + ONE_DAY)
    employed = [_clip(each, period) for each in person.employments if each.overlaps(period)]
    worked = [left for each in employed for left in subtract(each, person.leaves)]
    total = sum(map(_count, employed))
    return Days(total, total if cycle.counts_leave else sum(map(_count, worked)))


def is_absent(person: PersonFacts, cycle: ReviewCycle) -> bool:
    """Return whether a person was employed in the period, and on leave on all of these days."""
    period = Period(cycle.starts_on, cycle.last_day + ONE_DAY)
    employed = [_clip(each, period) for each in person.employments if each.overlaps(period)]
    return bool(employed) and not any(subtract(each, person.leaves) for each in employed)


def _clip(period: Period, within: Period) -> Period:
    ends = [each for each in (period.ends_on, within.ends_on) if each is not None]
    return Period(max(period.starts_on, within.starts_on), min(ends))


def _count(period: Period) -> int:
    assert period.ends_on is not None, "A clipped period has an end."
    return (period.ends_on - period.starts_on).days
