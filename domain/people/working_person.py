"""A person's job facts."""

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated

from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import DERIVED, PERSONAL, check_fields
from domain.kernel.identity import OrganizationId
from domain.people.jobs import (
    FACTS,
    Facts,
    Job,
    find_job,
    list_current,
    list_recorded_facts,
    resolve,
)
from domain.people.reporting_person import ReportingPerson

NOTHING_GIVEN = "No fact of the job is given. Give at least one, such as `jobTitle`."
DIRECTORY_FACTS = ("organization_id", "job_title", "level", "location")
"""The job facts that the directory shows to everyone who sees a person."""
UNIT_CLOSED = "The unit is closed by then."
RECORDED_ALREADY = "Another value is recorded for that day. Change it with `personCorrectJob`."


@dataclass(kw_only=True, eq=False)
class WorkingPerson(ReportingPerson):
    """The part of a person that concerns the job.

    `DIRECTORY_FACTS` repeat the job of the day on which they were written, for lists and access
    rules. They count until `job_changes_on`, the first day of the next job, and the unit until
    `unit_changes_on`, the first day in another one.
    """

    organization_id: Annotated[OrganizationId | None, DERIVED] = None
    job_title: Annotated[str | None, PERSONAL, DERIVED] = None
    level: Annotated[str | None, PERSONAL, DERIVED] = None
    location: Annotated[str | None, PERSONAL, DERIVED] = None
    job_changes_on: Annotated[date | None, DERIVED] = None
    unit_changes_on: Annotated[date | None, DERIVED] = None
    jobs: list[Job] = field(default_factory=list)

    def change_job(self, effective_on: date, facts: Facts, *, today: date, at: datetime) -> Job:
        """Record facts from a day on, in the past or the future, and return the job of that day.

        A fact that is not given goes on. A value that was recorded for a past day stays: changing
        it is a correction. Raises Invalid.
        """
        values = check_fields(Job, facts)
        if not values:
            raise Invalid(NOTHING_GIVEN, code=Code.REQUIRED)
        if absence := self.find_absence(effective_on, "effectiveOn"):
            raise absence
        recorded = self.list_job_facts()
        stated = recorded.get(effective_on, {})
        if effective_on < today and any(
            name in stated and stated[name] != value for name, value in values.items()
        ):
            raise Invalid(RECORDED_ALREADY, "effectiveOn", code=Code.NOT_UNIQUE)
        if self.rebuild_jobs(recorded | {effective_on: {**stated, **values}}, today=today, at=at):
            self.record_event("job_changed", effective_on=effective_on)
        return self.get_job_starting_on(effective_on)

    def give_up_planned_unit(self, unit_id: OrganizationId, *, today: date, at: datetime) -> None:
        """Let plans for a unit that will not exist be plans for no unit."""
        recorded = self.list_job_facts()
        days = [
            day
            for day, facts in recorded.items()
            if day > today and facts.get("organization_id") == unit_id
        ]
        without = {day: {**recorded[day], "organization_id": None} for day in days}
        if self.rebuild_jobs(recorded | without, today=today, at=at):
            self.record_event(
                "job_changed", effective_on=max(days), reason=UNIT_CLOSED, keeps_version=True
            )

    def leave_unit(self, day: date, *, today: date, at: datetime) -> None:
        """Record that the person has no unit from that day on."""
        recorded = self.list_job_facts()
        facts = {**recorded.get(day, {}), "organization_id": None}
        self.rebuild_jobs(recorded | {day: facts}, today=today, at=at)

    def get_job_starting_on(self, day: date) -> Job:
        """Return the job that starts on that day."""
        return next(each for each in list_current(self.jobs) if each.starts_on == day)

    def list_job_facts(self) -> dict[date, Facts]:
        """Return the recorded facts by their day.

        A person without a job has the values of the directory from the first day on. Processes of
        an earlier release hire people that way.
        """
        if self.jobs:
            return list_recorded_facts(self.jobs)
        first_day = min((each.hired_on for each in self.employments), default=self.hired_on)
        return {first_day: {name: getattr(self, name, None) for name in FACTS}}

    def rebuild_jobs(self, recorded: Mapping[date, Facts], *, today: date, at: datetime) -> bool:
        """Rebuild the jobs from these facts, in memory, and return whether anything changed.

        A job that differs is superseded by a new one.
        """
        old = {each.starts_on: each for each in list_current(self.jobs)}
        has_changed = recorded != {day: each.stated for day, each in old.items()}
        for day in old.keys() - recorded.keys():
            old[day].supersede(at)
        for day, facts in resolve(recorded):
            job = old.get(day)
            if job is not None and job.facts != facts:
                job.supersede(at)
            if job is None or job.facts != facts:
                job = self._create_job(day, facts)
            job.stated_facts = [name for name in FACTS if name in recorded[day]]
        if has_changed:
            self.update_directory_fields(today)
        return has_changed

    def has_jobs_since(self, day: date) -> bool:
        """Return whether a job starts on that day or later."""
        return any(each.starts_on >= day for each in list_current(self.jobs))

    def withdraw_planned_jobs(self, left_on: date, *, today: date, at: datetime) -> None:
        """Remove the jobs that were planned for days after a departure."""
        removed = self.remove_jobs(left_on, None, today=today, at=at)
        self.record_event("job_withdrawn", effective_on=max(removed))

    def remove_jobs(
        self, left_on: date, returned_on: date | None, *, today: date, at: datetime
    ) -> list[date]:
        """Remove what is recorded for the days between two employments; return these days.

        What held on the day of the return is recorded for that day, so that it stays the same.
        """
        recorded = self.list_job_facts()
        removed = [day for day in sorted(recorded) if left_on <= day < (returned_on or date.max)]
        if not removed:
            return removed
        kept = {day: facts for day, facts in recorded.items() if day not in removed}
        if returned_on is not None:
            facts = ChainMap(*(dict(recorded[day]) for day in reversed(removed)))
            kept[returned_on] = {**facts, **recorded.get(returned_on, {})}
        self.rebuild_jobs(kept, today=today, at=at)
        return removed

    def start_job(self, facts: Facts) -> None:
        """Record the first facts of a new person. Raises Invalid."""
        values = dict.fromkeys(FACTS) | check_fields(Job, facts)
        self._create_job(self.hired_on, values).stated_facts = list(FACTS)
        self.update_directory_fields(self.hired_on)

    def update_directory_fields(self, today: date) -> None:
        """Copy the job of today to the directory, and set how long it counts.

        Before the first day of work, the job of that day is copied; after the last one, that of the
        last day. `job_changes_on` counts planned jobs after a departure, which may be cancelled.
        """
        jobs = list_current(self.jobs)
        held = [each for each in jobs if not self.has_left(each.starts_on)]
        shown = find_job(held, today) or next(iter(jobs), None)
        if shown is None:
            return
        for name in DIRECTORY_FACTS:
            setattr(self, name, getattr(shown, name))
        later = [each for each in jobs if each.starts_on > shown.starts_on]
        elsewhere = [each for each in later if each.organization_id != shown.organization_id]
        self.job_changes_on = later[0].starts_on if later else None
        self.unit_changes_on = elsewhere[0].starts_on if elsewhere else None

    def refresh(self, today: date) -> None:
        """Let the directory repeat the job of today where a planned one has come."""
        if self.job_changes_on is not None and self.job_changes_on <= today:
            self.update_directory_fields(today)

    def _create_job(self, day: date, facts: Facts) -> Job:
        job = Job(tenant_id=self.tenant_id, person_id=self.id, starts_on=day, **facts)
        self.jobs.append(job)
        return job
