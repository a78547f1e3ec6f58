"""The entries of a scorecard: its KPIs with order, weight and hints for their layout."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from domain.kernel.aggregate import Part
from domain.kernel.fields import EDITABLE, SingleLine, WholeNumber
from domain.scorecards import policy

MAX_ENTRIES = 50

EntryValues = tuple[UUID, dict[str, Any]]
"""The KPI of an entry, and the editable attributes that an input gives."""


class ScorecardEntrySize(StrEnum):
    """How much room an entry takes."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


@dataclass(kw_only=True, eq=False)
class ScorecardEntry(Part):
    """A KPI on a scorecard. Its weight counts in the overall score, unless it is 0."""

    NAME = "scorecard_entry"
    SEE = policy.SEE_ENTRY

    scorecard_id: UUID
    kpi_id: UUID
    position: int
    weight: Annotated[int, WholeNumber("The weight", 0, 100), EDITABLE] = 1
    heading: Annotated[str | None, SingleLine("The heading", 100), EDITABLE] = None
    size: Annotated[ScorecardEntrySize, EDITABLE] = ScorecardEntrySize.MEDIUM
    grid_column: Annotated[int | None, WholeNumber("The column", 1, 12), EDITABLE] = None
    grid_row: Annotated[int | None, WholeNumber("The row", 1, 200), EDITABLE] = None
