"""Corrections of a person's job facts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import check_fields
from domain.people.corrected_person import (
    CORRECTION_REASON,
    CorrectedPerson,
    check_correction_reason,
)
from domain.people.jobs import Facts, Job, list_current, resolve
from domain.people.working_person import NOTHING_GIVEN


@dataclass(kw_only=True, eq=False)
class CorrectedJobs(CorrectedPerson):
    """The part of a person that concerns corrections of the job."""

    def correct_job(
        self,
        job_id: UUID,
        facts: Facts,
        reason: str,
        *,
        starts_on: date | None = None,
        today: date,
        at: datetime,
    ) -> Job:
        """Correct what is recorded for the first day of a job, or that day; return the job.

        Raises Invalid.
        """
        job, why = self._get_job(job_id), check_correction_reason(reason)
        values, day = check_fields(Job, facts), starts_on or job.starts_on
        if not values and starts_on is None:
            raise Invalid(NOTHING_GIVEN, code=Code.REQUIRED)
        if day != job.starts_on:
            self._check_new_day(job, day)
        recorded = self.list_job_facts()
        stated = {**recorded.pop(job.starts_on), **values}
        if self.rebuild_jobs(recorded | {day: stated}, today=today, at=at):
            effective_on = max(day, job.starts_on)
            self.record_event("job_corrected", effective_on=effective_on, reason=why)
        return self.get_job_starting_on(day)

    def restore_job_facts(
        self, day: date, facts: Facts, reason: str, *, today: date, at: datetime
    ) -> None:
        """Let facts that are recorded for a day have the values that they had before.

        A fact that went on from an earlier day with this value is not recorded for the day.
        """
        recorded = self.list_job_facts()
        if day not in recorded:
            return
        earlier = {each: stated for each, stated in recorded.items() if each < day}
        running = dict([*resolve(earlier)][-1][1]) if earlier else {}
        stated = {**recorded[day], **check_fields(Job, facts)}
        kept = {
            name: value
            for name, value in stated.items()
            if name not in facts or name not in running or running[name] != value
        }
        rest = {each: stated for each, stated in recorded.items() if each != day}
        if self.rebuild_jobs(rest | ({day: kept} if kept else {}), today=today, at=at):
            self.record_event("job_corrected", effective_on=day, reason=reason)

    def withdraw_job(
        self,
        job_id: UUID,
        reason: Annotated[str, CORRECTION_REASON],
        *,
        today: date,
        at: datetime,
    ) -> None:
        """Remove what is recorded for the first day of a job. Raises Invalid."""
        job, why = self._get_job(job_id), check_correction_reason(reason)
        if self._is_first(job):
            message = "The first job cannot be withdrawn. Correct its facts instead."
            raise Invalid(message, "jobId", code=Code.OUT_OF_RANGE)
        recorded = self.list_job_facts()
        del recorded[job.starts_on]
        self.rebuild_jobs(recorded, today=today, at=at)
        self.record_event("job_withdrawn", effective_on=job.starts_on, reason=why)

    def _get_job(self, job_id: UUID) -> Job:
        found = next((each for each in list_current(self.jobs) if each.id == job_id), None)
        if found is None:
            message = "The person has no such job, or it was changed since. Look at the jobs again."
            raise Invalid(message, "jobId", code=Code.REFERENCE_NOT_FOUND)
        return found

    def _check_new_day(self, job: Job, day: date) -> None:
        if self._is_first(job):
            message = "The first job starts with the employment. Correct the employment instead."
            raise Invalid(message, "startsOn", code=Code.OUT_OF_RANGE)
        if absence := self.find_absence(day, "startsOn"):
            raise absence
        if any(each.starts_on == day for each in list_current(self.jobs)):
            message = "Another job starts on that day. Correct that one instead."
            raise Invalid(message, "startsOn", code=Code.NOT_UNIQUE)

    def _is_first(self, job: Job) -> bool:
        return job is list_current(self.jobs)[0]
