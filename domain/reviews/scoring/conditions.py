"""Conditions of score rules: a closed vocabulary about the value, the ratings and known facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from domain.reviews.scoring.items import Column, Item, Rating

Facts: TypeAlias = Mapping[str, Decimal | bool]
"""What is known beside the ratings, such as the days under a plan, or a finished training."""


@dataclass(frozen=True)
class Situation:
    """What conditions are asked about."""

    items: Sequence[Item]
    column: Column
    value: Fraction | None
    facts: Facts

    def list_ratings(self, selection: "Selection") -> list[Rating]:
        """Return the ratings of the selected items; those without one do not count."""
        chosen = (each for each in self.items if selection.includes(each))
        found = (each.get_rating(self.column) for each in chosen)
        return [each for each in found if each is not None]


@dataclass(frozen=True)
class Selection:
    """Some items: critical ones, others, those of a section, or all."""

    is_critical: bool | None = None
    section: str | None = None

    def includes(self, item: Item) -> bool:
        """Return whether an item is selected."""
        is_kind = self.is_critical is None or item.is_critical is self.is_critical
        return is_kind and self.section in (None, item.section)

    def describe(self) -> str:
        """Return the selection in words, with a place for the number of the noun."""
        kinds = {None: "", True: "critical ", False: "other "}
        within = f" of {self.section}" if self.section is not None else ""
        return f"{kinds[self.is_critical]}{{item}}{within}"


class ScoreQuantity(StrEnum):
    """How many of the selected items have to fit."""

    ALL = "all"
    ANY = "any"
    NONE = "none"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True)
class Counts:
    """So many selected items have a rank in this range, both ends included."""

    quantity: ScoreQuantity
    of: Selection = Selection()
    lowest: int = 1
    highest: int | None = None
    number: int = 0

    def holds(self, situation: Situation) -> bool:
        """Return whether the condition holds. ALL and NONE hold where nothing is selected."""
        ratings = situation.list_ratings(self.of)
        fitting = sum(
            self.lowest <= each.rank and (self.highest is None or each.rank <= self.highest)
            for each in ratings
        )
        return {
            ScoreQuantity.ALL: fitting == len(ratings),
            ScoreQuantity.ANY: fitting > 0,
            ScoreQuantity.NONE: fitting == 0,
            ScoreQuantity.AT_LEAST: fitting >= self.number,
            ScoreQuantity.AT_MOST: fitting <= self.number,
        }[self.quantity]

    def describe(self) -> str:
        """Return the condition in words."""
        quantity = self.quantity.replace("_", " ")
        if self.quantity in (ScoreQuantity.AT_LEAST, ScoreQuantity.AT_MOST):
            quantity = f"{quantity} {self.number}"
        quantity = {"any": "an", "none": "no"}.get(quantity, quantity)
        noun = "item" if quantity in ("an", "no") or self.number == 1 else "items"
        selected = self.of.describe().format(item=noun)
        if quantity == "an" and not selected.startswith(("item", "other")):
            quantity = "a"
        return f"{quantity} {selected} at level {self._describe_range()}"

    def _describe_range(self) -> str:
        if self.highest is None:
            return f"{self.lowest} or higher"
        if self.lowest == self.highest:
            return str(self.lowest)
        return (
            f"{self.highest} or lower" if self.lowest == 1 else f"{self.lowest} to {self.highest}"
        )


@dataclass(frozen=True)
class AtLeast:
    """The value is this or more: the lower edge of a half-open band."""

    value: Decimal

    def holds(self, situation: Situation) -> bool:
        """Return whether the condition holds; it does not without a value."""
        return situation.value is not None and situation.value >= self.value

    def describe(self) -> str:
        """Return the condition in words."""
        return f"a value of {self.value} or more"


@dataclass(frozen=True)
class FactAtLeast:
    """A known number is this or more. An unknown one is not."""

    fact: str
    value: Decimal

    def holds(self, situation: Situation) -> bool:
        """Return whether the condition holds."""
        known = situation.facts.get(self.fact)
        return known is not None and known >= self.value

    def describe(self) -> str:
        """Return the condition in words."""
        return f"{self.fact.replace('_', ' ')}: {self.value} or more"


@dataclass(frozen=True)
class FactHolds:
    """A known fact is true, or not true with `is_true=False`. An unknown one is not true."""

    fact: str
    is_true: bool = True

    def holds(self, situation: Situation) -> bool:
        """Return whether the condition holds."""
        return bool(situation.facts.get(self.fact, False)) is self.is_true

    def describe(self) -> str:
        """Return the condition in words."""
        return f"{self.fact.replace('_', ' ')}{'' if self.is_true else ': no'}"


@dataclass(frozen=True)
class Not:
    """The condition does not hold."""

    condition: "Condition"

    def holds(self, situation: Situation) -> bool:
        """Return whether it does not hold."""
        return not self.condition.holds(situation)

    def describe(self) -> str:
        """Return the condition in words."""
        if isinstance(self.condition, AtLeast):
            return f"a value below {self.condition.value}"
        if isinstance(self.condition, FactAtLeast):
            return f"{self.condition.fact.replace('_', ' ')}: less than {self.condition.value}"
        return f"not {self.condition.describe()}"


@dataclass(frozen=True)
class AllOf:
    """All of these conditions hold."""

    conditions: tuple["Condition", ...]

    def holds(self, situation: Situation) -> bool:
        """Return whether all hold; true without any."""
        return all(each.holds(situation) for each in self.conditions)

    def describe(self) -> str:
        """Return the conditions in words."""
        return ", and ".join(each.describe() for each in self.conditions) or "anything else"


Condition: TypeAlias = Counts | AtLeast | FactAtLeast | FactHolds | Not | AllOf
