"""The graph type of a target."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from api.kernel.schema.declarations import graph_enum, one, part
from api.kernel.schema.declarations import value as field
from domain.kpis.targets import KpiTargetKind, KpiTargetSpan, KpiTargetStatus
from persistence.kpis import KPI_TARGET

if TYPE_CHECKING:
    from api.kpis.dimensions import KpiDimensionMember
    from api.kpis.kpi import Kpi

graph_enum(
    KpiTargetKind,
    "What a target asks of a value.",
    at_least="The value is at least the target.",
    at_most="The value is at most the target.",
    between="The value lies in a range. Both ends belong to it.",
    increase_to="The value rises from the start value to the target, or higher.",
    decrease_to="The value falls from the start value to the target, or lower.",
)
graph_enum(
    KpiTargetSpan,
    "Over which time a target has to be reached.",
    period="Each period has to reach it on its own.",
    fiscal_year="The values of a fiscal year have to add up to it. It starts again with each year."
    " Only for KPIs whose values are summed over time.",
)
graph_enum(
    KpiTargetStatus,
    "How a value compares with its target.",
    green="The target is reached.",
    amber="The target is missed, but the value is within the tolerance.",
    red="The target is missed by more than the tolerance.",
    no_target="There is a value, but no target.",
    not_measured="There is no value.",
    not_applicable="The KPI does not apply in this period.",
    suppressed="There is a value, but it is about few people, so it is not shown.",
)


@part(
    KPI_TARGET,
    where=("starts_on", "last_day", "kind", "span", "value"),
    order_by=("starts_on",),
)
class KpiTarget:
    """What the values of a KPI should be, from a day until the next target begins.

    A period has the target of its last day.
    """

    member: "KpiDimensionMember | None" = one(
        "The member of a dimension whose target it is. Null for the total."
    )
    starts_on: date = field("The first day of the target.")
    last_day: date | None = field(
        "The last day of the target. Null when it holds until the next one begins."
    )
    kind: KpiTargetKind = field("What the target asks of a value.")
    span: KpiTargetSpan = field("Over which time the target has to be reached.")
    value: Decimal = field("The target, in the unit of the KPI. The lower end of a range.")
    upper_value: Decimal | None = field(
        "The upper end of a range. Only BETWEEN has one, and needs it. Null for other kinds."
    )
    start_value: Decimal | None = field(
        "The value from which attainment is measured. INCREASE_TO and DECREASE_TO need it; BETWEEN"
        " and the span FISCAL_YEAR have none. Null when there is none."
    )
    green_from: Decimal | None = field(
        "The lowest value that is green: the target, unless another is given. Null when there is"
        " no lower edge."
    )
    green_to: Decimal | None = field(
        "The highest value that is green: the target, or the upper end of a range, unless another"
        " is given. Null when there is no upper edge."
    )
    amber_from: Decimal | None = field(
        "The lowest value that is amber; lower ones are red. Equal to `greenFrom` when nothing is"
        " amber. Null when there is no lower edge."
    )
    amber_to: Decimal | None = field(
        "The highest value that is amber; higher ones are red. Equal to `greenTo` when nothing is"
        " amber. Null when there is no upper edge."
    )
    reason: str | None = field("Why the target was set, corrected or ended. Null when not given.")
    recorded_at: datetime = field("When the target was recorded, or last corrected or ended.")
    kpi: "Kpi | None" = one("The KPI. Null when the viewer may not see it.")
