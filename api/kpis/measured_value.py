"""The graph type of what Trellis measures as of a day."""

from datetime import date
from decimal import Decimal

from api.kernel.schema.declarations import part, value
from domain.kpis.own_data.measures import KpiMeasure
from domain.kpis.series import KpiPointState
from persistence.kpis import KPI_MEASURED_VALUE

MEASURED_VALUE_COST = 100
"""The price in points: 25 ms of the database, as for 1,000 people. More is charged afterwards."""

figure = value
"""The attribute `value` hides the function of that name in a class."""


@part(KPI_MEASURED_VALUE)
class KpiMeasuredValue:
    """What Trellis measures in the period of a day, counted up to that day."""

    measure: KpiMeasure = figure("What is measured.")
    period: str = figure("The label of the period of the day.")
    starts_on: date = figure("The first day of the period.")
    as_of: date = figure("The last day that counts: the requested one, or today.")
    state: KpiPointState = figure(
        "Whether there is a value. SUPPRESSED where it is about few people."
    )
    item_count: int | None = figure(
        "How many people the value is about. Null when it is suppressed."
    )
    value: Decimal | None = figure(
        "The value, rounded to 12 decimals. Null when it is suppressed or not applicable."
    )
