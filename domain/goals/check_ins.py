"""Check-ins: a report on a goal on a day, with the value of each key result at that time.

A check-in never changes. A later one can correct it: then it does not count any more, and the later
one takes its place. The value of a key result is that of the newest report about it that counts.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from domain.goals.enums import Confidence
from domain.goals.key_results import KeyResult
from domain.goals.policy import SEE
from domain.kernel.access import InheritedFrom
from domain.kernel.aggregate import Part
from domain.kernel.fields import MultiLine
from domain.kernel.identity import PersonId

NOTE = MultiLine("The note", max_length=4_000, advice="Write why, in a sentence or two.")
"""The note of a check-in, and of closing a goal."""

REASON = MultiLine(
    "The reason", max_length=500, advice="Write what is wrong with the earlier check-in."
)
"""Why a check-in corrects another one."""


@dataclass(kw_only=True, eq=False)
class CheckInValue(Part):
    """One key result's value at the time of a check-in.

    It is reported, or else the value that the key result had by an earlier report.
    """

    NAME = "check_in_value"
    SEE = InheritedFrom("check_in_id", "check_in", InheritedFrom("goal_id", "goal", SEE))

    check_in_id: UUID
    key_result_id: UUID
    value: Decimal
    is_reported: bool = True


@dataclass(kw_only=True, eq=False)
class CheckIn(Part):
    """A report on the progress of a goal. It never changes.

    `first_recorded_at` is the moment of the first of the check-ins that correct each other. So a
    correction keeps the place among the check-ins of a day.
    """

    NAME = "check_in"
    SEE = InheritedFrom("goal_id", "goal", SEE)

    goal_id: UUID
    author_id: PersonId
    confidence: Confidence
    note: Annotated[str | None, NOTE] = None
    effective_on: date
    corrects_id: UUID | None = None
    reason: Annotated[str | None, REASON] = None
    first_recorded_at: datetime
    recorded_at: datetime
    values: list[CheckInValue] = field(default_factory=list)

    @property
    def place(self) -> tuple[date, datetime, UUID]:
        """The place among the check-ins of a goal: by the day, then by the moment."""
        return self.effective_on, self.first_recorded_at, self.id

    @property
    def reported_values(self) -> dict[UUID, Decimal]:
        """The values that the author reported, by key result."""
        return {each.key_result_id: each.value for each in self.values if each.is_reported}

    def add_value(
        self, key_result_id: UUID, value: Decimal | None, *, is_reported: bool = True
    ) -> None:
        """Add the value of a key result, unless it is not known."""
        if value is not None:
            self.values.append(
                CheckInValue(
                    tenant_id=self.tenant_id,
                    check_in_id=self.id,
                    key_result_id=key_result_id,
                    value=value,
                    is_reported=is_reported,
                )
            )


@dataclass(frozen=True, kw_only=True)
class Placement:
    """The place of a new check-in among those of its goal.

    `others` are the check-ins that exist. Only the newest is needed if the new one is newer.
    `corrects` is the one among them that it replaces, for this `reason`.
    """

    effective_on: date
    others: Collection[CheckIn]
    corrects: CheckIn | None = None
    reason: str | None = None

    @property
    def inherited_values(self) -> dict[UUID, Decimal]:
        """The values that a correction takes over where it reports no other."""
        return self.corrects.reported_values if self.corrects else {}


def list_counting(check_ins: Iterable[CheckIn]) -> list[CheckIn]:
    """Return the check-ins that are not corrected, in the order of their places."""
    found = list(check_ins)
    corrected_ids = {each.corrects_id for each in found}
    return sorted((each for each in found if each.id not in corrected_ids), key=_get_place)


def record_values(
    check_in: CheckIn,
    reported: Mapping[UUID, Decimal],
    key_results: Collection[KeyResult],
    counting: Sequence[CheckIn],
) -> None:
    """Add the values of a new check-in, and set the current values that follow from it.

    The current value of a key result with a KPI follows the KPI; what it was on an earlier day is
    not known. `counting` are the check-ins that count, with the new one among them.
    """
    is_newest = counting[-1] is check_in
    known_before = _merge_reports(counting[: counting.index(check_in)])
    for each in key_results:
        if each.id in reported:
            check_in.add_value(each.id, reported[each.id])
        elif is_newest or each.kpi_id is None:
            known = each.current_value if is_newest else known_before.get(each.id)
            check_in.add_value(each.id, known, is_reported=False)
    current = _merge_reports(counting)
    for each in key_results:
        if each.id in reported and each.kpi_id is None:
            each.current_value = current[each.id]


def _merge_reports(check_ins: Iterable[CheckIn]) -> dict[UUID, Decimal]:
    """Return the newest reported value of each key result."""
    merged: dict[UUID, Decimal] = {}
    for each in check_ins:
        merged |= each.reported_values
    return merged


def _get_place(check_in: CheckIn) -> tuple[date, datetime, UUID]:
    return check_in.place
