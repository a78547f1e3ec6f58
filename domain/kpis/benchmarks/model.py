"""A benchmark: how others do who measure the same, as quartiles.

A KPI may have many, so they are parts that it never loads.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.access import InheritedFrom
from domain.kernel.aggregate import Part
from domain.kernel.fields import ExactNumber, SingleLine, WholeNumber
from domain.kpis.policy import SEE

SOURCE = SingleLine("The source", max_length=200, advice="Name the study, such as its title.")
MAX_COHORT_LENGTH = 200
COHORT = SingleLine("The cohort", max_length=MAX_COHORT_LENGTH, advice="Say whom the study asked.")
SAMPLE_SIZE = WholeNumber("The number of participants", 1, 2_000_000_000)
FIGURE = ExactNumber()


@dataclass(kw_only=True, eq=False)
class KpiBenchmark(Part):
    """The quartiles of a cohort from one day to another, by one source."""

    NAME = "kpi_benchmark"
    SEE: ClassVar = InheritedFrom("kpi_id", "kpi", SEE)

    kpi_id: UUID
    source: Annotated[str, SOURCE]
    cohort: Annotated[str, COHORT]
    starts_on: date
    last_day: date
    sample_size: Annotated[int | None, SAMPLE_SIZE] = None
    lower_quartile: Annotated[Decimal, FIGURE]
    median: Annotated[Decimal, FIGURE]
    upper_quartile: Annotated[Decimal, FIGURE]
    mean: Annotated[Decimal | None, FIGURE] = None
    imported_at: datetime
