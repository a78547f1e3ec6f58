"""The measures of Trellis's own data, and what a definition gets from each, as data.

A headcount counts employed people: people on leave, but no agency staff and no contractors. A
person counts once, whatever they do: a day lies in at most one employment and one job. So a move
from one unit to another is neither joining nor leaving, and neither is an employment that goes on
as another one on the next day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.kernel.errors import Code, Invalid
from domain.kpis.enums import (
    KpiDirection,
    KpiForm,
    KpiFrequency,
    KpiUnit,
    SliceAggregation,
    TimeAggregation,
)


class KpiMeasure(StrEnum):
    """What Trellis measures by itself."""

    HEADCOUNT_START = "headcount_start"
    HEADCOUNT_END = "headcount_end"
    HEADCOUNT_AVERAGE = "headcount_average"
    HEADCOUNT_DAILY_AVERAGE = "headcount_daily_average"
    JOINERS = "joiners"
    LEAVERS = "leavers"
    VOLUNTARY_LEAVERS = "voluntary_leavers"
    INVOLUNTARY_LEAVERS = "involuntary_leavers"
    GOAL_ATTAINMENT = "goal_attainment"
    CHECK_IN_DISCIPLINE = "check_in_discipline"
    REVIEW_COMPLETION = "review_completion"
    SURVEY_SCORE = "survey_score"
    SURVEY_FAVORABLE = "survey_favorable"


@dataclass(frozen=True)
class MeasureFacts:
    """What a measure means. A stock does not add up over time, a flow does."""

    name: str
    meaning: str
    time_aggregation: TimeAggregation
    unit: KpiUnit = KpiUnit.NUMBER
    unit_name: str | None = "employees"
    decimals: int = 0
    direction: KpiDirection = KpiDirection.UP
    form: KpiForm = KpiForm.SIMPLE
    denominator_time_aggregation: TimeAggregation | None = None
    slice_aggregation: SliceAggregation = SliceAggregation.SUM

    @property
    def adds_up(self) -> bool:
        """Whether the values of several periods may be added."""
        return self.time_aggregation is TimeAggregation.SUM

    def to_attributes(self) -> dict[str, Any]:
        """Return the attributes of a definition with this measure, unless it says otherwise."""
        values = {name: value for name, value in vars(self).items() if name not in NOT_DEFINED}
        return {**values, "calculation": self.meaning}


NOT_DEFINED = ("name", "meaning")

FIRST, LAST = TimeAggregation.FIRST, TimeAggregation.LAST
MEAN, SUM = TimeAggregation.MEAN, TimeAggregation.SUM

SHARE: Mapping[str, Any] = {
    "unit": KpiUnit.SHARE,
    "unit_name": None,
    "decimals": 1,
    "form": KpiForm.RATIO,
    "denominator_time_aggregation": SUM,
}
"""A longer period divides the sums of its parts; the denominator counts goals or reviews."""

KINDS_NOTE = (
    "Leavers without a kind are in neither count. Only periods that are over are measured, and a"
    " value with fewer leavers than `suppressionThreshold` is suppressed, unless nobody left."
)

MEASURES: Mapping[KpiMeasure, MeasureFacts] = {
    KpiMeasure.HEADCOUNT_START: MeasureFacts(
        "Headcount at the start",
        "People employed on the day before the period.",
        FIRST,
    ),
    KpiMeasure.HEADCOUNT_END: MeasureFacts(
        "Headcount at the end",
        "People employed on the last day of the period, also those whose last day it is. While the"
        " period is open: today.",
        LAST,
    ),
    KpiMeasure.HEADCOUNT_AVERAGE: MeasureFacts(
        "Headcount, mean of start and end",
        "The mean of the headcount on the day before the period and that on its last day.",
        MEAN,
        decimals=1,
    ),
    KpiMeasure.HEADCOUNT_DAILY_AVERAGE: MeasureFacts(
        "Headcount, mean of all days",
        "The mean of the headcounts on all days of the period.",
        MEAN,
        decimals=1,
    ),
    KpiMeasure.JOINERS: MeasureFacts(
        "Joiners",
        "People whose employment began in the period, rehired ones included.",
        SUM,
    ),
    KpiMeasure.LEAVERS: MeasureFacts(
        "Leavers",
        "People whose last day of employment is in the period, whatever the reason.",
        SUM,
        direction=KpiDirection.DOWN,
    ),
    KpiMeasure.VOLUNTARY_LEAVERS: MeasureFacts(
        "Voluntary leavers",
        f"Leavers whose `leavingKind` is VOLUNTARY. {KINDS_NOTE}",
        SUM,
        direction=KpiDirection.DOWN,
    ),
    KpiMeasure.INVOLUNTARY_LEAVERS: MeasureFacts(
        "Involuntary leavers",
        f"Leavers whose `leavingKind` is INVOLUNTARY. {KINDS_NOTE}",
        SUM,
        direction=KpiDirection.DOWN,
    ),
    KpiMeasure.GOAL_ATTAINMENT: MeasureFacts(
        "Goal attainment",
        "The mean progress of the goals that are due in the period, on its last day by what was"
        " reported until then. A goal without key results counts as 1 when it was achieved, as 0"
        " when it was missed, and not before. Drafts, abandoned and"
        " private goals do not count.",
        SUM,
        **SHARE,
    ),
    KpiMeasure.CHECK_IN_DISCIPLINE: MeasureFacts(
        "Check-in discipline",
        "The share of the goals that run through the whole period which had a check-in in it.",
        SUM,
        **SHARE,
    ),
    KpiMeasure.REVIEW_COMPLETION: MeasureFacts(
        "Review completion",
        "Of the reviews of people that are due in the period, the share that was shared with the"
        " person by its last day. Cancelled ones do not count.",
        SUM,
        **SHARE,
    ),
    KpiMeasure.SURVEY_SCORE: MeasureFacts(
        "Score of a survey",
        "The published Net Promoter Score of a question, from -100 to 100, of the last survey that"
        " was launched in the period: the percentage of 9 and 10 minus that of 0 to 6.",
        LAST,
        unit_name="points",
        slice_aggregation=SliceAggregation.NONE,
    ),
    KpiMeasure.SURVEY_FAVORABLE: MeasureFacts(
        "Favorable share of a survey",
        "The published share of favorable answers to a question, of the last survey that was"
        " launched in the period.",
        LAST,
        unit=KpiUnit.SHARE,
        unit_name=None,
        decimals=2,
        slice_aggregation=SliceAggregation.NONE,
    ),
}

MEASURES_OF_KINDS = (KpiMeasure.VOLUNTARY_LEAVERS, KpiMeasure.INVOLUNTARY_LEAVERS)
"""What is said of those who left. A value that grows by one leaver would say it of that person."""
FREQUENCIES_OF_KINDS = (KpiFrequency.MONTHLY, KpiFrequency.QUARTERLY, KpiFrequency.ANNUAL)
MEASURES_OF_SURVEYS = (KpiMeasure.SURVEY_SCORE, KpiMeasure.SURVEY_FAVORABLE)
"""These take their values from a question that a schedule asks."""

MEASURES_OF_GOALS = (KpiMeasure.GOAL_ATTAINMENT, KpiMeasure.CHECK_IN_DISCIPLINE)
MEASURES_OF_REVIEWS = (KpiMeasure.REVIEW_COMPLETION,)
NOT_OF_PEOPLE = (*MEASURES_OF_GOALS, *MEASURES_OF_REVIEWS, *MEASURES_OF_SURVEYS)
MEASURES_OF_PEOPLE = tuple(each for each in KpiMeasure if each not in NOT_OF_PEOPLE)
SOURCE_FIELDS = {
    "survey_schedule_id": "surveyScheduleId",
    "survey_question_id": "surveyQuestionId",
}


def find_kpi_conflicts(
    measure: KpiMeasure, frequency: KpiFrequency, *, is_of_team: bool
) -> Iterator[Invalid]:
    """Yield why a KPI of this frequency and scope cannot have a measure."""
    if frequency is KpiFrequency.IRREGULAR:
        message = "An irregular KPI has no periods that Trellis could measure. Create one"
        yield Invalid(f"{message} with another frequency.", "measure")
    elif measure in MEASURES_OF_KINDS and frequency not in FREQUENCIES_OF_KINDS:
        message = (
            "Few people leave in a day or a week, so the kinds of their leaving are not shown."
        )
        yield Invalid(f"{message} Create a KPI of months, quarters or years.", "measure")
    if measure in MEASURES_OF_SURVEYS and is_of_team:
        yield Invalid("Surveys have no results of teams. Choose an organization.", "measure")


def complete_definition(details: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a definition says, with what its measure says where it says nothing."""
    measure = details.get("measure")
    return details if measure is None else {**MEASURES[measure].to_attributes(), **details}


