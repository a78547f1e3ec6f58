"""Corrections of what is recorded about a person."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from domain.kernel.aggregate import set_attributes
from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.fields import SingleLine, check_required
from domain.kernel.periods import ONE_DAY, build_reversed_days
from domain.people.dated_parts import fit_between
from domain.people.employment import Employment, EndingPeriod, Leave, end_with_departure
from domain.people.jobs import list_current
from domain.people.reporting_lines import ReportingLine
from domain.people.working_person import WorkingPerson

CORRECTION_REASON = SingleLine("The reason", max_length=500)


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
            yield build_reversed_days(hired_on, left_on, field)
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

        The job of the first day is left out, because it starts with the employment. Later jobs are
        not, so that it does not begin after them and replace what they changed.
        """
        starts = [("leave", each.starts_on) for each in self.leaves if not each.is_cancelled]
        starts += [
            ("reporting line", each.starts_on) for each in self.lines if not each.is_superseded
        ]
        jobs = list_current(self.jobs)
        starts += [
            ("job", each.starts_on) for each in jobs if each.starts_on != employment.hired_on
        ]
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
        next_day = min(
            (each.hired_on for each in self.employments if each.hired_on > old[0]), default=None
        )
        if next_day and left_on is not None and old[1] is not None:
            dated: list[EndingPeriod] = [*self.leaves, *self.lines]
            for part in dated:
                end_with_departure(part, left_on, before=old[1])
            self.remove_jobs(left_on, next_day, today=today, at=at)
        employment.hired_on, employment.left_on = hired_on, left_on
        if not next_day:
            self.hired_on, self.left_on = hired_on, left_on
        self.record_event("employment_corrected", reason=reason)

    def withdraw_rehire(self, reason: str, *, today: date, at: datetime) -> None:
        """Remove the latest employment, with what began in it. Raises StateConflict for the first.

        Leaves and lines that began in it cover no day any more, and its job facts are withdrawn.
        """
        if len(self.employments) == 1:
            raise StateConflict("This is the first employment. Record a departure instead.")
        latest = self.latest_employment
        self.employments.remove(latest)
        previous = self.latest_employment
        self.hired_on, self.left_on = previous.hired_on, previous.left_on
        assert self.left_on is not None, "Only who has left is rehired."
        dated: list[EndingPeriod] = [*self.leaves, *self.lines]
        for part in dated:
            end_with_departure(part, self.left_on)
        self.remove_jobs(self.left_on, None, today=today, at=at)
        self.update_directory_fields(today)
        self.record_event("employment_corrected", reason=reason)

    def find_line_faults(self, line: ReportingLine) -> Iterator[Invalid]:
        """Yield why there cannot be such a line, each with its field.

        A line lies inside one employment. A departure ends lines by itself, so the end of the
        latest employment is no limit for the end of a line.
        """
        if line.manager_id == self.id:
            yield Invalid(
                "Nobody reports to themselves. Choose somebody else.",
                "managerId",
                code=Code.REFERENCE_CYCLE,
            )
        yield from self._find_faults_of_days(line)

    def find_line_end(self, line: ReportingLine) -> date | None:
        """Return where a line without a given end ends: where the next one starts.

        In an employment that another one follows, it ends with that employment at the latest.
        """
        others = line.find_conflicts(each for each in self.lines if each.id != line.id)
        ends = [each.starts_on for each in others if each.starts_on > line.starts_on]
        return min((*ends, *self._list_limits(line.starts_on)), default=None)

    def find_same_line(self, line: ReportingLine) -> ReportingLine | None:
        """Return the line of the same kind to the same manager on the same days, or None."""
        wanted = line.kind, _list_values(line)
        return next(
            (each for each in self.lines if (each.kind, _list_values(each)) == wanted), None
        )

    def place_line(self, line: ReportingLine, reason: str, today: date) -> ReportingLine:
        """Add a line, or put it in the place of the line with its id. Its days count.

        Other lines that it excludes keep their other days; what has none left is removed.
        """
        others = [each for each in self.lines if each.id != line.id]
        conflicts = line.find_conflicts(others)
        given_way = fit_between([line], conflicts, lambda *_: True)
        placed = [line, *(each for each in others if each not in conflicts), *given_way]
        changed = _find_changes(self.lines, placed)
        if changed:
            self.lines = placed
            self.record_event(
                "line_corrected", _find_last_plan(changed, today) or line.starts_on, reason
            )
        return line

    def get_leave(self, leave_id: UUID) -> Leave:
        """Return one of the leaves. Raises Invalid with REFERENCE_NOT_FOUND."""
        found = next((each for each in self.leaves if each.id == leave_id), None)
        if found is None:
            raise Invalid(
                "The person has no such leave. Look at their leaves again.",
                "leaveId",
                code=Code.REFERENCE_NOT_FOUND,
            )
        return found

    def find_leave_faults(self, leave: Leave) -> Iterator[Invalid]:
        """Yield why a leave cannot have these days, each with its field."""
        faults = [*self._find_faults_of_days(leave)]
        yield from faults
        others = [each for each in self.leaves if each.id != leave.id and not each.is_cancelled]
        if faults or leave.is_cancelled:
            return
        period = self._clip(leave.period)
        if other := self.find_overlapping_leave(period, others):
            yield _out_of_range(f"Another leave runs {other}. Correct that one first.", "startsOn")

    def correct_leave(self, leave: Leave, reason: str) -> None:
        """Put a leave that `find_leave_faults` accepts in the place of the one with its id."""
        old = self.get_leave(leave.id)
        values = {each: getattr(leave, each) for each in ("starts_on", "ends_on", "reason")}
        if set_attributes(old, values):
            self.record_event("leave_corrected", leave.starts_on, reason)

    def _find_faults_of_days(self, part: EndingPeriod) -> Iterator[Invalid]:
        """Yield why a part of a person cannot have these days, each with its field."""
        if part.ends_on is not None and part.ends_on < part.starts_on:
            yield build_reversed_days(part.starts_on, part.ends_on)
        elif absence := self.find_absence(part.starts_on, "startsOn"):
            yield absence
        for limit in self._list_limits(part.starts_on):
            if part.ends_on is None or part.ends_on > limit:
                message = (
                    f"That employment ends on {limit - ONE_DAY}. Choose that day or an earlier one."
                )
                yield _out_of_range(message, "endsOn")

    def _list_limits(self, day: date) -> list[date]:
        """Return the end of the employment of that day, if it is not the latest one."""
        return [
            each.left_on
            for each in self.employments
            if each.period.covers(day) and each is not self.latest_employment and each.left_on
        ]

    def _move_job(self, old_day: date, new_day: date, *, today: date, at: datetime) -> None:
        """Record the facts of one day for another, where they do not replace recorded ones."""
        recorded = dict(self.list_job_facts()) if self.jobs else {}
        if old_day == new_day or old_day not in recorded:
            return
        moved = recorded.pop(old_day)
        recorded[new_day] = {**moved, **recorded.get(new_day, {})}
        self.rebuild_jobs(recorded, today=today, at=at)


def _out_of_range(message: str, field: str) -> Invalid:
    return Invalid(message, field, code=Code.OUT_OF_RANGE)


def _find_changes(
    before: Iterable[ReportingLine], after: Iterable[ReportingLine]
) -> list[ReportingLine]:
    """Return the lines of which one side has another form, in the form of each side."""
    old, new = ({each.id: each for each in lines} for lines in (before, after))
    return [
        each
        for mine, other in ((old, new), (new, old))
        for each in mine.values()
        if each.id not in other or _list_values(each) != _list_values(other[each.id])
    ]


def _list_values(line: ReportingLine) -> tuple[object, ...]:
    return line.manager_id, line.starts_on, line.ends_on


def _find_last_plan(lines: Iterable[ReportingLine], today: date) -> date | None:
    """Return the last of the planned days of lines, until which an entry about them is a plan."""
    days = (day for each in lines for day in (each.starts_on, each.ends_on))
    return max((day for day in days if day is not None and day > today), default=None)
