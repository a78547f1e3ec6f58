"""Signals of the process behaviour chart as rules see them: the same that `Kpi.signals` shows."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from domain.alerts.enums import AlertCondition
from domain.alerts.points import Measured
from domain.alerts.rules import AlertRule
from domain.annotations import Annotation, AnnotationScopeKind
from domain.kernel.aggregate import Aggregate
from domain.kernel.background_tasks import TaskHandler
from domain.kernel.permissions import Permission
from domain.kernel.unit_of_work import Work
from domain.kpis import Kpi, build_evaluation
from domain.kpis.analysis.behaviour import ChartValue, Signal, find_signals
from domain.kpis.calendar import PeriodCalendar
from domain.organizations import Organization
from domain.teams import Team

Days = tuple[date, date]
"""The first and the last day of an annotation."""


async def evaluate_all(work: Work) -> None:
    """Let all KPIs whose signals may follow from annotations be evaluated."""
    rows = await work.find_values(AlertRule, ("kpi_id",), condition=[AlertCondition.SIGNAL])
    for kpi_id in dict.fromkeys(kpi_id for (kpi_id,) in rows):
        work.enqueue(build_evaluation(kpi_id))


ANNOTATION_EVALUATION = TaskHandler(evaluate_all, frozenset({Permission.KPIS_MANAGE}))
"""The handler of the task that follows each change of an annotation."""


async def load_left_out(work: Work, kpi: Kpi) -> list[Days]:
    """Return the days that annotations leave out of the baselines of a KPI.

    They are those of the KPI, of its unit and the units above, and of the tenant.
    """
    scopes: dict[str, list[Any]] = {
        "scope_kind": [AnnotationScopeKind.TENANT],
        "kpi_id": [kpi.id],
        "organization_id": await _list_units(work, kpi),
        "team_id": await _list_with_ancestors(work, Team, kpi.team_id),
    }
    found, names = list[Days](), ("starts_on", "last_day")
    for attribute, values in scopes.items():
        if values:
            keys = {attribute: values, "is_excluded_from_baselines": [True for _ in values]}
            rows = await work.find_values(Annotation, names, **keys)
            found += [(starts_on, last_day) for starts_on, last_day in rows]
    return found


def find_signals_of(
    kpi: Kpi,
    rule: AlertRule,
    measured: Sequence[Measured],
    calendar: PeriodCalendar,
    left_out: Sequence[Days],
) -> Mapping[int, Signal]:
    """Return the signals among the values of a KPI, by the ordinals of their periods."""
    values = dict[int, ChartValue]()
    for each in measured:
        period = calendar.get(kpi.frequency, each.ordinal)
        is_hole = any(
            starts_on <= period.last_day and last_day >= each.starts_on
            for starts_on, last_day in left_out
        )
        if each.value is not None and not is_hole:
            values[each.ordinal] = ChartValue(each.ordinal, each.starts_on, each.value)
    if rule.by_previous_year:
        values = _subtract_previous_year(kpi, values, calendar)
    return find_signals([*values.values()], [each.starts_on for each in kpi.baselines])


def _subtract_previous_year(
    kpi: Kpi, values: Mapping[int, ChartValue], calendar: PeriodCalendar
) -> dict[int, ChartValue]:
    found = dict[int, ChartValue]()
    for ordinal, each in values.items():
        earlier = calendar.find_previous_year(calendar.get(kpi.frequency, ordinal))
        if earlier is not None and earlier.ordinal in values:
            difference = each.value - values[earlier.ordinal].value
            found[ordinal] = ChartValue(ordinal, each.starts_on, difference)
    return found


async def _list_units(work: Work, kpi: Kpi) -> list[UUID]:
    """Return the organization of a KPI, or of its team, with those above it."""
    unit_id = kpi.organization_id
    if kpi.team_id is not None:
        ((unit_id,),) = await work.find_values(Team, ("organization_id",), id=[kpi.team_id])
    return await _list_with_ancestors(work, Organization, unit_id)


async def _list_with_ancestors(work: Work, kind: type[Aggregate], id: UUID | None) -> list[UUID]:
    return [] if id is None else [*{id, *await work.ancestors(kind, id)}]
