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


class ScoreStepKind(StrEnum):
    """What a step of a score rule does where all its conditions hold."""

    EXCLUDE = "exclude"
    REQUIRE = "require"
    OVERRIDE = "override"
    LEVEL = "level"


@dataclass(frozen=True)
class Step:
    """A step that was asked: whether its conditions held, and in words what they are.

    Where they did not, the words name the first condition that failed.
    """

    kind: ScoreStepKind
    is_met: bool
    text: str
    level: str | None = None


@dataclass(frozen=True)
class Score:
    """A proposal for the level of a review; a named person decides.

    `exact` is the value before its only rounding, and `formula` where it comes from. `explain` has
    a sentence for each step that matters.
    """

    outcome: ScoreOutcome
    exact: Fraction | None = None
    value: Decimal | None = None
    formula: str | None = None
    level: str | None = None
    needs_narrative: bool = False
    needs_second_level: bool = False
    steps: tuple[Step, ...] = ()
    explain: tuple[str, ...] = ()
