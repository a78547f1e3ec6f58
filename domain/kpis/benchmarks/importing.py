"""The import of benchmarks: a batch of rows, each with its outcome.

A row is known again by its KPI, source, cohort and first day. So the same batch may be sent twice.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.kernel.errors import (
    Code,
    Invalid,
    LimitExceeded,
    NotFound,
    NotPermitted,
    Refusal,
    StateConflict,
)
from domain.kernel.rows import RowOutcome, RowResult, RowResults
from domain.kernel.unit_of_work import Work
from domain.kpis.benchmarks.model import COHORT, SOURCE, KpiBenchmark
from domain.kpis.definitions import CURRENCY, find_definition
from domain.kpis.enums import KpiUnit
from domain.kpis.model import Kpi

MAX_ROWS, MAX_KPIS = 500, 100
MAX_BENCHMARKS = 500
"""The most benchmarks of one KPI."""

Key = tuple[UUID, str, str, date]
FIGURES = ("last_day", "sample_size", "lower_quartile", "median", "upper_quartile", "mean")


@dataclass(frozen=True, kw_only=True)
class BenchmarkRow:
    """The figures of a cohort; `unit` and `currency` say what they are meant in."""

    kpi_id: UUID
    source: str
    cohort: str
    starts_on: date
    last_day: date
    unit: KpiUnit
    currency: str | None = None
    sample_size: int | None = None
    lower_quartile: Decimal
    median: Decimal
    upper_quartile: Decimal
    mean: Decimal | None = None

    @property
    def key(self) -> Key:
        """What identifies the benchmark."""
        source, cohort = SOURCE.check(self.source), COHORT.check(self.cohort)
        assert source is not None, "A row names its source."
        assert cohort is not None, "A row names its cohort."
        return self.kpi_id, source, cohort, self.starts_on

    @property
    def figures(self) -> dict[str, Any]:
        """What the row says about the benchmark."""
        return {name: getattr(self, name) for name in FIGURES}


async def import_benchmarks(
    work: Work,
    rows: Sequence[BenchmarkRow],
    faults: Mapping[int, Sequence[Refusal]],
    *,
    is_dry_run: bool = False,
) -> RowResults:
    """Add and correct benchmarks, and return the outcome of each row in the order of the rows.

    `faults` are those that each row has by itself. A row with faults refuses only itself.
    """
    if len({each.kpi_id for each in rows}) > MAX_KPIS:
        message = f"A batch has benchmarks of at most {MAX_KPIS} KPIs. Send several batches."
        raise LimitExceeded(message, "rows")
    kpis = await _load_kpis(work, rows)
    batch = _Batch({id: each for id, each in kpis.items() if isinstance(each, Kpi)}, work.now)
    if not is_dry_run:
        await work.lock([*batch.kpis.values()])
    await batch.load_known(work)
    results = list[RowResult]()
    for index, row in enumerate(rows):
        found = kpis.get(row.kpi_id)
        refused = [found] if isinstance(found, Refusal) else faults.get(index, ())
        results.append(batch.apply(row, refused, is_known=found is not None))
    if not is_dry_run:
        work.write_records(added=batch.added, changed=batch.changed)
        counts = Counter(each.kpi_id for each in (*batch.added, *batch.changed))
        for id, count in counts.items():
            batch.kpis[id].record_benchmarks(count)
    return RowResults(results, [*kpis])


async def _load_kpis(work: Work, rows: Sequence[BenchmarkRow]) -> dict[UUID, Kpi | Refusal]:
    """Load each KPI once, or return why its benchmarks cannot be imported."""
    found = dict[UUID, Kpi | Refusal]()
    for id in dict.fromkeys(each.kpi_id for each in rows if each.kpi_id is not None):
        try:
            found[id] = await work.get(Kpi, id, to=Kpi.IMPORT_BENCHMARKS)
        except NotFound as refusal:
            found[id] = Invalid(str(refusal), "kpiId", code=Code.REFERENCE_NOT_FOUND)
        except (NotPermitted, StateConflict) as refusal:
            found[id] = type(refusal)(str(refusal), "kpiId")
    return found


@dataclass
class _Batch:
    """The KPIs of a batch that the actor may edit, and what its rows change."""

    kpis: Mapping[UUID, Kpi]
    at: datetime
    known: dict[Key, KpiBenchmark] = field(default_factory=dict)
    numbers: Counter[UUID] = field(default_factory=Counter)
    seen: set[Key] = field(default_factory=set)
    added: list[KpiBenchmark] = field(default_factory=list)
    changed: list[KpiBenchmark] = field(default_factory=list)

    async def load_known(self, work: Work) -> None:
        """Load the benchmarks of the KPIs."""
        for each in await work.find_records(KpiBenchmark, kpi_id=[*self.kpis]):
            self.known[each.kpi_id, each.source, each.cohort, each.starts_on] = each
            self.numbers[each.kpi_id] += 1

    def apply(self, row: BenchmarkRow, refused: Sequence[Refusal], *, is_known: bool) -> RowResult:
        """Return the outcome of a row, and keep the change that it makes."""
        if refused or not is_known:
            return RowResult(RowOutcome.REJECTED, faults=refused)
        faults = [*self._find_faults(row)]
        if faults:
            return RowResult(RowOutcome.REJECTED, faults=faults)
        self.seen.add(row.key)
        before = self.known.get(row.key)
        if before is None:
            kpi_id, source, cohort, starts_on = row.key
            self.numbers[kpi_id] += 1
            made = KpiBenchmark(
                tenant_id=self.kpis[kpi_id].tenant_id,
                kpi_id=kpi_id,
                source=source,
                cohort=cohort,
                starts_on=starts_on,
                imported_at=self.at,
                **row.figures,
            )
            self.added.append(made)
            return RowResult(RowOutcome.CREATED)
        if all(getattr(before, name) == value for name, value in row.figures.items()):
            return RowResult(RowOutcome.UNCHANGED)
        self.changed.append(replace(before, imported_at=self.at, **row.figures))
        return RowResult(RowOutcome.UPDATED)

    def _find_faults(self, row: BenchmarkRow) -> Iterator[Refusal]:
        yield from _find_value_faults(row)
        kpi = self.kpis[row.kpi_id]
        definition = find_definition(kpi.definitions, row.last_day)
        if row.unit is not definition.unit:
            message = f"The KPI is measured in {definition.unit.upper()}. Convert the figures."
            yield Invalid(message, "unit")
        elif CURRENCY.check(row.currency) != definition.currency:
            wanted = f"in {definition.currency}" if definition.currency else "in no currency"
            yield Invalid(f"The KPI is measured {wanted}. Convert the figures.", "currency")
        if row.key in self.seen:
            message = "An earlier row is about the same source, cohort and day. Remove one."
            yield Invalid(message, "startsOn", code=Code.NOT_UNIQUE)
        elif row.key not in self.known and self.numbers[row.kpi_id] >= MAX_BENCHMARKS:
            message = f"A KPI has at most {MAX_BENCHMARKS} benchmarks. Use one that it has."
            yield LimitExceeded(message, "kpiId")


def _find_value_faults(row: BenchmarkRow) -> Iterator[Invalid]:
    if row.last_day < row.starts_on:
        message = "The last day lies before the first. Choose a later one."
        yield Invalid(message, "lastDay", code=Code.OUT_OF_RANGE)
    if row.median < row.lower_quartile:
        message = "The median is below the lower quartile. Check both figures."
        yield Invalid(message, "median", code=Code.OUT_OF_RANGE)
    if row.upper_quartile < row.median:
        message = "The upper quartile is below the median. Check both figures."
        yield Invalid(message, "upperQuartile", code=Code.OUT_OF_RANGE)
