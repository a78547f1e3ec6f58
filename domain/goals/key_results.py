"""Key results: the figures by which a goal is measured."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NotRequired, TypedDict
from uuid import UUID

from domain.goals.policy import SEE
from domain.kernel.access import InheritedFrom
from domain.kernel.aggregate import Part
from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import TenantId
from domain.kernel.text import optional_single_line, single_line

MAX_VALUE = Decimal(10) ** 15
MAX_DECIMALS = 6


class Direction(StrEnum):
    """Which way is better."""

    INCREASE = "increase"
    DECREASE = "decrease"


class NewKeyResult(TypedDict):
    """What a key result is made of; it starts where `start_value` says unless told otherwise."""

    title: str
    start_value: Decimal
    target_value: Decimal
    current_value: NotRequired[Decimal | None]
    unit: NotRequired[str | None]
    direction: NotRequired[Direction | None]


class KeyResultDetails(TypedDict, total=False):
    """What may be changed about a key result; what is left out stays."""

    title: str
    start_value: Decimal
    target_value: Decimal
    unit: str | None
    direction: Direction


@dataclass(kw_only=True, eq=False)
class KeyResult(Part):
    """A figure with where it started, where it should end and where it is.

    The current value may lie beyond the target or before the start: people overachieve, and
    sometimes things get worse.
    """

    NAME = "key_result"
    SEE = InheritedFrom("goal_id", "goal", SEE)

    goal_id: UUID
    title: str
    start_value: Decimal
    target_value: Decimal
    current_value: Decimal
    unit: str | None = None
    direction: Direction = Direction.INCREASE
    position: int = 0

    @property
    def progress(self) -> float:
        """The share of the way from start to target, from 0 to 1.

        clamp((current - start) / (target - start), 0, 1), as d3's clamped linear scale and other
        OKR products have it; both signs flip for a decrease, so one formula serves both
        directions. Where target and start are the same (keep it there), it is 1 as long as the
        current value is no worse than the target, else 0.
        """
        distance = self.target_value - self.start_value
        if distance == 0:
            gap = self.current_value - self.target_value
            return float(gap >= 0 if self.direction is Direction.INCREASE else gap <= 0)
        return min(max(float((self.current_value - self.start_value) / distance), 0.0), 1.0)

    def edit(self, details: KeyResultDetails, *, is_measured: bool) -> bool:
        """Change what it measures; before the first check-in a new start moves the current value.

        Says whether anything changed. Raises Invalid.
        """
        values = normalize_key_result_details(details)
        start = details.get("start_value", self.start_value)
        target = details.get("target_value", self.target_value)
        values["direction"] = derive_direction(start, target, details.get("direction"), "direction")
        if not is_measured and self.current_value == self.start_value:
            values["current_value"] = start
        different = {name: new for name, new in values.items() if getattr(self, name) != new}
        for name, new in different.items():
            setattr(self, name, new)
        return bool(different)


def create_key_result(
    tenant_id: TenantId, goal_id: UUID, fields: NewKeyResult, *field_path: str | int
) -> KeyResult:
    """A key result of that goal; `at` leads the field paths. Raises Invalid."""
    start = validate_quantity(fields["start_value"], *field_path, "startValue")
    target = validate_quantity(fields["target_value"], *field_path, "targetValue")
    current = fields.get("current_value")
    return KeyResult(
        tenant_id=tenant_id,
        goal_id=goal_id,
        title=single_line("The title", fields["title"], *field_path, "title"),
        start_value=start,
        target_value=target,
        current_value=start
        if current is None
        else validate_quantity(current, *field_path, "currentValue"),
        unit=optional_single_line(
            "The unit", fields.get("unit"), *field_path, "unit", max_length=30
        ),
        direction=derive_direction(
            start, target, fields.get("direction"), *field_path, "direction"
        ),
    )


def normalize_key_result_details(details: KeyResultDetails) -> dict[str, object]:
    """These details in the form in which they are kept. Raises Invalid."""
    values: dict[str, object] = dict(details)
    if "title" in details:
        values["title"] = single_line("The title", details["title"], "title")
    if "unit" in details:
        values["unit"] = optional_single_line("The unit", details["unit"], "unit", max_length=30)
    if "start_value" in details:
        values["start_value"] = validate_quantity(details["start_value"], "startValue")
    if "target_value" in details:
        values["target_value"] = validate_quantity(details["target_value"], "targetValue")
    return values


def validate_quantity(value: Decimal, *field: str | int) -> Decimal:
    """An exact number of a sensible size. Raises Invalid with OUT_OF_RANGE."""
    if not value.is_finite() or abs(value) >= MAX_VALUE or value != round(value, MAX_DECIMALS):
        raise Invalid(
            "A value has up to 15 digits, and 6 more behind the point. Round it.",
            *field,
            code=Code.OUT_OF_RANGE,
        )
    return value


def derive_direction(
    start: Decimal, target: Decimal, declared: Direction | None, *field: str | int
) -> Direction:
    """The way from start to target; where it has no length, what was said counts.

    Raises Invalid where the values point the other way than was said.
    """
    if start == target:
        return declared or Direction.INCREASE
    direction = Direction.INCREASE if start < target else Direction.DECREASE
    if declared not in (None, direction):
        raise Invalid(
            f"From {start} to {target} is the way to {direction}. Swap the values or the direction.",
            *field,
        )
    return direction
