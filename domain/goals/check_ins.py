"""Check-ins: a report on a goal, with the value of each key result at that time."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from domain.goals.enums import Confidence
from domain.goals.policy import SEE
from domain.kernel.access import InheritedFrom
from domain.kernel.aggregate import Part
from domain.kernel.fields import MultiLine
from domain.kernel.identity import PersonId

NOTE = MultiLine("The note", max_length=4_000, advice="Write why, in a sentence or two.")
"""The note of a check-in, and of closing a goal."""


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
    """A report on the progress of a goal. It never changes."""

    NAME = "check_in"
    SEE = InheritedFrom("goal_id", "goal", SEE)

    goal_id: UUID
    author_id: PersonId
    confidence: Confidence
    note: Annotated[str | None, NOTE] = None
    recorded_at: datetime
    values: list[CheckInValue] = field(default_factory=list)

    def add_value(self, key_result_id: UUID, value: Decimal) -> None:
        """Record the current value of a key result."""
        self.values.append(
            CheckInValue(
                tenant_id=self.tenant_id,
                check_in_id=self.id,
                key_result_id=key_result_id,
                value=value,
            )
        )
