"""The relations of work calendars."""

from tests.reads.oracle.relations.relation import Relation, Relations, list_history, to_many

RELATIONS: Relations = {
    "WorkCalendar": {
        "days": to_many("CalendarDay", "calendar_days", "calendar_id", inherits_visibility=True),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "CalendarDay": {},
}
