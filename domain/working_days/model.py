"""The aggregate of a work calendar: a place, and the days on which the tenant decides otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, ClassVar
from uuid import UUID

from domain.kernel.access import EVERYBODY, Holds
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.background_tasks import BackgroundTask
from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.fields import EDITABLE, SingleLine, check_required, name_rule
from domain.kernel.permissions import Permission
from domain.working_days.calculation import WorkingDays
from domain.working_days.public_holidays import is_known_country, is_known_subdivision

FOLLOW_CALENDARS = "working_days.follow"
MANAGE = Holds(Permission.SETTINGS_MANAGE)
OCCASION = SingleLine("The occasion", max_length=100)
COUNTRY = SingleLine("The country", max_length=2)
SUBDIVISION = SingleLine("The subdivision", max_length=10)
MAX_DAYS = 1_000


@dataclass(kw_only=True, eq=False)
class CalendarDay(Part):
    """A day on which the tenant decides otherwise than the public holidays and weekends."""

    NAME = "calendar_day"
    SEE = EVERYBODY

    calendar_id: UUID
    day: date
    is_working: bool
    occasion: Annotated[str, OCCASION]


@dataclass(kw_only=True, eq=False)
class WorkCalendar(Aggregate):
    """The working days of the people of one location; without a location, of all others."""

    NAME = "work_calendar"
    LABEL = "work calendar"
    SEE = EVERYBODY
    SEE_HISTORY = Holds(Permission.AUDIT_READ)
    CREATE: ClassVar = Action("create", MANAGE)
    EDIT: ClassVar = Action("edit", MANAGE)
    SET_DAY: ClassVar = Action("set_day", MANAGE)
    RESET_DAY: ClassVar = Action("reset_day", MANAGE)
    ACTIONS = (EDIT, SET_DAY, RESET_DAY)
    EVENTS = ("created", "edited", "day_set", "day_reset")
    EVENT_TASKS: ClassVar = dict.fromkeys(EVENTS, BackgroundTask(FOLLOW_CALENDARS, {}, "all"))

    name: Annotated[str, name_rule("The name"), EDITABLE]
    location: Annotated[
        str | None, SingleLine("The location", max_length=200, ignores_case=True), EDITABLE
    ] = None
    country: Annotated[str | None, COUNTRY, EDITABLE] = None
    subdivision: Annotated[str | None, SUBDIVISION, EDITABLE] = None
    days: list[CalendarDay] = field(default_factory=list)

    @property
    def working_days(self) -> WorkingDays:
        """The working days of the calendar."""
        changes = {each.day: each.is_working for each in self.days}
        return WorkingDays(self.country, self.subdivision, changes)

    @classmethod
    def find_value_conflicts(cls, values: Mapping[str, Any]) -> Iterator[Invalid]:
        """Yield what is wrong with the country and its subdivision."""
        if "country" not in values:
            return
        country = COUNTRY.check(values["country"])
        subdivision = SUBDIVISION.check(values.get("subdivision"))
        if country is not None and not is_known_country(country):
            yield Invalid(
                f"There are no public holidays of the country {country}. Use a code of two capital"
                " letters (ISO 3166-1), such as ES, or leave it out.",
                "country",
                code=Code.INVALID_FORMAT,
            )
        elif subdivision is not None and (
            country is None or not is_known_subdivision(country, subdivision)
        ):
            yield Invalid(
                f"There are no public holidays of {subdivision} in this country. Use"
                " the code of ISO 3166-2 without the country, such as CT, or leave it out.",
                "subdivision",
                code=Code.INVALID_FORMAT,
            )

    def set_day(self, day: date, occasion: Annotated[str, OCCASION], *, is_working: bool) -> None:
        """Decide whether a day is a working day. Raises Invalid and LimitExceeded."""
        checked = check_required(OCCASION, occasion, "occasion")
        found = next((each for each in self.days if each.day == day), None)
        if found is None:
            if len(self.days) >= MAX_DAYS:
                raise LimitExceeded(f"A work calendar has at most {MAX_DAYS} days. Reset some.")
            found = CalendarDay(
                tenant_id=self.tenant_id,
                calendar_id=self.id,
                day=day,
                is_working=is_working,
                occasion=checked,
            )
            self.days.append(found)
        elif (found.is_working, found.occasion) == (is_working, checked):
            return
        found.is_working, found.occasion = is_working, checked
        self.record_event("day_set", day)

    def reset_day(self, day: date) -> None:
        """Follow the public holidays and weekends on a day again."""
        kept = [each for each in self.days if each.day != day]
        if len(kept) != len(self.days):
            self.days = kept
            self.record_event("day_reset", day)
