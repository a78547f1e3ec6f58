"""Targets of KPIs: what values should be, and how they compare with it."""

from domain.kpis.targets.bands import Bands, derive_bands
from domain.kpis.targets.enums import KpiTargetKind, KpiTargetSpan, KpiTargetStatus
from domain.kpis.targets.target import KpiTarget, find_target

__all__ = [
    "Bands",
    "KpiTarget",
    "KpiTargetKind",
    "KpiTargetSpan",
    "KpiTargetStatus",
    "derive_bands",
    "find_target",
]
