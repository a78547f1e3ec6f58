"""The result of a score rule: a value and a level, or why there is none, with each step."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction


class ScoreOutcome(StrEnum):
    """What a score rule comes to."""

    LEVEL = "level"
    UNRATABLE = "unratable"
    EXTENDED = "extended"
    NOT_RENDERED = "not_rendered"
    BLOCKED = "blocked"
    NOT_PASSED = "not_passed"


@dataclass(frozen=True)
class Score:
    """A proposal for the level of a review; a named person decides.

    `exact` is the value before its only rounding. `explain` has a sentence for each step.
    """

    outcome: ScoreOutcome
    exact: Fraction | None = None
    value: Decimal | None = None
    level: str | None = None
    needs_narrative: bool = False
    needs_second_level: bool = False
    explain: tuple[str, ...] = ()
