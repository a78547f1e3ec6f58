"""Access rules of scorecards: those of KPIs, whose attributes they share, without recorders.

An entry is shown to those who see both the scorecard and its KPI. So a scorecard never shows more
than its KPIs do, and two people may see different entries of it.
"""

from domain.kernel.access import InheritedFrom
from domain.kpis import Kpi
from domain.kpis.policy import AUDIT, EDIT, MANAGE, OWNER_ATTRIBUTES, SEE_SHARED

SEE = EDIT | SEE_SHARED
SEE_HISTORY = EDIT | AUDIT & SEE
SEE_KPI_OF_ENTRY = InheritedFrom("kpi_id", "kpi", Kpi.SEE)
SEE_ENTRY = InheritedFrom("scorecard_id", "scorecard", SEE) & SEE_KPI_OF_ENTRY

__all__ = [
    "EDIT",
    "MANAGE",
    "OWNER_ATTRIBUTES",
    "SEE",
    "SEE_ENTRY",
    "SEE_HISTORY",
    "SEE_KPI_OF_ENTRY",
]
