"""The settings of the calendar: they hold as long as values depend on them.

A value belongs to a period. With another calendar, the same period would have other days.
"""

from collections.abc import Mapping
from typing import Any

from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import to_camel_case
from domain.kernel.unit_of_work import Work
from domain.kpis.enums import KpiFrequency
from domain.kpis.formulas.inputs import ADVERBS
from domain.kpis.measurements.model import KpiMeasurement
from domain.kpis.model import Kpi
from domain.tenants import Tenant

DEPENDENT: Mapping[str, tuple[KpiFrequency, ...]] = {
    "week_start": (KpiFrequency.DAILY, KpiFrequency.WEEKLY),
    "fiscal_year_start_month": (
        KpiFrequency.DAILY,
        KpiFrequency.MONTHLY,
        KpiFrequency.QUARTERLY,
        KpiFrequency.ANNUAL,
    ),
    "fiscal_year_named_by": (KpiFrequency.QUARTERLY, KpiFrequency.ANNUAL),
}
"""The frequencies whose periods, or the weeks or years around them, follow from a setting."""


async def refuse_calendar_change(work: Work, tenant: Tenant, settings: Mapping[str, Any]) -> None:
    """Refuse another calendar while KPIs have values by the present one. Raises Invalid."""
    for name, frequencies in DEPENDENT.items():
        if name not in settings or settings[name] == getattr(tenant, name):
            continue
        for frequency in frequencies:
            if await work.has_records(Kpi, KpiMeasurement, frequency=frequency):
                message = (
                    f"KPIs that are measured {ADVERBS[frequency]} have values by the present"
                    " calendar. Withdraw these values first, or keep the setting."
                )
                raise Invalid(message, to_camel_case(name), code=Code.STATE_CONFLICT)
