"""KPIs: tables, mapping and read models."""

from persistence.kpis.definitions import (
    KPI,
    KPI_DEFINITION,
    KPI_FORMULA_INPUT,
    kpi_definitions,
    kpi_formula_inputs,
    kpi_viewers,
    kpis,
)

__all__ = [
    "KPI",
    "KPI_DEFINITION",
    "KPI_FORMULA_INPUT",
    "kpi_definitions",
    "kpi_formula_inputs",
    "kpi_viewers",
    "kpis",
]
