"""The graph type of a period of the tenant's calendar, and the arguments of the list of them."""

from datetime import date
from typing import Any

from api.kernel.schema.declarations import argument, part, value
from domain.kpis.enums import KpiFrequency
from domain.kpis.series import MAX_POINTS
from persistence.kpis.tenant_periods import KPI_PERIOD


@part(KPI_PERIOD)
class KpiPeriod:
    """A period of the tenant's calendar."""

    label: str = value("The label, such as `2026-03`, `2026-W09` or `FY2026-Q1`.")
    starts_on: date = value("The first day.")
    last_day: date = value("The last day.")
    is_over: bool = value("Whether its last day is before today.")


PERIOD_ARGUMENTS: dict[str, Any] = {
    "frequency": argument(KpiFrequency, "How long a period is.", is_required=True),
    "from_": argument(date, "A day in the first period.", is_required=True, graph_name="from"),
    "to": argument(date, "A day in the last period.", is_required=True),
}
ABOUT_PERIODS = (
    "The periods from one day to another, in their order: what a form for entering values shows. At"
    f" most {MAX_POINTS}, the latest ones."
)