def find_measure_conflicts(values: Mapping[str, Any]) -> Iterator[Invalid]:
    """Yield what does not fit the measure of a definition, each at its field."""
    measure = values.get("measure")
    yield from _find_source_conflicts(measure, values)
    if measure is None:
        return
    facts = MEASURES[measure]
    if values.get("formula") is not None:
        message = "Trellis measures this KPI, so it has no formula. Remove one of the two."
        yield Invalid(message, "measure")
    for name, label in (("unit", "the unit"), ("form", "the form")):
        wanted = getattr(facts, name)
        if values.get(name, wanted) is not wanted:
            message = f"{facts.name} has {label} {wanted.name}. Leave this out, or choose that."
            yield Invalid(message, name)
    if values.get("time_aggregation") is SUM and not facts.adds_up:
        message = f"{facts.name} does not add up over time. Choose another way, such as"
        yield Invalid(f"{message} {facts.time_aggregation.name}.", "timeAggregation")


def _find_source_conflicts(
    measure: KpiMeasure | None, values: Mapping[str, Any]
) -> Iterator[Invalid]:
    """Yield a source where the measure has none, and a missing one."""
    for name, field in SOURCE_FIELDS.items():
        is_given = values.get(name) is not None
        if is_given and measure not in MEASURES_OF_SURVEYS:
            message = "Only a measure of surveys has this. Remove it, or choose such a measure."
            yield Invalid(message, field)
        if measure in MEASURES_OF_SURVEYS and name in values and not is_given:
            message = (
                "This measure needs a schedule of surveys and one of its questions. Fill in both."
            )
            yield Invalid(message, field, code=Code.REQUIRED)
