"""Working days: which days count where somebody works, and which day is so many of them later."""

from domain.working_days.calculation import WorkingDays, add_working_days
from domain.working_days.free_days import STORING, FreeDay
from domain.working_days.model import FOLLOW_CALENDARS, OCCASION, CalendarDay, WorkCalendar
from domain.working_days.use_cases import create, edit, find_working_days

__all__ = [
    "FOLLOW_CALENDARS",
    "OCCASION",
    "STORING",
    "CalendarDay",
    "FreeDay",
    "WorkCalendar",
    "WorkingDays",
    "add_working_days",
    "create",
    "edit",
    "find_working_days",
]
