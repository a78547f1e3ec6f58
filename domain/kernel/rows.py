"""Batches in which each row has an outcome of its own, and a refused row refuses only itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from domain.kernel.errors import Refusal


class RowOutcome(StrEnum):
    """What became of a row of a batch."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DEFERRED = "deferred"
    REJECTED = "rejected"


class Difference(NamedTuple):
    """A field of a row, and its value before and after, in the form of the row.

    `kind` is the class of the aggregates that the field names by their ids.
    """

    field: str
    before: Any
    after: Any
    kind: type | None = None


@dataclass(frozen=True)
class ResolvedReference:
    """A reference of an earlier row that named this one before it was there."""

    kind: type
    id: UUID
    field: str


@dataclass(frozen=True)
class RowResult:
    """The outcome of a row, and what is wrong with it.

    The paths of faults and warnings begin at the row. A warning rejects nothing. `differences` and
    `resolved` are those of an upsert.
    """

    outcome: RowOutcome
    faults: Sequence[Refusal] = ()
    warnings: Sequence[Refusal] = ()
    differences: Sequence[Difference] = ()
    resolved: Sequence[ResolvedReference] = ()


@dataclass(frozen=True)
class RowResults:
    """The results of all rows in their order, and the ids of the aggregates that they name.

    `are_stored` says whether anything was stored that the results tell of.
    """

    rows: Sequence[RowResult]
    object_ids: Sequence[UUID]
    are_stored: bool = True
