"""KPIs for tests."""

from datetime import date
from decimal import Decimal
from typing import Any

from domain.kernel.identity import PersonId
from domain.kpis import Kpi, KpiFrequency, KpiScope, KpiScopeKind, KpiVisibility
from domain.kpis.calendar import PeriodCalendar
from domain.kpis.dimensions import KpiDimension
from domain.kpis.measurements import (
    KpiMeasurement,
    KpiMeasurementSource,
    KpiMeasurementState,
)
from domain.organizations import Organization
from domain.people import Person
from domain.teams import Team
from tests.factories.actors import NOW

BEGUN_ON = date(2026, 1, 1)
"""The first day of the first definition."""


def a_kpi(
    scope: Organization | Team,
    owner: Person,
    name: str = "On-time delivery",
    visibility: KpiVisibility = KpiVisibility.TENANT,
    *viewers: Person,
    frequency: KpiFrequency = KpiFrequency.MONTHLY,
    **definition: Any,
) -> Kpi:
    """Build a KPI of an organization or a team."""
    kpi = Kpi.create(
        scope.tenant_id,
        KpiScope(KpiScopeKind(scope.NAME), scope.id),
        owner_id=owner.id,
        frequency=frequency,
        name=name,
        visibility=visibility,
        viewer_ids={PersonId(each.id) for each in viewers},
    )
    kpi.define(definition, BEGUN_ON, at=NOW)
    kpi.events.clear()
    return kpi


def a_dimension(kpi: Kpi, key: str = "shift") -> KpiDimension:
    """Build a dimension without members."""
    return KpiDimension(
        tenant_id=kpi.tenant_id, kpi_id=kpi.id, key=key, name=key.title(), position=0
    )


def a_measurement(kpi: Kpi, value: str, day: date = date(2026, 5, 1)) -> KpiMeasurement:
    """Build the value of the period of a day."""
    period = PeriodCalendar().find(kpi.frequency, day)
    return KpiMeasurement(
        tenant_id=kpi.tenant_id,
        kpi_id=kpi.id,
        period_ordinal=period.ordinal,
        starts_on=period.starts_on,
        state=KpiMeasurementState.MEASURED,
        value=Decimal(value),
        source=KpiMeasurementSource.IMPORTED,
        external_reference="ledger-5",
        recorded_at=NOW,
    )
