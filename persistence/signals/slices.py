"""The charts of slices: natural limits and signals of the values of one member.

Baselines and excluded days are those of the KPI.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import FromClause, Subquery, select, true

from persistence.kernel.schema.tables import shared_alias
from persistence.kpis import KPI_MEMBER, kpis
from persistence.kpis.dimensions import MEMBER
from persistence.reading.read_model import FieldContext, Row
from persistence.signals.limits import KPI_LIMITS, build_all_limits, build_newest_limits
from persistence.signals.runs import KPI_SIGNAL, build_signals

Build = Callable[[Row, FieldContext], Subquery]


def _of_slice(build: Build) -> Callable[[Row, FieldContext], FromClause]:
    """Return the rows of a KPI's chart over the values of a member."""

    def build_rows(member: Row, context: FieldContext) -> FromClause:
        kpi = shared_alias(kpis)
        subject = (
            select(*kpi.c, member.c.id.label(MEMBER))
            .where(kpi.c.tenant_id == context.facts.tenant(), kpi.c.id == member.c.kpi_id)
            .correlate_except(kpi)
            .subquery()
        )
        element: Any = build(subject, context).element
        rows = element.lateral()
        return (
            select(*rows.c)
            .select_from(subject.join(rows, true()))
            .correlate_except(subject, rows)
            .subquery()
        )

    return build_rows


KPI_MEMBER.computed_one("natural_limits", KPI_LIMITS, _of_slice(build_newest_limits))
KPI_MEMBER.computed_list(
    "limits_by_baseline", KPI_LIMITS, _of_slice(build_all_limits), order="baseline"
)
KPI_MEMBER.computed_list("signals", KPI_SIGNAL, _of_slice(build_signals), order="ordinal")
