"""A scheme as data: what is excluded, how a value is made, and which level follows."""

from dataclasses import dataclass, field

from domain.reviews.scoring.aggregation import Aggregation
from domain.reviews.scoring.conditions import AllOf, Condition
from domain.reviews.scoring.formulas import ScoreFormula
from domain.reviews.scoring.missing import MissingRule
from domain.reviews.scoring.rounding import Rounding
from domain.reviews.scoring.score import ScoreOutcome


@dataclass(frozen=True)
class LevelRule:
    """A level that is reached where all its conditions hold; one without any always is.

    A narrative or the review of a second level may be mandatory for it.
    """

    level: str
    conditions: tuple[Condition, ...] = ()
    needs_narrative: bool = False
    needs_second_level: bool = False

    @property
    def condition(self) -> AllOf:
        """All conditions as one."""
        return AllOf(self.conditions)


@dataclass(frozen=True)
class Override:
    """A condition that decides the level, whatever the value is. The value is kept."""

    condition: Condition
    level: str


@dataclass(frozen=True)
class Exclusion:
    """A condition in which there is no level, such as too few days under a plan."""

    condition: Condition
    outcome: ScoreOutcome


@dataclass(frozen=True)
class Scheme:
    """How a review is scored. With a formula, the aggregation gives the values of its components.

    In this order: the first exclusion that holds decides the outcome. Gates have to hold. The first
    override that holds decides the level. Otherwise the level is the first of `levels`, which stand
    from the highest to the lowest, whose conditions hold: one that fails falls through to the next.
    """

    aggregation: Aggregation
    levels: tuple[LevelRule, ...]
    rounding: Rounding = field(default_factory=Rounding)
    missing: MissingRule = field(default_factory=MissingRule)
    exclusions: tuple[Exclusion, ...] = ()
    gates: tuple[Condition, ...] = ()
    overrides: tuple[Override, ...] = ()
    formula: ScoreFormula | None = None

    def __post_init__(self) -> None:
        """Raise ValueError where a review may end without a level, or an override names none."""
        names = [each.level for each in self.levels]
        if len(set(names)) < len(names) or not names or self.levels[-1].conditions:
            raise ValueError("Levels differ, and the last one has no conditions.")
        if unknown := {each.level for each in self.overrides} - set(names):
            raise ValueError(f"There is no level {min(unknown)}.")

    def get_level(self, name: str) -> LevelRule:
        """Return the rule of a level."""
        return next(each for each in self.levels if each.level == name)
