"""Batches in which each row has an outcome of its own, and a refused row refuses only itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from domain.kernel.errors import Refusal


class RowOutcome(StrEnum):
    """What became of a row of a batch."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True)
class RowResult:
    """The outcome of a row, and what is wrong with it.

    The paths of faults and warnings begin at the row. A warning rejects nothing.
    """

    outcome: RowOutcome
    faults: Sequence[Refusal] = ()
    warnings: Sequence[Refusal] = ()


@dataclass(frozen=True)
class RowResults:
    """The results of all rows in their order, and the ids of the aggregates that they name."""

    rows: Sequence[RowResult]
    object_ids: Sequence[UUID]
