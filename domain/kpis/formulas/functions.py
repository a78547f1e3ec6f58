"""The functions of formulas: their arguments, and which values they read."""

from dataclasses import dataclass
from enum import StrEnum

PERIOD_WORDS = ("week", "month", "quarter", "year")
"""What `period_to_date` begins with."""

MAX_ARGUMENTS = 20
MAX_STEPS = 400
"""The most periods that `lag` and `trailing` reach back: more than a year of days."""


class Reading(StrEnum):
    """Which values of its argument a function reads."""

    CURRENT = "current"
    SHIFTED = "shifted"
    WINDOW = "window"
    TOTAL = "total"


@dataclass(frozen=True)
class Function:
    """A function with a minimum and a maximum of arguments.

    `usage` shows a person how it is written.
    """

    name: str
    usage: str
    minimum: int
    maximum: int
    reading: Reading = Reading.CURRENT

    @property
    def is_over_time(self) -> bool:
        """Whether it reads other periods than the current one."""
        return self.reading in (Reading.SHIFTED, Reading.WINDOW)


FUNCTIONS = {
    each.name: each
    for each in (
        Function("min", "min(a, b)", 2, MAX_ARGUMENTS),
        Function("max", "max(a, b)", 2, MAX_ARGUMENTS),
        Function("abs", "abs(a)", 1, 1),
        Function("round", "round(a) or round(a, 2)", 1, 2),
        Function("if", "if(a > b, a, b)", 3, 3),
        Function("coalesce", "coalesce(a, 0)", 2, MAX_ARGUMENTS),
        Function("lag", "lag(a, 1)", 2, 2, Reading.SHIFTED),
        Function("previous_year", "previous_year(a)", 1, 1, Reading.SHIFTED),
        Function("trailing", "trailing(a, 3)", 2, 2, Reading.WINDOW),
        Function("year_to_date", "year_to_date(a)", 1, 1, Reading.WINDOW),
        Function("period_to_date", "period_to_date(a, quarter)", 2, 2, Reading.WINDOW),
        Function("share_of_total", "share_of_total(a)", 1, 1, Reading.TOTAL),
    )
}

RESERVED_NAMES = frozenset({*FUNCTIONS, *PERIOD_WORDS, "and", "or", "not", "points"})
"""Words that no input may have as its name."""
