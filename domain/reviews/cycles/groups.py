"""The groups of a cycle: people whose phases have days of their own, by rule.

A group is for people who cannot keep the general days: they work part-time, were on leave, or have
holidays at another time. All of its conditions have to hold. The first group that fits counts.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from domain.kernel.access import InheritedFrom
from domain.kernel.aggregate import Part
from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import (
    EDITABLE,
    Formatted,
    MaxItems,
    Share,
    SingleLine,
    WholeNumber,
    time_zone_rule,
)
from domain.kernel.identity import OrganizationId
from domain.kernel.labels import Labels, UniqueTexts
from domain.people import EmploymentType
from domain.reviews.cycles import policy
from domain.reviews.cycles.enums import ReviewPhaseKind
from domain.reviews.cycles.phases import find_group_phase_faults
from domain.revisions import PartList

MAX_GROUPS, MAX_PLACES = 20, 50
SEE_PART = InheritedFrom("cycle_id", "review_cycle", policy.MANAGE)
ZONE = time_zone_rule("The time zone")


@dataclass(frozen=True)
class EmploymentTypes(MaxItems):
    """A set of kinds of contracts, kept in the order of their declaration."""

    subject: str = "A cycle"
    items: str = "kinds of contracts"
    maximum: int = len(EmploymentType)

    def check(self, value: Collection[str], *path: str | int) -> tuple[str, ...]:  # type: ignore[override]
        """Return the kinds, each once. Raises LimitExceeded."""
        given = super().check(value, *path)
        return tuple(each.value for each in EmploymentType if each in given)


@dataclass(frozen=True)
class TimeZones(UniqueTexts):
    """A set of time zones in the order in which they were given."""

    subject: str = "A group"
    items: str = "time zones"
    maximum: int = MAX_PLACES
    max_length: int = ZONE.max_length

    @property
    def item(self) -> Formatted:
        """The rule of one time zone."""
        return ZONE


@dataclass(kw_only=True, eq=False)
class ReviewCycleGroup(Part):
    """People of a cycle whose phases have days of their own. An empty condition always holds."""

    NAME = "review_cycle_group"
    SEE = SEE_PART

    cycle_id: UUID
    position: int
    name: Annotated[str, SingleLine("The name", 100), EDITABLE]
    organization_id: Annotated[OrganizationId | None, EDITABLE] = None
    time_zones: Annotated[tuple[str, ...], TimeZones(), EDITABLE] = ()
    locations: Annotated[
        tuple[str, ...], Labels("A group", "locations", MAX_PLACES, "The location", 200), EDITABLE
    ] = ()
    employment_types: Annotated[tuple[str, ...], EmploymentTypes("A group"), EDITABLE] = ()
    max_working_time_share: Annotated[Decimal | None, Share("The working-time share"), EDITABLE] = (
        None
    )
    min_leave_days: Annotated[int, WholeNumber("The number of days", 0, 3_660), EDITABLE] = 0
    phases: list["ReviewCycleGroupPhase"] = field(default_factory=list)


@dataclass(kw_only=True, eq=False)
class ReviewCycleGroupPhase(Part):
    """The days of a phase for a group. The general days count for phases that it does not name."""

    NAME = "review_cycle_group_phase"
    SEE = SEE_PART

    cycle_id: UUID
    group_id: UUID
    position: int
    kind: Annotated[ReviewPhaseKind, EDITABLE]
    starts_on: Annotated[date, EDITABLE]
    last_day: Annotated[date, EDITABLE]


CONDITIONS = (
    *("organization_id", "time_zones", "locations", "employment_types"),
    *("max_working_time_share", "min_leave_days"),
)
GROUP_PHASES = PartList(
    ReviewCycleGroupPhase, "phases", "group_id", "cycle_id", len(ReviewPhaseKind), 1, ("kind",)
)
GROUPS = PartList(
    ReviewCycleGroup,
    "groups",
    "cycle_id",
    "cycle_id",
    MAX_GROUPS,
    unique=("name",),
    lists={"phases": GROUP_PHASES},
)


def find_group_faults(
    groups: Sequence[Mapping[str, Any]], phases: Sequence[Mapping[str, Any]]
) -> Iterator[Invalid]:
    """Yield what is wrong with the conditions and the days of groups."""
    for index, each in enumerate(groups):
        if not any(each[name] for name in CONDITIONS):
            message = "Everybody is in this group. Add a condition, or change the cycle's days."
            yield Invalid(message, "groups", index, code=Code.REQUIRED)
        yield from find_group_phase_faults(phases, each["phases"], "groups", index)
