"""Corrections of what is recorded about a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import SingleLine, check_required
from domain.people.employment import Employment, EndingPeriod, end_with_departure
from domain.people.working_person import WorkingPerson

CORRECTION_REASON = SingleLine("The reason", max_length=500)
ONE_DAY = timedelta(days=1)


def check_correction_reason(reason: str) -> str:
    """Return the trimmed reason of a correction. Raises Invalid, with REQUIRED for an empty one."""
    return str(check_required(CORRECTION_REASON, reason, "reason"))


@dataclass(kw_only=True, eq=False)
class CorrectedPerson(WorkingPerson):
    """The part of a person that concerns corrections of the past."""

    def get_employment(self, employment_id: UUID) -> Employment:
        """Return one of the employments. Raises Invalid with REFERENCE_NOT_FOUND."""
        found = next((each for each in self.employments if each.id == employment_id), None)
        if found is None:
            raise Invalid(
                "The person has no such employment. Look at their employments again.",
                "employmentId",
                code=Code.REFERENCE_NOT_FOUND,
            )
        return found

    def find_employment_faults(
        self, employment: Employment, hired_on: date, left_on: date | None
    ) -> Iterator[Invalid]:
        """Yield why an employment cannot have these days, each with its field."""
        if left_on is not None and employment.left_on is None:
            yield Invalid(
                "This employment has no last day to correct. Record one with `personDepart`.",
                "lastDay",
                code=Code.STATE_CONFLICT,
            )
        elif left_on is not None and left_on < hired_on:
            field = "hiredOn" if left_on == employment.left_on else "lastDay"
            yield _out_of_range("The last day is before the first one. Correct both days.", field)
        ordered = sorted(self.employments, key=lambda each: each.hired_on)
        place = ordered.index(employment)
        for earlier in ordered[:place]:
            if hired_on <= earlier.hired_on or hired_on < (earlier.left_on or date.max):
                day = max(earlier.left_on or date.max, earlier.hired_on + ONE_DAY)
                yield _out_of_range(
                    f"An earlier employment runs until then. Choose {day} or a later day.",
                    "hiredOn",
                )
                break
        for later in ordered[place + 1 :]:
            if hired_on >= later.hired_on or (left_on or date.max) > later.hired_on:
                field = "hiredOn" if hired_on >= later.hired_on else "lastDay"
                yield _out_of_range(
                    f"The next employment starts on {later.hired_on}. Choose an earlier day.",
                    field,
                )
                break

    def list_started_before(self, employment: Employment, day: date) -> list[str]:
        """Return, in words, what of an employment starts before a day: leaves, lines and jobs.

        The job of the first day is left out, because it starts with the employment.
        """
        starts = [("leave", each.starts_on) for each in self.leaves if not each.is_cancelled]
        starts += [
            ("reporting line", each.starts_on) for each in self.lines if not each.is_superseded
        ]
        if employment is min(self.employments, key=lambda each: each.hired_on):
            days = self.list_job_facts() if self.jobs else {}
            starts += [("job", each) for each in days if each != employment.hired_on]
        return [
            f"{name} from {starts_on}"
            for name, starts_on in starts
            if starts_on < day and employment.period.covers(starts_on)
        ]

    def correct_employment(
        self,
        employment: Employment,
        days: tuple[date, date | None],
        reason: str,
        *,
        today: date,
        at: datetime,
    ) -> None:
        """Set the first day of an employment, and the first one after it, without faults.

        The job that starts with the employment does so on the new first day.

        What ran beyond an earlier last day of an employment that is not the latest ends with it, as
        a rehire stores these ends. For the latest one reads compare with the day of departure.
        """
        old = employment.hired_on, employment.left_on
        if days == old:
            return
        hired_on, left_on = days
        self._move_job(old[0], hired_on, today=today, at=at)
        is_latest = employment is self.latest_employment
        if not is_latest and left_on is not None and old[1] is not None:
            dated: list[EndingPeriod] = [*self.leaves, *self.lines]
            for part in dated:
                end_with_departure(part, left_on, before=old[1])
        employment.hired_on, employment.left_on = hired_on, left_on
        if is_latest:
            self.hired_on, self.left_on = hired_on, left_on
        self.record_event("employment_corrected", reason=reason)

    def _move_job(self, old_day: date, new_day: date, *, today: date, at: datetime) -> None:
        """Record the facts of one day for another, where they do not replace recorded ones."""
        recorded = dict(self.list_job_facts()) if self.jobs else {}
        if old_day == new_day or old_day not in recorded:
            return
        moved = recorded.pop(old_day)
        recorded[new_day] = {**moved, **recorded.get(new_day, {})}
        self.write_jobs(recorded, today=today, at=at)


def _out_of_range(message: str, field: str) -> Invalid:
    return Invalid(message, field, code=Code.OUT_OF_RANGE)
