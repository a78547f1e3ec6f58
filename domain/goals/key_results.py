"""Key results: the figures by which a goal is measured."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from domain.goals.visibility import SEE
from domain.kernel.access import Via
from domain.kernel.aggregate import Part


class Direction(StrEnum):
    """Which way is better."""

    INCREASE = "increase"
    DECREASE = "decrease"


@dataclass(kw_only=True, eq=False)
class KeyResult(Part):
    """A figure with where it started, where it should end and where it is."""

    NAME = "key_result"
    SEE = Via("goal_id", "goal", SEE)

    goal_id: UUID
    title: str
    start_value: Decimal
    target_value: Decimal
    current_value: Decimal
    unit: str | None = None
    direction: Direction = Direction.INCREASE
    position: int = 0
