"""Measurements of a KPI: one value for each period, for the total and for each slice."""

from domain.kpis.measurements.model import (
    COMMENT,
    CORRECTION_REASON,
    EXTERNAL_REFERENCE,
    ITEM_COUNT,
    PERIOD,
    VALUE,
    KpiMeasurement,
    KpiMeasurementRevision,
    KpiMeasurementSource,
    KpiMeasurementState,
)
from domain.kpis.measurements.rows import MeasurementRow

__all__ = [
    "COMMENT",
    "CORRECTION_REASON",
    "EXTERNAL_REFERENCE",
    "ITEM_COUNT",
    "PERIOD",
    "VALUE",
    "KpiMeasurement",
    "KpiMeasurementRevision",
    "KpiMeasurementSource",
    "KpiMeasurementState",
    "MeasurementRow",
]
