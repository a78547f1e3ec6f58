"""Records of fairness: in which group a person is, which nobody reads, and figures of a cycle."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from domain.kernel.aggregate import Part
from domain.kernel.identity import PersonId
from domain.reviews.fairness import policy


@dataclass(kw_only=True, eq=False)
class FairnessValue(Part):
    """The group of a person, as a place in the list of the attribute; None for none.

    It has no history. `written_at` is moved by each write, also by one that changes nothing.
    """

    NAME = "fairness_value"
    SEE = policy.NOBODY

    attribute_id: UUID
    person_id: PersonId
    position: int | None = None
    written_at: datetime


@dataclass(kw_only=True, eq=False)
class FairnessFigure(Part):
    """The figures of a cycle by the groups of an attribute, as they were when it was computed.

    `band_starts` are the lowest levels of the bands in which levels are shown. `favoured_from` is
    the lowest level that counts as favoured. `hidden_count` are people in groups that are too
    small, and people without a group.
    """

    NAME = "fairness_figure"
    SEE = policy.SEE_FIGURE

    cycle_id: UUID
    attribute_id: UUID
    computed_at: datetime
    favoured_from: int
    threshold: int
    person_count: int
    hidden_count: int
    mean: Decimal | None = None
    band_starts: tuple[int, ...] = ()


@dataclass(kw_only=True, eq=False)
class FairnessGroup(Part):
    """The figures of one group. What compares favoured shares is None where it is not shown."""

    NAME = "fairness_group"
    SEE = policy.SEE_FIGURE

    cycle_id: UUID
    figure_id: UUID
    position: int
    label: str
    person_count: int
    band_counts: tuple[int, ...]
    mean: Decimal
    gap: Decimal
    favoured_count: int | None = None
    is_reference: bool = False
    impact_ratio: Decimal | None = None
    p_value: Decimal | None = None
    flip_count: int | None = None
