"""The days of phases: pure functions over the calendar of a cycle and those of its groups."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from domain.kernel.errors import Code, Invalid
from domain.kernel.periods import ONE_DAY
from domain.reviews.cycles.enums import ReviewPhaseKind

NOON = time(12, tzinfo=UTC)
"""At noon in UTC the day before has ended everywhere: the last time zone is twelve hours behind."""
ORDER = tuple(ReviewPhaseKind)
WRONG_ORDER = "A phase starts and ends no earlier than the one before it. Change its days."


@dataclass(frozen=True)
class PhaseDays:
    """The days of a phase, and the moment at which its last day has ended everywhere."""

    kind: ReviewPhaseKind
    starts_on: date
    last_day: date

    @property
    def ends_at(self) -> datetime:
        """The moment at which the last day has ended everywhere."""
        return find_end_everywhere(self.last_day)


def find_end_everywhere(day: date) -> datetime:
    """Return the moment at which a day has ended everywhere on earth."""
    return datetime.combine(day + ONE_DAY, NOON)


def list_days(general: Iterable[Any], own: Iterable[Any] = ()) -> list[PhaseDays]:
    """Return the days of each phase: those of a group, or else the general ones."""
    days = {each.kind: each for each in own}
    found = (days.get(each.kind, each) for each in general)
    return [PhaseDays(each.kind, each.starts_on, each.last_day) for each in found]


def find_phase_faults(phases: Sequence[Mapping[str, Any]]) -> Iterator[Invalid]:
    """Yield what is wrong between the phases of a cycle."""
    for index, each in enumerate(phases):
        earlier = phases[index - 1] if index else None
        if (fault := _find_length_fault(each, "phases", index)) is not None:
            yield fault
        if earlier is None:
            continue
        if ORDER.index(each["kind"]) < ORDER.index(earlier["kind"]):
            message = f"This phase comes before {earlier['kind'].name}. Change their order."
            yield Invalid(message, "phases", index, "kind")
        elif _begins_or_ends_before(each, earlier):
            yield Invalid(WRONG_ORDER, "phases", index, "startsOn", code=Code.OUT_OF_RANGE)


def find_group_phase_faults(
    general: Sequence[Mapping[str, Any]], own: Sequence[Mapping[str, Any]], *path: str | int
) -> Iterator[Invalid]:
    """Yield what is wrong with the days of a group, together with the general ones."""
    known = {each["kind"] for each in general}
    for index, each in enumerate(own):
        if each["kind"] not in known:
            name = each["kind"].name
            message = f"The cycle has no phase {name}. Add it there, or leave it out of the group."
            yield Invalid(message, *path, "phases", index, "kind")
        if (fault := _find_length_fault(each, *path, "phases", index)) is not None:
            yield fault
    places: dict[Any, tuple[tuple[str | int, ...], Mapping[str, Any]]] = {
        each["kind"]: ((index, "startsOn"), each) for index, each in enumerate(own)
    }
    earlier: Mapping[str, Any] | None = None
    for each in general:
        place, days = places.get(each["kind"], ((), each))
        if earlier is not None and _begins_or_ends_before(days, earlier):
            name, before = each["kind"].name, earlier["kind"].name
            message = f"With the days of this group, {name} is before {before}. Change its days."
            yield Invalid(message, *path, "phases", *place, code=Code.OUT_OF_RANGE)
        earlier = days


def _find_length_fault(row: Mapping[str, Any], *path: str | int) -> Invalid | None:
    if row["last_day"] >= row["starts_on"]:
        return None
    message = "The last day is before the first one. Change one of the two days."
    return Invalid(message, *path, "lastDay", code=Code.OUT_OF_RANGE)


def _begins_or_ends_before(row: Mapping[str, Any], earlier: Mapping[str, Any]) -> bool:
    begins_before: bool = row["starts_on"] < earlier["starts_on"]
    return begins_before or row["last_day"] < earlier["last_day"]
