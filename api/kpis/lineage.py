"""The graph types of the lineage of a KPI."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from api.kernel.schema.declarations import graph_enum, one, part, value
from domain.kpis.lineage import KpiLineageDirection, KpiLinkKind
from persistence.lineage import KPI_LINK

if TYPE_CHECKING:
    from api.alerts import Alert
    from api.goals import KeyResult
    from api.kpis.kpi import Kpi
    from api.scorecards import Scorecard

graph_enum(
    KpiLineageDirection,
    "On which side of a KPI something is.",
    upstream="The KPI depends on it.",
    downstream="It depends on the KPI.",
)
graph_enum(
    KpiLinkKind,
    "How something depends on a KPI. More kinds may be added.",
    formula_input="A formula reads the KPI, in any definition.",
    driver="The KPI drives another one.",
    scorecard="The KPI is on a scorecard.",
    key_result="A key result of a goal follows the KPI.",
    alert="An alert about the KPI is not closed.",
)

KpiLineageObject = Annotated[
    "Kpi | Scorecard | KeyResult | Alert",
    strawberry.union("KpiLineageObject", description="What a link of a lineage leads to."),
]


@part(KPI_LINK)
class KpiLineageLink:
    """A step from a KPI to what it depends on, or to what depends on it."""

    direction: KpiLineageDirection = value("Whether the step leads up or down.")
    depth: int = value("The number of the step, from 1, on the shortest way from the KPI.")
    kind: KpiLinkKind = value("How the one end depends on the other.")
    kpi: "Kpi | None" = one("The end that is nearer to the KPI, at first the KPI itself.")
    object: KpiLineageObject | None = one("The other end.")
