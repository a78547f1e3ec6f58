"""A person's employments and leaves."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from domain.kernel.aggregate import Aggregate, set_attributes
from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.fields import PeriodEnd
from domain.kernel.identity import PersonId
from domain.kernel.periods import ONE_DAY, Period, new_period
from domain.people.employment import (
    REASON,
    Employment,
    EmploymentStatus,
    Leave,
    LeavingKind,
    derive_employment_status,
    end_with_departure,
)

END = ("left_on", "leaving_reason", "leaving_kind", "successor_id")
"""The attributes of an employment that a departure sets."""


@dataclass(kw_only=True, eq=False)
class EmployedPerson(Aggregate):
    """The part of a person that concerns employment.

    `hired_on` and `left_on` repeat the dates of the latest employment.
    """

    NAME = "person"

    hired_on: date
    left_on: Annotated[date | None, PeriodEnd(graph_name="last_day")] = None
    employments: list[Employment] = field(default_factory=list)
    leaves: list[Leave] = field(default_factory=list)

    def get_employment_status(self, day: date) -> EmploymentStatus:
        """Return the status on that day, from the latest employment."""
        return derive_employment_status(
            day, hired_on=self.hired_on, left_on=self.left_on, leaves=self.leaves
        )

    def has_left(self, day: date) -> bool:
        """Return whether the latest employment is over on that day."""
        return self.left_on is not None and self.left_on <= day

    def works_here(self, day: date) -> bool:
        """Return whether the latest employment covers that day. Leaves are not considered."""
        return self.latest_employment.period.covers(day)

    def start_leave(
        self,
        starts_on: date,
        *,
        ends_on: date | None = None,
        reason: Annotated[str | None, REASON] = None,
    ) -> Leave:
        """Record a leave. `ends_on` is the day of the return; None if it is not known yet.

        Raises Invalid outside of an employment, and where another leave runs in that time.
        """
        period = new_period(starts_on, ends_on)
        if absence := self.find_absence(starts_on, "startsOn"):
            raise absence
        others = (each for each in self.leaves if not each.is_cancelled)
        if other := self.find_overlapping_leave(period, others):
            raise Invalid(
                f"Another leave runs {other}. End that one first.",
                "startsOn",
                code=Code.OUT_OF_RANGE,
            )
        leave = Leave(
            tenant_id=self.tenant_id,
            person_id=self.id,
            starts_on=starts_on,
            ends_on=ends_on,
            reason=REASON.check(reason, "reason"),
        )
        self.leaves.append(leave)
        self.record_event("leave_started", effective_on=starts_on)
        return leave

    def return_from_leave(self, returns_on: date) -> Leave:
        """End the leave that covers that day. On the first day of the leave this cancels it.

        Raises StateConflict for a person who was never on leave, and Invalid.
        """
        if not self.leaves:
            raise StateConflict("This person is not away, so there is nothing to return from.")
        leave = next(
            (each for each in self.leaves if self._clip(each.period).covers(returns_on)), None
        )
        if leave is None:
            raise Invalid(
                "There is no leave on that day. Choose a day within the leave to end.",
                "returnsOn",
                code=Code.OUT_OF_RANGE,
            )
        leave.ends_on = returns_on
        self.record_event("returned_from_leave", effective_on=returns_on)
        return leave

    def depart(
        self,
        left_on: date,
        reason: Annotated[str | None, REASON] = None,
        successor_id: PersonId | None = None,
        kind: LeavingKind | None = None,
    ) -> None:
        """Record or correct the end of the latest employment. `left_on` is the first day after it.

        From that day on, leaves, reporting lines and memberships do not count; they stay stored as
        they are, so that a cancelled departure changes nothing. Without a `kind` an earlier one
        stays. Raises Invalid.
        """
        if left_on < self.hired_on:
            raise Invalid(
                f"Nobody leaves before the first day, {self.hired_on}. Choose a later day.",
                "lastDay",
                code=Code.OUT_OF_RANGE,
            )
        employment = self.latest_employment
        end = {
            "left_on": left_on,
            "leaving_reason": REASON.check(reason, "reason"),
            "leaving_kind": kind or employment.leaving_kind,
            "successor_id": successor_id,
        }
        if set_attributes(employment, end):
            self.left_on = left_on
            self.record_event("departed", effective_on=left_on)

    def cancel_departure(self) -> None:
        """Remove the end of the latest employment. Raises StateConflict where it has none."""
        employment = self.latest_employment
        if employment.left_on is None:
            raise StateConflict("This person is not leaving, so there is nothing to take back.")
        set_attributes(employment, dict.fromkeys(END))
        self.left_on = None
        self.record_event("departure_cancelled")

    def rehire(self, hired_on: date, *, today: date) -> Employment:
        """Start a new employment of a person who has left. Raises StateConflict and Invalid.

        What the departure ended is over for good: its end is stored now.
        """
        if self.left_on is None or self.left_on > today:
            raise StateConflict("This person has not left yet. Record the leaving first.")
        if hired_on < self.left_on:
            raise Invalid(
                f"The earlier employment runs until {self.left_on - ONE_DAY}. Choose a later day.",
                "hiredOn",
                code=Code.OUT_OF_RANGE,
            )
        for leave in self.leaves:
            end_with_departure(leave, self.left_on)
        self.hired_on, self.left_on = hired_on, None
        self.record_event("rehired", effective_on=hired_on)
        return self._create_employment(hired_on)

    def describe_departure(self, name: str) -> str:
        """Return that a person has left, with the last day where the actor may see it."""
        if self.left_on is None or not self.employments:
            return f"{name} has left by then."
        return f"The last day of {name[0].lower()}{name[1:]} is {self.left_on - ONE_DAY}."

    def find_overlapping_leave(self, period: Period, leaves: Iterable[Leave]) -> Period | None:
        """Return the days of the first of these leaves that runs in a period, or None."""
        running = (self._clip(each.period) for each in leaves)
        return next((each for each in running if each.overlaps(period)), None)

    def find_absence(
        self, day: date, *field: str, name: str = "The person", instead: str = ""
    ) -> Invalid | None:
        """Return the refusal of a day without an employment. It names the nearest days.

        `instead` is what else to choose.
        """
        if any(each.period.covers(day) for each in self.employments):
            return None
        worked = [each for each in self.employments if each.left_on != each.hired_on]
        last_day = max(
            (each.left_on - ONE_DAY for each in worked if each.left_on and each.left_on <= day),
            default=None,
        )
        first_day = min((each.hired_on for each in worked if each.hired_on > day), default=None)
        choices = [f"{last_day} or an earlier day"] if last_day else []
        choices += [f"{first_day} or a later day"] if first_day else []
        choices += [instead] if instead else []
        advice = f"Choose {', or '.join(choices)}." if choices else "Correct the employment first."
        message = f"{name} is not employed on that day. {advice}"
        return Invalid(message, *field, code=Code.OUT_OF_RANGE)

    def find_known_absence(
        self, day: date, field: str, name: str, *, today: date
    ) -> Invalid | None:
        """Return why a person takes nothing over on a day, as far as the actor may know.

        Without the right to see employments, that is only who has left, or works here later.
        """
        if self.employments:
            return self.find_absence(day, field, name=name, instead="somebody else")
        if not self.has_left(day) and not day <= today < self.hired_on:
            return None
        message = f"{name} does not work here on that day. Choose somebody else."
        return Invalid(message, field, code=Code.OUT_OF_RANGE)

    def find_nearest_employment(self, day: date) -> Employment | None:
        """Return the employment of that day, or else the next one, or else the last one.

        None where the actor may not see employments.
        """
        ordered = sorted(self.employments, key=lambda each: each.hired_on)
        running = (each for each in ordered if each.left_on is None or day < each.left_on)
        return next(running, ordered[-1] if ordered else None)

    @property
    def latest_employment(self) -> Employment:
        """The employment that began last."""
        return max(self.employments, key=lambda each: each.hired_on)

    def _clip(self, period: Period) -> Period:
        """Return a period up to the end of the latest employment."""
        if self.left_on is None or period.starts_on < self.hired_on:
            return period
        ends = [self.left_on, *([period.ends_on] if period.ends_on else [])]
        return Period(period.starts_on, max(period.starts_on, min(ends)))

    def _create_employment(self, hired_on: date) -> Employment:
        employment = Employment(tenant_id=self.tenant_id, person_id=self.id, hired_on=hired_on)
        self.employments.append(employment)
        return employment
