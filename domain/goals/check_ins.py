"""Check-ins: what somebody said about a goal on a day, with every figure as it then stood."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from domain.goals.policy import SEE
from domain.kernel.access import InheritedFrom
from domain.kernel.aggregate import Part
from domain.kernel.identity import PersonId


class Confidence(StrEnum):
    """How the author thinks that the goal will end."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"


@dataclass(kw_only=True, eq=False)
class CheckInValue(Part):
    """One key result's value at the time of a check-in."""

    NAME = "check_in_value"
    SEE = InheritedFrom("check_in_id", "check_in", InheritedFrom("goal_id", "goal", SEE))

    check_in_id: UUID
    key_result_id: UUID
    value: Decimal


@dataclass(kw_only=True, eq=False)
class CheckIn(Part):
    """A word about how it goes. Never changed afterwards."""

    NAME = "check_in"
    SEE = InheritedFrom("goal_id", "goal", SEE)

    goal_id: UUID
    author_id: PersonId
    confidence: Confidence
    note: str | None = None
    recorded_at: datetime
    values: list[CheckInValue] = field(default_factory=list)

    def add_value(self, key_result_id: UUID, value: Decimal) -> None:
        """Keep the value that a key result has now."""
        self.values.append(
            CheckInValue(
                tenant_id=self.tenant_id,
                check_in_id=self.id,
                key_result_id=key_result_id,
                value=value,
            )
        )
