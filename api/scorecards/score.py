"""The graph types of the overall score of a scorecard."""

from typing import TYPE_CHECKING

from api.kernel.schema.declarations import graph_enum, list_of, one, part, value
from domain.kpis import KpiTargetStatus
from domain.scorecards import MAX_ENTRIES
from domain.scorecards.scores import ScorecardMissing, ScorecardScoreGap, ScorecardScoreMethod
from persistence.scores import SCORE, SCORE_PART

if TYPE_CHECKING:
    from api.scorecards.scorecard import ScorecardEntry

figure = value
"""The attribute `value` hides the function of that name in a class."""

graph_enum(
    ScorecardScoreMethod,
    "How a score is computed. More may be added.",
    status_points="The mean of the points of the KPIs by their weights. A KPI has the points of its"
    " status against the target: GREEN 1, AMBER 0.5, RED 0. KPIs without a status, archived ones"
    " and those with the weight 0 are left out.",
)
graph_enum(
    ScorecardMissing,
    "Why a KPI does not count in a score; the first reason that applies.",
    no_weight="Its weight is 0.",
    archived="It is archived.",
    not_measured="It has no value.",
    not_applicable="It does not apply in its newest period.",
    suppressed="Its newest value is about few people, and suppressed for all readers.",
    no_target="It has a value, but no target.",
)
graph_enum(
    ScorecardScoreGap,
    "Why a scorecard has no score.",
    no_kpis="It has no KPIs that the viewer may see.",
    no_weights="All KPIs have the weight 0.",
    nothing_to_count="No KPI has both a value and a target.",
)


@part(SCORE_PART)
class ScorecardScorePart:
    """What one KPI adds to the score of a scorecard."""

    entry: "ScorecardEntry | None" = one("The entry with the KPI. Never null.")
    weight: int = value("The weight of the entry.")
    status: KpiTargetStatus = value("The status of the KPI: that of its newest period.")
    period: str | None = value(
        "The label of that period, such as `2026-03`. Null when nothing is measured yet."
    )
    points: float | None = value("The points of the status, from 0 to 1. Null when it is left out.")
    contribution: float | None = value(
        "The points times the weight, divided by all weights that count. The contributions add up"
        " to the score. Null when it is left out."
    )
    missing: ScorecardMissing | None = value("Why the KPI is left out. Null when it counts.")
    is_provisional: bool = value("Whether it counts and its period is not over yet.")
    is_overdue: bool = value(
        "Whether it counts with an old value, because the value of the next period is overdue."
    )


@part(SCORE)
class ScorecardScore:
    """One figure for the KPIs of a scorecard that the viewer may see. The others never count."""

    method: ScorecardScoreMethod = figure("How the score is computed.")
    value: float | None = figure("The score, from 0 to 1. Null when nothing can be counted.")
    gap: ScorecardScoreGap | None = figure("Why there is no score. Null when there is one.")
    coverage: float | None = figure(
        "The share of the weights that counts: 1 when no KPI is left out. Null without weights."
    )
    is_provisional: bool = figure("Whether a period that counts is not over yet.")
    sentence: str = figure(
        "The score as a sentence in English, with what is left out, provisional and overdue."
    )
    parts: list[ScorecardScorePart] = list_of(
        f"What each KPI adds, in the order of the entries; {MAX_ENTRIES} at most.", usual_size=10
    )
