"""Who may change work calendars: the table, and the input of each row."""

from tests.api.permission_matrix import Inputs
from tests.api.permissions.inputs import build_input

TABLE = """
                      mara boss chief former peer lead hr hr_ops hr_far admin analyst nobody abroad
workCalendarCreate       -    -     -      -    -    -  -      -      -    ok       -      -      -
workCalendarEdit         -    -     -      -    -    -  -      -      -    ok       -      -      ?
workCalendarSetDay       -    -     -      -    -    -  -      -      -    ok       -      -      ?
workCalendarResetDay     -    -     -      -    -    -  -      -      -    ok       -      -      ?
"""

DAY = "2026-06-24"

INPUTS: Inputs = {
    "workCalendarCreate": lambda _: {"name": "Hamburg", "location": "Hamburg", "country": "DE"},
    "workCalendarEdit": build_input("calendar", "home", subdivision="MD"),
    "workCalendarSetDay": build_input(
        "calendar", "home", day="2026-06-26", isWorking=False, occasion="Company day"
    ),
    "workCalendarResetDay": build_input("calendar", "home", day=DAY),
}
