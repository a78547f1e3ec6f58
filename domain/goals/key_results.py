"""Key results: the numbers that measure a goal."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from domain.goals.enums import Direction, KeyResultBasis
from domain.goals.policy import SEE
from domain.goals.progress import compute_share
from domain.kernel.access import InheritedFrom
from domain.kernel.aggregate import Part, set_attributes
from domain.kernel.errors import Invalid
from domain.kernel.fields import EDITABLE, ExactNumber, SingleLine, check_fields
from domain.kernel.identity import TenantId

QUANTITY = ExactNumber()


@dataclass(kw_only=True, eq=False)
class KeyResult(Part):
    """A number with a start, a target and a current value.

    The current value may lie beyond the target or on the other side of the start. With a KPI it
    follows the values of this KPI. `is_published` says that somebody who may edit the KPI lets it
    be followed although not everyone may see it.
    """

    NAME = "key_result"
    SEE = InheritedFrom("goal_id", "goal", SEE)

    goal_id: UUID
    title: Annotated[str, SingleLine("The title"), EDITABLE]
    start_value: Annotated[Decimal, QUANTITY, EDITABLE]
    target_value: Annotated[Decimal, QUANTITY, EDITABLE]
    current_value: Annotated[Decimal, QUANTITY]
    unit: Annotated[str | None, SingleLine("The unit", max_length=30), EDITABLE] = None
    direction: Annotated[Direction, EDITABLE] = Direction.INCREASE
    position: int = 0
    kpi_id: UUID | None = None
    kpi_basis: KeyResultBasis | None = None
    is_published: bool | None = None

    @property
    def progress(self) -> Decimal:
        """The share of the way from start to target, from 0 to 1."""
        return compute_share(
            self.start_value, self.target_value, self.current_value, self.direction
        )

    @classmethod
    def find_value_conflicts(cls, values: Mapping[str, Any]) -> Iterator[Invalid]:
        """Yield a declared direction that contradicts the values."""
        start, target = values.get("start_value"), values.get("target_value")
        if start is not None and target is not None:
            try:
                derive_direction(start, target, values.get("direction"), "direction")
            except Invalid as fault:
                yield fault

    def edit(self, details: Mapping[str, Any], *, is_measured: bool) -> bool:
        """Change the definition, and return whether anything changed. Raises Invalid.

        Before the first check-in (`is_measured` is False) the current value follows the start.
        """
        values = check_fields(KeyResult, details)
        start = values.get("start_value", self.start_value)
        target = values.get("target_value", self.target_value)
        values["direction"] = derive_direction(start, target, details.get("direction"), "direction")
        is_untouched = not is_measured and self.current_value == self.start_value
        if is_untouched and values.get("kpi_id", self.kpi_id) is None:
            values["current_value"] = start
        return set_attributes(self, values)


def create_key_result(
    tenant_id: TenantId, goal_id: UUID, details: Mapping[str, Any], *field_path: str | int
) -> KeyResult:
    """Return a new key result of a goal; an absent `current_value` equals the start.

    `field_path` leads the paths of errors. Raises Invalid.
    """
    present = {name: value for name, value in details.items() if value is not None}
    values = check_fields(KeyResult, present, *field_path)
    start, target = values["start_value"], values["target_value"]
    values.setdefault("current_value", start)
    declared = values.get("direction")
    values["direction"] = derive_direction(start, target, declared, *field_path, "direction")
    return KeyResult(tenant_id=tenant_id, goal_id=goal_id, **values)


def derive_direction(
    start: Decimal, target: Decimal, declared: Direction | None, *field: str | int
) -> Direction:
    """Return the direction from start to target; where these are equal, the declared one.

    Raises Invalid where the declared direction contradicts the values.
    """
    if start == target:
        return declared or Direction.INCREASE
    direction = Direction.INCREASE if start < target else Direction.DECREASE
    if declared not in (None, direction):
        message = f"From start to target the values {direction}, but `direction` is the opposite."
        raise Invalid(f"{message} Swap the values, or change the direction.", *field)
    return direction
