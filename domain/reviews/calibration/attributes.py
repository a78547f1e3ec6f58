"""What the axes of a box can show: one declaration for each attribute.

Values are those of the moment in which a session is opened. They are read for all rows, whatever
the one who opens it may see, so each attribute says who may read its axis.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from fractions import Fraction
from typing import Any
from uuid import UUID

from domain.goals import Goal, GoalStatus, Visibility
from domain.kernel.identity import OrganizationId, PersonId
from domain.kernel.unit_of_work import Work
from domain.people import Person
from domain.reviews.calibration.enums import CalibrationAttribute
from domain.reviews.cycles import ReviewCycle
from domain.reviews.packets import ReviewPacket
from domain.reviews.scores import ReviewScore

PERCENT = 100
Values = Mapping[UUID, Any]
"""The value of each packet that has one."""


class CellKind(Enum):
    """What the cells of an axis are."""

    LEVELS = auto()
    """The levels of a scale. A value is a place on it."""

    BANDS = auto()
    """Bands of numbers between the bounds of the axis."""

    LABELS = auto()
    """Texts that the axis lists."""


class AxisAudience(Enum):
    """Who of those who see rows reads an axis, beside those who manage the cycle."""

    ROWS = auto()
    """Everybody who sees the rows."""

    NAMES = auto()
    """Those who see names: the value would tell whom a row is about."""

    MANAGERS = auto()
    """Nobody: the value belongs to the employment."""


@dataclass(frozen=True)
class Decision:
    """What was decided about a person, and the unit of the person today."""

    packet_id: UUID
    person_id: PersonId
    manager_id: PersonId
    level: int
    decided_at: datetime
    organization_id: OrganizationId | None


@dataclass(frozen=True)
class Opening:
    """What the values of an axis are read for."""

    cycle: ReviewCycle
    scale_id: UUID
    held_on: date
    decisions: Sequence[Decision]

    @property
    def people(self) -> list[PersonId]:
        """The people of the rows."""
        return [each.person_id for each in self.decisions]

    def by_packet(self, by_person: Mapping[UUID, Any]) -> Values:
        """Return the values of people as those of their packets."""
        found = {each.packet_id: by_person.get(each.person_id) for each in self.decisions}
        return {id: value for id, value in found.items() if value is not None}


@dataclass(frozen=True)
class Attribute:
    """An attribute of a row that can be an axis."""

    cells: CellKind
    audience: AxisAudience
    load: Callable[[Work, Opening], Awaitable[Values]]


async def _load_of_scores(work: Work, opening: Opening, name: str) -> Values:
    """Return an attribute of the present score of each packet."""
    ids = [each.packet_id for each in opening.decisions]
    rows = await work.find_values(
        ReviewScore, ("packet_id", name), packet_id=ids, is_current=[True] * len(ids)
    )
    return {id: value for id, value in rows if value is not None}


async def _load_scores(work: Work, opening: Opening) -> Values:
    return await _load_of_scores(work, opening, "value")


async def _load_proposals(work: Work, opening: Opening) -> Values:
    return await _load_of_scores(work, opening, "level")


async def _load_previous_levels(work: Work, opening: Opening) -> Values:
    """Return the latest level that somebody was shown on this scale, in a cycle of the same unit.

    Who manages a cycle may not manage those of other units.
    """
    names = ("subject_id", "cycle_id", "level", "scale_id", "last_day", "is_released")
    rows = await work.find_values(ReviewPacket, names, subject_id=opening.people)
    cycles = sorted({row[1] for row in rows if row[1] is not None})
    found_cycles = await work.find_values(ReviewCycle, ("id", "organization_id"), id=cycles)
    units = {row[0]: row[1] for row in found_cycles}
    found = dict[UUID, int]()
    for subject_id, cycle_id, level, scale_id, last_day, is_released in sorted(
        rows, key=lambda row: row[4]
    ):
        is_earlier = last_day < opening.cycle.starts_on and is_released and level is not None
        is_here = cycle_id in units and units[cycle_id] == opening.cycle.organization_id
        if is_earlier and is_here and scale_id == opening.scale_id:
            found[subject_id] = level
    return opening.by_packet(found)


async def _load_tenures(work: Work, opening: Opening) -> Values:
    """Return the full months since the latest hire, on the day of the session."""
    rows = await work.find_values(Person, ("id", "hired_on"), id=opening.people)
    found = {id: count_months(hired_on, opening.held_on) for id, hired_on in rows if hired_on}
    return opening.by_packet({id: months for id, months in found.items() if months >= 0})


def count_months(start: date, end: date) -> int:
    """Return the number of full months between two days."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - (end.day < start.day)


async def _load_position_levels(work: Work, opening: Opening) -> Values:
    rows = await work.find_values(Person, ("id", "level"), id=opening.people)
    return opening.by_packet({row[0]: row[1] for row in rows})


async def _load_goals(work: Work, opening: Opening) -> Values:
    """Return the percentage of goals that were achieved, of the public ones that are over.

    A goal that not everybody sees would be counted for people who may not see it.
    """
    names = ("owner_person_id", "visibility", "due_on", "status")
    rows = await work.find_values(Goal, names, owner_person_id=opening.people)
    counts = dict[UUID, list[bool]]()
    for person_id, visibility, due_on, status in rows:
        is_over = status in (GoalStatus.ACHIEVED, GoalStatus.MISSED)
        is_of_cycle = opening.cycle.starts_on <= due_on <= opening.cycle.last_day
        if visibility == Visibility.PUBLIC and is_over and is_of_cycle:
            counts.setdefault(person_id, []).append(status == GoalStatus.ACHIEVED)
    return opening.by_packet(
        {id: Fraction(sum(each) * PERCENT, len(each)) for id, each in counts.items()}
    )


_LEVELS, _BANDS, _LABELS = CellKind
_ROWS, _NAMES, _MANAGERS = AxisAudience
ATTRIBUTES: Mapping[CalibrationAttribute, Attribute] = {
    CalibrationAttribute.PROPOSED_LEVEL: Attribute(_LEVELS, _ROWS, _load_proposals),
    CalibrationAttribute.SCORE: Attribute(_BANDS, _ROWS, _load_scores),
    CalibrationAttribute.PREVIOUS_LEVEL: Attribute(_LEVELS, _NAMES, _load_previous_levels),
    CalibrationAttribute.POSITION_LEVEL: Attribute(_LABELS, _NAMES, _load_position_levels),
    CalibrationAttribute.GOALS_ACHIEVED: Attribute(_BANDS, _NAMES, _load_goals),
    CalibrationAttribute.TENURE_MONTHS: Attribute(_BANDS, _MANAGERS, _load_tenures),
}


def list_attributes(audience: AxisAudience) -> list[CalibrationAttribute]:
    """Return the attributes with this audience."""
    return [name for name, each in ATTRIBUTES.items() if each.audience is audience]
