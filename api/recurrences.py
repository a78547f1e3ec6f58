"""What recurs in the graph: its enums and the words about its rule."""

from api.kernel.schema.declarations import graph_enum
from domain.recurrences import RecurrenceStatus, SkipReason

ABOUT_RULE = (
    "The rule by which the days recur, as RFC 5545 writes it: `FREQ=MONTHLY;BYDAY=1MO` is the"
    " first Monday of each month. FREQ is DAILY, WEEKLY, MONTHLY or YEARLY; further parts are"
    " INTERVAL, COUNT or UNTIL, BYDAY, BYMONTHDAY and BYSETPOS. MONTHLY and YEARLY take all of"
    " these parts. WEEKLY takes BYDAY without numbers (`MO`, not `1MO`), and no other BY part."
    " DAILY"
    " takes no BY part."
)

graph_enum(
    RecurrenceStatus,
    "Whether there will be further occurrences.",
    active="There will be further ones, unless the rule has no further day.",
    ended="There will be none.",
)
graph_enum(
    SkipReason,
    "Why nothing was launched on a day of the rule.",
    too_few_people="Fewer people work in the unit than the threshold plus two.",
    limit_exceeded="Too many surveys are open in the unit at once, or too many people work there.",
    still_open="The previous survey was still open.",
    not_possible="The launch was refused for another reason, such as a unit that was closed.",
)
