"""Work calendars: tables, mapping and read models."""

from domain.working_days import CalendarDay, FreeDay, WorkCalendar
from persistence.concept import register_concept, register_part
from persistence.kernel.mapping.registry import map_children
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    aggregate_table,
    entity_table,
    parent_foreign_key,
    tenant_index,
)
from persistence.reading.relations import add_lookup

work_calendars = aggregate_table(
    "work_calendars",
    *columns_of(WorkCalendar),
    tenant_index("location_folded", unique=True),
    tenant_index("name_sort_key", "id"),
    prefix="calendar",
)

calendar_days = entity_table(
    "calendar_days",
    *columns_of(CalendarDay),
    parent_foreign_key("calendar_id", "work_calendars"),
    tenant_index("calendar_id", "day", unique=True),
    prefix="calendarday",
)

free_days = entity_table(
    "free_days",
    *columns_of(FreeDay),
    tenant_index("day", unique=True),
    prefix="freeday",
)
register_part(FreeDay, free_days, order=("day",), has_id=False)

WORK_CALENDAR = register_concept(
    WorkCalendar,
    work_calendars,
    order=("name",),
    is_in_feed=True,
    affects_access=False,
    days=map_children(
        CalendarDay, calendar_days, parent_column="calendar_id", order_columns=("day",)
    ),
)
CALENDAR_DAY = register_part(CalendarDay, calendar_days, order=("day",))
WORK_CALENDAR.many(
    "days",
    CALENDAR_DAY,
    lambda row, each, _: each.c.calendar_id == row.c.id,
    inherits_visibility=True,
)

add_lookup("work_calendar", WORK_CALENDAR)
