"""What a plan of a cycle says: who takes part, what each has to write, and every conflict."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from uuid import UUID

from domain.reviews.cycles.enums import BLOCKING, ReviewConflictCode, ReviewPhaseKind
from domain.reviews.cycles.phases import PhaseDays
from domain.reviews.directions import ReviewDirection


@dataclass(frozen=True)
class PlannedReview:
    """A review that a writer has to write. `due_on` ends where the writer is."""

    direction: ReviewDirection
    template_id: UUID
    writer_id: UUID
    due_on: date


@dataclass(frozen=True)
class PlannedParticipant:
    """A person in the population, with the days that count. One who is unratable has no reviews.

    `group_id` is the group whose days count; None for the general ones. `career_groups` are those
    that fit the person, by template; templates without any are left out.
    """

    person_id: UUID
    days: int
    manager_id: UUID | None = None
    reviews: Sequence[PlannedReview] = ()
    is_ratable: bool = True
    group_id: UUID | None = None
    career_groups: Mapping[UUID, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class ReviewConflict:
    """What was found about a person, or about the cycle where `person_id` is None.

    `found` and `limit` are the numbers that are compared, such as days of work.
    """

    code: ReviewConflictCode
    person_id: UUID | None = None
    found: int | None = None
    limit: int | None = None
    phase: ReviewPhaseKind | None = None
    group: str | None = None

    @property
    def is_blocking(self) -> bool:
        """Whether the cycle cannot be launched with it."""
        return self.code in BLOCKING


@dataclass(frozen=True)
class PlannedGroup:
    """A group with days of its own, and how many people of the population are in it."""

    id: UUID
    name: str
    participant_count: int
    phases: Sequence[PhaseDays]


@dataclass(frozen=True)
class PlannedCareerGroup:
    """A career group of a template, and how many people who are reviewed are in it."""

    template_id: UUID
    key: str
    name: str
    participant_count: int


@dataclass(frozen=True)
class ExpectedNominations:
    """How many reviews of a direction are to be expected from people who are nominated later."""

    direction: ReviewDirection
    least: int
    most: int


@dataclass(frozen=True)
class ReviewCyclePlan:
    """What a launch would do today. Participants are in the order of their ids."""

    participants: Sequence[PlannedParticipant]
    conflicts: Sequence[ReviewConflict]
    phases: Sequence[PhaseDays]
    nominations: Sequence[ExpectedNominations] = ()
    groups: Sequence[PlannedGroup] = ()
    career_groups: Sequence[PlannedCareerGroup] = ()

    @cached_property
    def loads(self) -> Sequence[tuple[UUID, int]]:
        """The reviews of each writer without those about oneself, the largest number first."""
        return sorted(count_loads(self.participants).items(), key=lambda each: (-each[1], each[0]))

    @property
    def blocking(self) -> Sequence[ReviewConflict]:
        """The conflicts with which the cycle is not launched."""
        return [each for each in self.conflicts if each.is_blocking]


def count_loads(participants: Sequence[PlannedParticipant]) -> Counter[UUID]:
    """Return the reviews of each writer, without those about oneself."""
    return Counter(
        review.writer_id
        for each in participants
        for review in each.reviews
        if review.direction is not ReviewDirection.SELF
    )
