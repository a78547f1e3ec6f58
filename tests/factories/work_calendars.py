"""Work calendars for tests."""

from datetime import date

from domain.kernel.identity import TenantId
from domain.working_days import WorkCalendar


def a_work_calendar(tenant_id: TenantId) -> WorkCalendar:
    """Build the calendar of a tenant in Barcelona that works on a public holiday."""
    calendar = WorkCalendar(tenant_id=tenant_id, name="Home", country="ES", subdivision="CT")
    calendar.set_day(date(2026, 6, 24), "Inventory", is_working=True)
    return calendar
