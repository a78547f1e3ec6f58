"""Units of values in formulas, and what arithmetic makes of them.

A quantity has powers of currencies and of things that are counted: EUR, parcels, EUR per parcel.
A share is a part of a whole. The difference of two shares is in percentage points.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from domain.kpis.currencies import CURRENCIES
from domain.kpis.enums import KpiUnit

PER = " per "
PLURAL = re.compile(r"(?<=\w{3})s$")
"""The end of a word such as parcels. A shorter one such as ms is an abbreviation."""


class UnitKind(StrEnum):
    """What kind of value it is."""

    QUANTITY = "quantity"
    SHARE = "share"
    POINTS = "points"
    TRUTH = "truth"
    ZERO = "zero"


@dataclass(frozen=True, order=True)
class Dimension:
    """A currency, or something that is counted, such as parcels.

    Parcels and EUR per parcel go together, so the key has no plural. The name is as it was given.
    """

    key: str
    is_money: bool = False
    name: str = field(kw_only=True, compare=False)


@dataclass(frozen=True)
class Unit:
    """A unit. Only quantities have powers, none of which is zero."""

    kind: UnitKind = UnitKind.QUANTITY
    powers: frozenset[tuple[Dimension, int]] = frozenset()

    def __str__(self) -> str:
        """Return the unit for a person, such as `EUR per parcels`."""
        if self.kind is not UnitKind.QUANTITY:
            return WORDS[self.kind]
        above = [_render(each, power) for each, power in sorted(self.powers) if power > 0]
        below = [_render(each, -power) for each, power in sorted(self.powers) if power < 0]
        if not below:
            return " x ".join(above) or "a number"
        return f"{' x '.join(above) or '1'} per {' x '.join(below)}"


WORDS = {
    UnitKind.SHARE: "a share",
    UnitKind.POINTS: "percentage points",
    UnitKind.TRUTH: "true or false",
    UnitKind.ZERO: "zero",
}
NUMBER = Unit()
SHARE = Unit(UnitKind.SHARE)
POINTS = Unit(UnitKind.POINTS)
TRUTH = Unit(UnitKind.TRUTH)
ZERO = Unit(UnitKind.ZERO)
"""The unit of a written 0, which is zero in every unit."""


class UnitConflict(Exception):
    """Two units do not go together. The message says what would be right."""


def money(currency: str) -> Unit:
    """Return the unit of money in this currency."""
    return Unit(powers=frozenset({(Dimension(currency, is_money=True, name=currency), 1)}))


def count(name: str) -> Unit:
    """Return the unit of a number of these things."""
    return Unit(powers=frozenset({(Dimension(PLURAL.sub("", name), name=name), 1)}))


@lru_cache(1_000)
def find_unit(kind: KpiUnit, name: str | None, currency: str | None) -> Unit:
    """Return the unit of a KPI's values, such as EUR per parcel where that is its name."""
    if kind in (KpiUnit.SHARE, KpiUnit.PERCENTAGE_POINTS):
        return SHARE if kind is KpiUnit.SHARE else POINTS
    if kind is KpiUnit.MONEY and currency is not None:
        is_rate = (name or "").startswith(currency + PER)
        return _read_name(name) if name and is_rate else money(currency)
    return _read_name(name) if name else NUMBER


def fits(result: Unit, kind: KpiUnit, declared: Unit) -> bool:
    """Return whether the result of a formula can be the value of a KPI.

    A plain number may be a share, and may have any name. A rate such as EUR per parcel may be
    called EUR.
    """
    if result.kind in (UnitKind.ZERO, UnitKind.TRUTH):
        return result == ZERO
    if result == declared or (result == NUMBER and kind in (KpiUnit.SHARE, KpiUnit.NUMBER)):
        return True
    if result.kind is not UnitKind.QUANTITY or kind not in (KpiUnit.MONEY, KpiUnit.NUMBER):
        return False
    currencies = {(each, power) for each, power in result.powers if each.is_money}
    names_more = len(declared.powers) > (kind is KpiUnit.MONEY)
    return not names_more and currencies == declared.powers


def add(left: Unit, right: Unit) -> Unit:
    """Return the unit of a sum. A share plus percentage points is a share. Raises UnitConflict."""
    _refuse_truth(left, right)
    return SHARE if {left, right} == {SHARE, POINTS} else unify(left, right)


def subtract(left: Unit, right: Unit) -> Unit:
    """Return the unit of a difference; of two shares, percentage points. Raises UnitConflict."""
    _refuse_truth(left, right)
    if left == right == SHARE:
        return POINTS
    return SHARE if (left, right) == (SHARE, POINTS) else unify(left, right)


def multiply(left: Unit, right: Unit) -> Unit:
    """Return the unit of a product: a share of something has its unit. Raises UnitConflict."""
    _refuse_truth(left, right)
    if ZERO in (left, right):
        return ZERO
    if POINTS in (left, right) and NUMBER in (left, right):
        return POINTS
    if POINTS in (left, right):
        raise UnitConflict("Percentage points can be multiplied by a plain number only.")
    if SHARE in (left, right):
        return right if left == SHARE else left
    unit = _combine(left, right, 1)
    if sum(power for each, power in unit.powers if each.is_money and power > 0) > 1:
        message = f"You cannot multiply {left} by {right}."
        raise UnitConflict(f"{message} Multiply by a plain number or a share, or divide.")
    return unit


def divide(left: Unit, right: Unit) -> Unit:
    """Return the unit of a quotient. Raises UnitConflict."""
    _refuse_truth(left, right)
    if right == ZERO:
        raise UnitConflict("A division by 0 has no result. Remove it.")
    if left == ZERO or right == NUMBER:
        return left
    if left == right or (left, right) == (POINTS, SHARE):
        return NUMBER
    if right == SHARE:
        return left
    if POINTS in (left, right):
        message = "Percentage points can be divided by a plain number, points or a share only."
        raise UnitConflict(message)
    return _combine(NUMBER if left == SHARE else left, right, -1)


def unify(left: Unit, right: Unit) -> Unit:
    """Return the unit of values that are added, compared or chosen from. Raises UnitConflict."""
    if right in (left, ZERO) and left != TRUTH:
        return left
    if left == ZERO and right != TRUTH:
        return right
    if left == right:
        return left
    message = f"You cannot add or compare {left} and {right}."
    if SHARE in (left, right) and NUMBER in (left, right):
        message += " Write a share like 5 %, or multiply the number by 100 %."
    elif NUMBER in (left, right):
        other = right if left == NUMBER else left
        message += f" If the number means {other}, write the unit after it, such as 100 EUR."
    elif {left, right} == {SHARE, POINTS}:
        message += " A share minus a share is percentage points."
    elif SHARE in (left, right):
        message += " To add 5 % to a value a, write a + a * 5 %."
    else:
        message += " Use values of the same unit."
    raise UnitConflict(message)


def _read_name(name: str) -> Unit:
    first, *others = (
        money(each) if each in CURRENCIES else count(each) for each in name.split(PER)
    )
    for each in others:
        first = _combine(first, each, -1)
    return first


def _combine(left: Unit, right: Unit, sign: int) -> Unit:
    powers = Counter(dict(left.powers))
    for dimension, power in right.powers:
        powers[dimension] += sign * power
    return Unit(powers=frozenset((each, power) for each, power in powers.items() if power))


def _refuse_truth(*units: Unit) -> None:
    if TRUTH in units:
        message = "A comparison is true or false, and no number. Use it in if(…, …, …)."
        raise UnitConflict(message)


def _render(dimension: Dimension, power: int) -> str:
    return dimension.name if power == 1 else f"{dimension.name}^{power}"
