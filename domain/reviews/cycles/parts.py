"""The parts of a review cycle: its directions, its phases, and people who were selected by hand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from domain.kernel.aggregate import Part
from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import EDITABLE, SingleLine, WholeNumber
from domain.kernel.identity import PersonId
from domain.reviews.cycles.enums import PHASE_OF_DIRECTION, ReviewPhaseKind, ReviewSelectionKind
from domain.reviews.cycles.groups import GROUPS, SEE_PART, find_group_faults
from domain.reviews.cycles.phases import find_phase_faults
from domain.reviews.directions import ReviewDirection
from domain.reviews.nominations.rules import (
    CHOSEN,
    Nominators,
    ReviewNominationApprover,
    has_nominations,
)
from domain.revisions import Content, PartList

MAX_SELECTIONS, MAX_NOMINEES = 200, 50
REASON = SingleLine("The reason", max_length=500)


@dataclass(kw_only=True, eq=False)
class ReviewCycleDirection(Part):
    """A direction in which reviews are written, and the revision of the template for it.

    Of the directions whose writers are chosen, it also says who nominates them (`nominators`, by
    default the manager and HR), who approves, how many, and whether the reviewed person sees them.
    """

    NAME = "review_cycle_direction"
    SEE = SEE_PART

    cycle_id: UUID
    position: int
    direction: Annotated[ReviewDirection, EDITABLE]
    template_id: Annotated[UUID, EDITABLE]
    nominators: Annotated[tuple[str, ...], Nominators(), EDITABLE] = ()
    approver: Annotated[ReviewNominationApprover, EDITABLE] = ReviewNominationApprover.MANAGER
    least_nominees: Annotated[int, WholeNumber("The least number", 0, MAX_NOMINEES), EDITABLE] = 0
    most_nominees: Annotated[int, WholeNumber("The most", 1, MAX_NOMINEES), EDITABLE] = 6
    shows_nominees: Annotated[bool, EDITABLE] = False

    @property
    def has_nominations(self) -> bool:
        """Whether people choose the writers."""
        return has_nominations(self.direction, self.nominators)


@dataclass(kw_only=True, eq=False)
class ReviewCyclePhase(Part):
    """The days of a phase. The last day ends for each person where they are."""

    NAME = "review_cycle_phase"
    SEE = SEE_PART

    cycle_id: UUID
    position: int
    kind: Annotated[ReviewPhaseKind, EDITABLE]
    starts_on: Annotated[date, EDITABLE]
    last_day: Annotated[date, EDITABLE]


@dataclass(kw_only=True, eq=False)
class ReviewCycleSelection(Part):
    """A person who is added to the population of a cycle, or excluded from it, by hand."""

    NAME = "review_cycle_selection"
    SEE = SEE_PART

    cycle_id: UUID
    position: int
    kind: Annotated[ReviewSelectionKind, EDITABLE]
    person_id: Annotated[PersonId, EDITABLE]
    reason: Annotated[str, REASON, EDITABLE]


def _list_of(kind: type[Part], noun: str, unique: str, maximum: int, minimum: int) -> PartList:
    return PartList(kind, noun, "cycle_id", "cycle_id", maximum, minimum, (unique,))


LISTS: Mapping[str, PartList] = {
    "directions": _list_of(
        ReviewCycleDirection, "directions", "direction", len(ReviewDirection), 1
    ),
    "phases": _list_of(ReviewCyclePhase, "phases", "kind", len(ReviewPhaseKind), 1),
    "groups": GROUPS,
    "selections": _list_of(ReviewCycleSelection, "people", "person_id", MAX_SELECTIONS, 0),
}


def find_part_conflicts(content: Content) -> Iterator[Invalid]:
    """Yield what is wrong between the phases, and of directions and groups with phases."""
    phases = content.get("phases", ())
    yield from find_phase_faults(phases)
    yield from find_group_faults(content.get("groups", ()), phases)
    known = {each["kind"] for each in phases}
    for index, each in enumerate(content.get("directions", ())):
        if each["direction"] is ReviewDirection.INTERIM:
            message = "Interim appraisals follow from changes of managers. Use changeRule: BOTH."
            yield Invalid(message, "directions", index, "direction")
            continue
        needed = PHASE_OF_DIRECTION[each["direction"]]
        if needed not in known:
            message = f"These reviews are written in the phase {needed.name}. Add that phase."
            yield Invalid(message, "directions", index, "direction")
        yield from _find_nomination_faults(each, index)


def _find_nomination_faults(row: Mapping[str, Any], index: int) -> Iterator[Invalid]:
    """Yield what is wrong with the rules of nominations of a direction."""
    if row["nominators"] and row["direction"] not in CHOSEN:
        message = f"Nobody nominates who writes {row['direction'].name}. Leave it out."
        yield Invalid(message, "directions", index, "nominators")
    if row["least_nominees"] > row["most_nominees"]:
        message = "The least number is above the most. Change one of the two."
        yield Invalid(message, "directions", index, "leastNominees", code=Code.OUT_OF_RANGE)
