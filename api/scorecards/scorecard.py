"""The graph types of a scorecard and its entries."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from api.kernel.schema.declarations import (
    Connection,
    argument,
    graph_enum,
    list_of,
    look_up,
    many,
    node,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.subscriptions import change_subscription
from api.kpis.kpi import KpiScope
from api.scorecards.score import ScorecardScore
from domain.kpis import KpiScopeKind, KpiVisibility
from domain.scorecards import ScorecardEntrySize, ScorecardStatus
from persistence.reading.read_model import ROOT
from persistence.scorecards import SCORECARD, SCORECARD_ENTRY

if TYPE_CHECKING:
    from api.kpi_reviews import KpiReviewSchedule
    from api.kpis import Kpi
    from api.people import Person

graph_enum(
    ScorecardStatus,
    "Whether a scorecard is in use.",
    active="In use.",
    archived="Not in use any more.",
)
graph_enum(
    ScorecardEntrySize,
    "How much room an entry of a scorecard takes.",
    small="Little, such as for one number.",
    medium="The usual room.",
    large="Much, such as for a chart.",
)


@part(SCORECARD_ENTRY)
class ScorecardEntry:
    """A KPI on a scorecard. It is listed for those who may see both."""

    position: int = value(
        "The place of the entry, from 0. Places of entries that the viewer may not see are left"
        " out."
    )
    weight: int = value(
        "How much the KPI counts in the score of the scorecard. With 0 it does not count."
    )
    heading: str | None = value(
        "A heading under which the entry is shown. Null for none. A hint for the frontend."
    )
    size: ScorecardEntrySize = value("How much room the entry takes. A hint for the frontend.")
    grid_column: int | None = value(
        "The first column of the entry in a grid of 12 columns. Null when the frontend decides."
    )
    grid_row: int | None = value(
        "The first row of the entry in a grid. Null when the frontend decides."
    )
    kpi: "Kpi | None" = one("The KPI. Never null.")


@node(
    SCORECARD,
    where=(
        "id",
        "name",
        "description",
        "scope_kind",
        "visibility",
        "status",
        "created_at",
        "updated_at",
        "scope",
        "owner",
    ),
    order_by=("name", "status", "created_at", "updated_at"),
)
class Scorecard:
    """A set of KPIs that an organization or a team looks at together: a dashboard as data.

    Two people may see different entries of it: each sees those whose KPI they may see.
    """

    name: str = value("The name.")
    description: str | None = value("A longer description. Null when there is none.")
    scope_kind: KpiScopeKind = value("The type of the scope.")
    scope: KpiScope | None = one("Whose scorecard it is. Null when the viewer may not see it.")
    owner: "Person | None" = one(
        "The person who keeps the scorecard. Null when the viewer may not see them."
    )
    visibility: KpiVisibility = value("Who may see the scorecard.")
    status: ScorecardStatus = value("Whether the scorecard is in use.")
    entries: list[ScorecardEntry] = list_of(
        "The KPIs in their order, 50 at most. Those that the viewer may not see are left out."
    )
    score: ScorecardScore = one(
        "One figure for all KPIs that the viewer may see, with what it is made of. Two people may"
        " get different ones. Never null.",
        as_of=argument(date, "The day that counts as today. Default: today."),
    )
    review_schedules: Connection["KpiReviewSchedule"] = many(
        "When the scorecard is reviewed.", usual_size=1
    )
    viewers: Connection["Person"] = many(
        "People who may see the scorecard whatever its visibility.", usual_size=3
    )


@input_type(one_of=True)
class ScorecardBy:
    """Identifies a scorecard by exactly one of these."""

    id: UUID | None = input_field("The scorecard's id.")


@queries(ROOT)
class ScorecardQueries:
    """Root fields of scorecards."""

    scorecard: Scorecard | None = look_up(
        "A scorecard. Null when there is none, or when the viewer may not see it.",
        "ScorecardBy",
        "How the scorecard is identified.",
    )
    scorecards: Connection[Scorecard] = many("All scorecards that the viewer may see.")


scorecard_changed = change_subscription(
    Scorecard,
    also="Also sends each change of a KPI on it that the viewer may see, such as a new value. Of"
    " changes that come together, it sends the last one.",
)
