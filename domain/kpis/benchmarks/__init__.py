"""Benchmarks of KPIs: figures of others, which people import from studies."""

from domain.kpis.benchmarks.importing import MAX_ROWS, BenchmarkRow, import_benchmarks
from domain.kpis.benchmarks.model import (
    COHORT,
    FIGURE,
    MAX_COHORT_LENGTH,
    SAMPLE_SIZE,
    SOURCE,
    KpiBenchmark,
)

__all__ = [
    "COHORT",
    "FIGURE",
    "MAX_COHORT_LENGTH",
    "MAX_ROWS",
    "SAMPLE_SIZE",
    "SOURCE",
    "BenchmarkRow",
    "KpiBenchmark",
    "import_benchmarks",
]
