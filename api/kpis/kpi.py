"""The graph types of a KPI and its definitions."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import (
    Connection,
    argument,
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
from api.kpis import enums  # noqa: F401 - the enums of the annotations
from api.kpis.benchmarks import KpiBenchmark
from api.kpis.dimensions import USUAL_MEMBERS, KpiDimension
from api.kpis.forecasts import FORECAST_COST, HORIZON, LEVEL, KpiForecast
from api.kpis.lineage import KpiLineageLink
from api.kpis.measured_value import MEASURED_VALUE_COST, KpiMeasuredValue
from api.kpis.quality import KpiAudience, KpiQualityCheck
from api.kpis.series import ABOUT_SERIES, SERIES_ARGUMENTS, KpiSeries
from api.kpis.signals import (
    BY_PREVIOUS_YEAR,
    SIGNAL_ARGUMENTS,
    KpiBaseline,
    KpiNaturalLimits,
    KpiSignal,
)
from api.kpis.status import KpiStatus, KpiTrend
from api.kpis.targets import KpiTarget
from domain.kpis import (
    KpiDirection,
    KpiForm,
    KpiFrequency,
    KpiInfluence,
    KpiScopeKind,
    KpiState,
    KpiUnit,
    KpiVisibility,
    SliceAggregation,
    TimeAggregation,
)
from domain.kpis.analysis.signals import MAX_SIGNALS
from domain.kpis.lineage import MAX_LEVELS as LINEAGE_LEVELS
from domain.kpis.lineage import MAX_LINKS
from domain.kpis.own_data.measures import KpiMeasure
from domain.kpis.quality import KpiQualityCode
from persistence.kpis import KPI, KPI_DEFINITION, KPI_FORMULA_INPUT
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.action_items import ActionItem
    from api.alerts import Alert, AlertRule
    from api.annotations import Annotation
    from api.goals import Goal, KeyResult
    from api.kpi_reviews import KpiReviewSchedule
    from api.kpis.measurement import KpiMeasurement, KpiMeasurementRevision
    from api.organizations import Organization
    from api.people import Person
    from api.scorecards import Scorecard
    from api.surveys import SurveyBankQuestion, SurveySchedule
    from api.teams import Team

KpiScope = Annotated[
    "Organization | Team",
    strawberry.union(
        "KpiScope", description="What a KPI or a scorecard is about: an organization or a team."
    ),
]


@part(KPI_FORMULA_INPUT)
class KpiFormulaInput:
    """A name in a formula, and the KPI whose values it stands for."""

    alias: str = value("The name in the formula.")
    kpi: "Kpi | None" = one("The KPI. Null when the viewer may not see it.")


@part(
    KPI_DEFINITION,
    where=(
        "starts_on",
        "unit",
        "unit_name",
        "currency",
        "direction",
        "form",
        "time_aggregation",
        "slice_aggregation",
        "measure",
    ),
    order_by=("starts_on",),
)
class KpiDefinition:
    """What the values of a KPI mean, from a day until the next definition begins."""

    starts_on: date = value(
        "The first day of the definition. The first definition holds for all earlier days, too."
    )
    calculation: str | None = value(
        "How a value is calculated, in words. Null when nothing was entered."
    )
    formula: str | None = value(
        "The formula of a computed KPI, such as `(revenue - cost) / revenue`. Its names,"
        " units and inputs are checked when it is stored, and its values follow those of the"
        " inputs. Null for a KPI that is measured."
    )
    measure: KpiMeasure | None = value(
        "What Trellis measures by itself, from the people, goals and reviews of the KPI's"
        " organization or team, or from its surveys. An organization includes all units that are"
        " below it today. A person counts on the"
        " days on which they have a job there. Nobody enters values then. Background workers"
        " measure the values each day, headcounts also after each change of people, and correct"
        " earlier values that turn out to be wrong. Unit, form, aggregations and direction are"
        " those of the measure, unless they are"
        " given. The KPI always `describesPeople`. Null when values are entered, imported or"
        " computed."
    )
    survey_schedule: "SurveySchedule | None" = one(
        "The schedule whose surveys the values come from. Only a measure of surveys has one. Null"
        " for others, or when the viewer may not see it."
    )
    survey_question: "SurveyBankQuestion | None" = one(
        "The question whose answers the values come from. Null for other measures."
    )
    inputs: list[KpiFormulaInput] = list_of(
        "The KPIs that the formula reads, ordered by their names in it."
    )
    unit: KpiUnit = value("The unit of measure of the values.")
    unit_name: str | None = value(
        "The name of the unit as it is shown behind a number: in the plural, such as `parcels`, and"
        " after per in the singular, such as `EUR per parcel`. Formulas compare names letter by"
        " letter, but for the s of a plural. Null when there is none."
    )
    currency: str | None = value(
        "The currency code (ISO 4217), three capital letters such as EUR. Only the unit MONEY has"
        " one, and needs it. Null for other units."
    )
    decimals: int = value(
        "The number of decimal places to show. Of a share, those of the percentage: with 1, 0.4213"
        " is shown as 42.1 %. Stored values are not rounded."
    )
    direction: KpiDirection = value("Which values are better.")
    form: KpiForm = value("Whether a value is one number, or a numerator and a denominator.")
    time_aggregation: TimeAggregation = value(
        "How the values of several periods become that of a longer one; of a ratio, the numerators."
    )
    denominator_time_aggregation: TimeAggregation | None = value(
        "How the denominators of several periods become that of a longer one. A RATIO needs it; it"
        " is NONE exactly when `timeAggregation` is. Null when the KPI is no ratio."
    )
    slice_aggregation: SliceAggregation = value(
        "How the values of several parts become one total; of a ratio, the numerators and the"
        " denominators."
    )
    reason: str | None = value(
        "Why the definition was changed or corrected. Null for a first definition that was never"
        " corrected."
    )
    template_key: str | None = value(
        "The key of the template that the formula comes from. Null when it comes from none, or was"
        " changed since."
    )
    template_version: int | None = value("The version of that template. Null without one.")
    template_variant: str | None = value("The variant of that template. Null without one.")
    recorded_at: datetime = value("When the definition was recorded or last corrected.")
    kpi: "Kpi | None" = one("The KPI. Null when the viewer may not see it.")


@node(
    KPI,
    where=(
        "id",
        "name",
        "description",
        "scope_kind",
        "visibility",
        "frequency",
        "due_after_days",
        "due_in_working_days",
        "describes_people",
        "state",
        "created_at",
        "updated_at",
        "scope",
        "owner",
        "purpose",
        "parent",
        "drivers",
        "influence",
        "groups",
        "definition",
        "definitions",
        "targets",
    ),
    order_by=("name", "frequency", "state", "created_at", "updated_at"),
)
class Kpi:
    """A well-defined measure of an organization or a team that is measured again and again."""

    name: str = value("The name.")
    description: str | None = value("A longer description. Null when there is none.")
    scope_kind: KpiScopeKind = value("The type of the scope.")
    scope: KpiScope | None = one("What the KPI is about. Null when the viewer may not see it.")
    owner: "Person | None" = one(
        "The person who answers for the KPI. Null when the viewer may not see them."
    )
    purpose: "Goal | None" = one(
        "The goal that the KPI supports. Null when there is none or the viewer may not see it."
    )
    parent: "Kpi | None" = one(
        "The KPI that this one drives. Null when there is none or the viewer may not see it."
    )
    drivers: Connection["Kpi"] = many(
        "The KPIs that drive this one, also archived ones. Those that the viewer may not see are"
        " left out.",
        usual_size=3,
    )
    influence: KpiInfluence | None = value(
        "Whether the KPI moves before the one that it drives. Null when nobody has said so."
    )
    groups: list[str] = value("Labels of the tenant's choice, such as Finance or Network.")
    visibility: KpiVisibility = value("Who may see the KPI.")
    frequency: KpiFrequency = value("How long the period of one value is. It never changes.")
    due_after_days: int = value(
        "A value is due this many days after the last day of its period. Values of an irregular"
        " KPI are never due."
    )
    due_in_working_days: bool = value(
        "Whether `dueAfterDays` counts working days, by the work calendar of the owner."
    )
    describes_people: bool = value(
        "Whether the values are about people, such as absence. Then a value is suppressed for"
        " everybody where its `itemCount` is below `Tenant.suppressionThreshold` or unknown, with"
        " all that is computed from it."
    )
    state: KpiState = value("Whether the KPI is in use.")
    definition: KpiDefinition | None = one(
        "What the values of a day mean. A day before the first definition has the first one, and a"
        " future day the definition that is planned for it. Never null.",
        as_of=argument(date, "The day. Default: today in the tenant's time zone."),
    )
    definitions: Connection[KpiDefinition] = many(
        "All definitions, past and planned, in the order of their days.", usual_size=2
    )
    status: KpiStatus = one(
        "How the newest measured period that has begun compares with its target.",
        as_of=argument(date, "The day that counts as today. Default: today."),
    )
    measured_value: KpiMeasuredValue | None = one(
        "What Trellis measures as of a day, by what is known now: the value of the period of that"
        " day, counted up to that day. Null when the KPI has no `measure` then.",
        points=MEASURED_VALUE_COST,
        as_of=argument(date, "The day. A day to come counts as today. Default: today."),
    )
    trend: KpiTrend = one(
        "How the newest measured period that is over differs from the one before, and from the same"
        " period of the year before.",
        as_of=argument(date, "The day that counts as today. Default: today."),
    )
    series: list[KpiSeries] = list_of(
        ABOUT_SERIES, usual_size=1, size_by=USUAL_MEMBERS, **SERIES_ARGUMENTS
    )
    forecast: KpiForecast | None = one(
        "What the next values may be, from those of the periods that are over. Never null.",
        points=FORECAST_COST,
        horizon=HORIZON,
        level=LEVEL,
    )
    quality: list[KpiQualityCheck] = list_of(
        "The checks of the quality gate, always all of them and in the same order. They are about"
        " today.",
        usual_size=len(KpiQualityCode),
    )
    warnings: list[KpiQualityCheck] = list_of(
        "The checks of `quality` that fail. Ask for them in the answer of each mutation: they are"
        " advice, and block nothing.",
        usual_size=3,
    )
    audience: KpiAudience = one(
        "How many people may see the KPI, and how many have looked at it.", points=10
    )
    targets: Connection[KpiTarget] = many(
        "All targets of the total, past and planned, in the order of their days. Those of slices"
        " are listed by the members of `dimensions`.",
        usual_size=3,
    )
    dimensions: list[KpiDimension] = list_of(
        "The ways to break the KPI down, 10 at most, in the order in which they were declared.",
        usual_size=1,
    )
    dependents: Connection["Kpi"] = many(
        "KPIs whose formula reads this one, in any of their definitions.", usual_size=3
    )
    lineage: list[KpiLineageLink] = list_of(
        f"What the KPI depends on and what depends on it, through up to {LINEAGE_LEVELS} levels:"
        f" one link for each step, {MAX_LINKS} at most, the nearest first. KPIs that the viewer may"
        " not see are no steps, so nothing behind them is found.",
        usual_size=10,
    )
    key_results: Connection["KeyResult"] = many(
        "Key results that follow the KPI, of goals that the viewer may see.", usual_size=2
    )
    natural_limits: KpiNaturalLimits | None = one(
        "The range in which the values vary when nothing changes: the limits of the newest"
        " baseline. Never null.",
        by_previous_year=BY_PREVIOUS_YEAR,
    )
    limits_by_baseline: list[KpiNaturalLimits] = list_of(
        "The natural limits of each baseline, in their order, for charts. The last ones are"
        " `naturalLimits`.",
        usual_size=2,
        by_previous_year=BY_PREVIOUS_YEAR,
    )
    baselines: Connection[KpiBaseline] = many(
        "The resets of the natural limits, in the order of their days.", usual_size=1
    )
    signals: list[KpiSignal] = list_of(
        f"The values that differ from the ordinary variation, in their order; the newest"
        f" {MAX_SIGNALS}.",
        usual_size=None,
        **SIGNAL_ARGUMENTS,
    )
    annotations: Connection["Annotation"] = many(
        "What happened: annotations of the KPI, of its unit and the units above, and of the tenant,"
        " in the order of their days.",
        usual_size=5,
        **{
            "from": argument(date, "Only those that last until this day or longer. Default: all."),
            "to": argument(date, "Only those that begin on this day or earlier. Default: all."),
        },
    )
    scorecards: Connection["Scorecard"] = many("The scorecards that the KPI is on.", usual_size=2)
    measurements: Connection["KpiMeasurement"] = many(
        "The values of the total, one for each period that is measured, in the order of the"
        " periods. Those of slices are listed by the members of `dimensions`."
    )
    measurement_revisions: Connection["KpiMeasurementRevision"] = many(
        "Values of the total that were replaced or withdrawn, the last one first.", usual_size=2
    )
    review_schedules: Connection["KpiReviewSchedule"] = many(
        "When the KPI is reviewed; not the schedules of its scorecards.", usual_size=1
    )
    viewers: Connection["Person"] = many(
        "People who may see the KPI whatever its visibility.", usual_size=3
    )
    recorders: Connection["Person"] = many(
        "People who enter the values of the KPI, beside its owner and those with `KPIS_RECORD` or"
        " `KPIS_MANAGE` over its scope. They see the KPI whatever its visibility.",
        usual_size=3,
    )
    benchmarks: Connection[KpiBenchmark] = many(
        "How others do who measure the same, the newest first.", usual_size=2
    )
    alert_rules: Connection["AlertRule"] = many("What raises alerts about the KPI.")
    alerts: Connection["Alert"] = many("The alerts about the KPI, the newest first.")
    action_items: Connection["ActionItem"] = many(
        "Action items about the KPI that the viewer may see.", usual_size=3
    )


@input_type(one_of=True)
class KpiBy:
    """Identifies a KPI by exactly one of these."""

    id: UUID | None = input_field("The KPI's id.")


@queries(ROOT)
class KpiQueries:
    """Root fields of KPIs."""

    kpi: Kpi | None = look_up(
        "A KPI. Null when there is none, or when the viewer may not see it.",
        "KpiBy",
        "How the KPI is identified.",
    )
    kpis: Connection[Kpi] = many("All KPIs that the viewer may see.")


kpi_changed = change_subscription(Kpi)
