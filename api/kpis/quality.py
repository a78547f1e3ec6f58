"""The graph types of the quality gate of a KPI, and of its audience."""

from datetime import date

from api.kernel.schema.declarations import graph_enum, part, value
from domain.kpis.quality import COMPARED_PERIODS, MAX_IN_FOCUS, KpiQualityCode
from persistence.kpis import KPI_AUDIENCE, KPI_QUALITY_CHECK

graph_enum(
    KpiQualityCode,
    "What a check of the quality of a KPI asks. More may be added.",
    purpose="Is its purpose a goal that is still open?",
    defined="Does its definition of today say how a value is calculated, in words or by a formula?",
    quantified="Does it have at least one value?",
    applicable="Does it apply to its unit in the newest period?",
    target="Does it have a target today?",
    owner="Has its owner not left?",
    shared="May people beside its owner and those who define KPIs see it?",
    communicated="Have enough people beside the owner looked at it in its last two periods, or in"
    " the last month, by `kpiMarkSeen`? Enough are as many as `Tenant.suppressionThreshold`. Not"
    " asked where fewer may see the KPI by its visibility.",
    measured_on_time="Is no value overdue? Always true for an irregular KPI.",
    reviewed="Did a review look at it in its last two periods, or in the last month?",
    slices_add_up=f"Is each recorded total of the newest {COMPARED_PERIODS} periods the sum of its"
    " slices? Checked for dimensions with `isComplete` whose slices are summed.",
    focus=f"Does its unit have at most {MAX_IN_FOCUS} active KPIs?",
)


@part(KPI_QUALITY_CHECK)
class KpiQualityCheck:
    """A check of the quality of a KPI. When it fails, this is advice and blocks nothing."""

    code: KpiQualityCode = value("What is checked.")
    passes: bool = value(
        "Whether the check passes. Goals, people and KPIs that the viewer may not see count as if"
        " they did not exist."
    )
    sentence: str = value("The answer in English; when the check fails, also what to do.")


@part(KPI_AUDIENCE)
class KpiAudience:
    """How many people may see a KPI, and how many have looked at it. Nobody sees who did.

    People whom the viewer may not see are not counted, and neither is the owner.
    """

    people: int = value(
        "How many people who work today may see the KPI by its visibility: all, those of its"
        " organization and below, or those of its team; with viewers and recorders. Those who see"
        " it by a role or as managers are not counted."
    )
    seen_by: int | None = value(
        "How many people called `kpiMarkSeen` since `seenSince`. Null when they are fewer than"
        " `Tenant.suppressionThreshold`."
    )
    seen_since: date = value(
        "The day since which a look counts: two periods ago, and at least a month."
    )
