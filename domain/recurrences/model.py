"""What recurs, as an aggregate: its rule, the next day, and the last one."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from domain.kernel.aggregate import Aggregate, set_attributes
from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import check_fields, check_required
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.periods import ONE_DAY
from domain.recurrences.rules import HORIZON, RULE, Recurrence, check_rule


class RecurrenceStatus(StrEnum):
    """Whether there will be further occurrences."""

    ACTIVE = "active"
    ENDED = "ended"


class SkipReason(StrEnum):
    """Why nothing was made on a day of the rule."""

    TOO_FEW_PEOPLE = "too_few_people"
    LIMIT_EXCEEDED = "limit_exceeded"
    STILL_OPEN = "still_open"
    NOT_POSSIBLE = "not_possible"


ACTIVE, ENDED = RecurrenceStatus
LIFECYCLE = Lifecycle[RecurrenceStatus]({ACTIVE: frozenset({ENDED})})
EVENTS = ("created", "edited", "occurred", "skipped", "ended")


class Recurring(Aggregate):
    """An aggregate that makes something on each day of a rule.

    `recurs_on` is the next day; None when the rule has no further one, and after the end.
    `skipped_on` is the last day on which nothing could be made, and `skip_reason` says why.
    """

    rule: str
    starts_on: date
    recurs_on: date | None
    last_occurred_on: date | None
    skipped_on: date | None
    skip_reason: SkipReason | None
    status: RecurrenceStatus

    def plan(self, after: date) -> None:
        """Choose the first day of the rule after a day."""
        self.recurs_on = Recurrence(self.rule, self.starts_on).find_next(after)

    def find_due(self, today: date) -> date | None:
        """Return the last day of the rule that has come and is not made yet."""
        due, following = None, self.recurs_on
        while following is not None and following <= today:
            due = following
            following = Recurrence(self.rule, self.starts_on).find_next(due)
        return due

    def occur(self, day: date) -> None:
        """Record that what is due on a day was made, and plan the next day."""
        self.last_occurred_on = day
        self.plan(day)
        self.record_event("occurred")

    def skip(self, day: date, reason: SkipReason) -> None:
        """Record that nothing could be made on a day, and plan the next one."""
        self.skipped_on, self.skip_reason = day, reason
        self.plan(day)
        self.record_event("skipped")

    def change(self, values: Mapping[str, Any], today: date) -> None:
        """Take these values for what is made later. Another rule plans the next day from today on.

        Nothing is made twice for a day.
        """
        before = self.rule, self.starts_on
        if set_attributes(self, values):
            self.record_event("edited")
        if (self.rule, self.starts_on) != before:
            days = (today - ONE_DAY, self.last_occurred_on, self.skipped_on)
            self.plan(max(each for each in days if each is not None))

    def end(self) -> None:
        """Let nothing be made any more; what was made stays. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, ENDED)
        self.recurs_on = None
        self.record_event("ended")


def check_changes(schedule: Recurring, details: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return the checked values of a schedule that are to change. Raises Invalid with all faults.

    Its first day may be over, unless it changes.
    """
    names = {"rule", "starts_on"}
    given = {name: each for name, each in details.items() if each is not None or name not in names}
    starts_on, values = given.get("starts_on", schedule.starts_on), dict[str, Any]()
    faults = FaultCollector()
    with faults.collect():
        values |= check_fields(
            type(schedule), {name: each for name, each in given.items() if name not in names}
        )
    with faults.collect():
        if starts_on != schedule.starts_on:
            values["starts_on"] = _check_first_day(starts_on, today)
    with faults.collect():
        text = check_required(RULE, given.get("rule", schedule.rule), "rule")
        values["rule"] = check_rule(text, min(max(starts_on, today), today + HORIZON), "rule")
    faults.raise_all()
    return values


def _check_first_day(day: date, today: date) -> date:
    if not today <= day <= today + HORIZON:
        message = "Choose today or a later day, in the next ten years."
        raise Invalid(message, "startsOn", code=Code.OUT_OF_RANGE)
    return day


def check_recurrence(rule: Any, starts_on: date | None, today: date) -> Mapping[str, Any]:
    """Return the checked rule and first day, by default today. Raises Invalid with all faults."""
    faults, day = FaultCollector(), starts_on or today
    values = dict[str, Any](starts_on=day)
    with faults.collect():
        _check_first_day(day, today)
    with faults.collect():
        text = check_required(RULE, rule, "rule")
        values["rule"] = check_rule(text, min(max(day, today), today + HORIZON), "rule")
    faults.raise_all()
    return values | {"recurs_on": Recurrence(values["rule"], day).find_next(today - ONE_DAY)}
