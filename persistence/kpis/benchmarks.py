"""Benchmarks of KPIs: the table, and the benchmark beside each point of a series."""

from typing import Any

from sqlalchemy import (
    Date,
    FromClause,
    Integer,
    Numeric,
    Text,
    Uuid,
    cast,
    false,
    func,
    null,
    select,
    true,
)
from sqlalchemy.types import TypeEngine

from domain.kpis.analysis.peers import KpiPosition
from domain.kpis.benchmarks import KpiBenchmark
from persistence.concept import register_part
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    EnumText,
    entity_table,
    parent_foreign_key,
    tenant_index,
)
from persistence.kernel.sql_literals import literal_number
from persistence.kpis.comparing import DEFINED
from persistence.kpis.definitions import KPI
from persistence.kpis.peers import POSITION, SAY_POSITION
from persistence.kpis.sentences import write_number
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql

ONE = literal_number(1)
kpi_benchmarks = entity_table(
    "kpi_benchmarks",
    *columns_of(KpiBenchmark),
    parent_foreign_key("kpi_id", "kpis"),
    tenant_index("kpi_id", "source", "cohort", "starts_on", unique=True),
    tenant_index("kpi_id", "starts_on", "id"),
    prefix="kpibenchmark",
)
KPI_BENCHMARK = register_part(KpiBenchmark, kpi_benchmarks, order=("-starts_on",))
KPI_BENCHMARK.belongs_to(
    KPI, foreign_key="kpi_id", one="kpi", many="benchmarks", inherits_visibility=True
)
KPI_BENCHMARK_POSITION = ReadModel("KpiBenchmarkPosition", None)

QUARTILES = ("lower_quartile", "median", "upper_quartile")
FIGURES = {
    "benchmark_id": "id",
    "benchmark_source": "source",
    "benchmark_cohort": "cohort",
    "benchmark_size": "sample_size",
    "benchmark_last_day": "last_day",
    **{name: name for name in QUARTILES},
}
SENTENCE = f"""({{source}} || ' (' || {{cohort}} || coalesce(', ' || {{size}}::text, '')
 || ', until ' || to_char({{last_day}}, 'YYYY-MM-DD') || '): half of them lie from ' || {{low}}
 || ' to ' || {{high}} || ', with the median ' || {{middle}} || '.'
 || {SAY_POSITION})"""


def join_benchmarks(context: FieldContext, series: Row, points: FromClause) -> FromClause:
    """Return the points with their benchmark: the newest that had begun by their last day.

    Figures of a KPI's own period say nothing about longer ones.
    """
    benchmark = kpi_benchmarks.alias()
    conditions = (
        benchmark.c.tenant_id == context.facts.tenant(),
        benchmark.c.kpi_id == series.c.id,
        benchmark.c.starts_on < points.c.ends_before,
        series.c.interval == series.c.frequency,
        benchmark.c.cohort == func.coalesce(series.c.cohort, benchmark.c.cohort),
    )
    newest = (
        select(*(benchmark.c[column].label(name) for name, column in FIGURES.items()))
        .where(*conditions)
        .order_by(benchmark.c.starts_on.desc(), benchmark.c.id)
        .limit(ONE)
        .correlate_except(benchmark)
        .lateral()
    )
    return (
        select(*points.c, *newest.c)
        .select_from(points.outerjoin(newest, true()))
        .correlate_except(points, newest)
        .subquery()
    )


NO_BENCHMARK: dict[str, TypeEngine[Any]] = {
    **dict.fromkeys((*DEFINED, "benchmark_source", "benchmark_cohort"), Text()),
    **dict.fromkeys(("decimals", "benchmark_size"), Integer()),
    **dict.fromkeys(("value", *QUARTILES), Numeric()),
    "benchmark_id": Uuid(),
    "benchmark_last_day": Date(),
}
"""The columns of the position of a point, to select none."""


def select_benchmark(point: Row, _: FieldContext) -> FromClause:
    """Select the benchmark beside a point; no row where there is none, or none was asked for."""
    if "benchmark_id" not in point.c:
        nothing = (cast(null(), type_).label(name) for name, type_ in NO_BENCHMARK.items())
        return select(*nothing).where(false()).subquery()
    found = select(*(point.c[name] for name in NO_BENCHMARK))
    return found.where(point.c.benchmark_id.is_not(None)).correlate(point).subquery()


def _build_position(row: Row) -> Sql:
    names = {"lower": "lower_quartile", "upper": "upper_quartile"}
    parts = {part: row.c[name] for part, name in names.items()}
    parts |= {name: row.c[name] for name in ("value", "median", "direction")}
    return SqlTemplate(POSITION, EnumText(KpiPosition), **parts)


def _build_sentence(row: Row) -> Sql:
    shown = {"low": "lower_quartile", "middle": "median", "high": "upper_quartile"}
    return SqlTemplate(
        SENTENCE,
        Text(),
        **{name: row.c[f"benchmark_{name}"] for name in ("source", "cohort", "size", "last_day")},
        **{part: write_number(row, row.c[name]) for part, name in shown.items()},
        position=_build_position(row),
    )


KPI_BENCHMARK_POSITION.value("sentence", lambda row, _: _build_sentence(row))
KPI_BENCHMARK_POSITION.value("position", lambda row, _: _build_position(row))
KPI_BENCHMARK_POSITION.one(
    "benchmark",
    KPI_BENCHMARK,
    lambda row, benchmark, _: benchmark.c.id == row.c.benchmark_id,
    inherits_visibility=True,
)
