"""KPIs that take their values from a question of a schedule: who may define one, and when."""

from uuid import UUID

from domain.kernel.errors import Invalid, NotPermitted
from domain.kernel.unit_of_work import Work
from domain.kpis.definitions import KpiDefinition
from domain.kpis.own_data.measures import KpiMeasure
from domain.kpis.own_data.sources import checks_source
from domain.kpis.own_data.tasks import build_measuring
from domain.surveys.bank import SurveyBankQuestion
from domain.surveys.enums import SurveyQuestionKind
from domain.surveys.model import Survey
from domain.surveys.schedules import SurveySchedule

KINDS = {
    KpiMeasure.SURVEY_SCORE: (SurveyQuestionKind.RECOMMENDATION,),
    KpiMeasure.SURVEY_FAVORABLE: (SurveyQuestionKind.RATING, SurveyQuestionKind.RECOMMENDATION),
}
"""The kinds of question that have the figure of a measure."""


@checks_source(*KINDS)
async def check_source(
    work: Work, measure: KpiMeasure, schedule_id: UUID, question_id: UUID, *path: str
) -> None:
    """Check from what a KPI shall take its values, and that the actor may show these.

    Raises Invalid and NotPermitted.
    """
    schedule = await work.reference(SurveySchedule, schedule_id, *path, "surveyScheduleId")
    assert schedule is not None, "The id is given."
    if not await work.is_permitted(schedule, to=SurveySchedule.FEED_KPI):
        message = "Only those who manage surveys of this unit let a KPI show their results."
        raise NotPermitted(f"{message} Ask them.", *path, "surveyScheduleId")
    question = await work.reference(SurveyBankQuestion, question_id, *path, "surveyQuestionId")
    assert question is not None, "The id is given."
    if question.id not in {each.question_id for each in schedule.questions}:
        message = "The schedule does not ask this question. Choose one of its questions."
        raise Invalid(message, *path, "surveyQuestionId")
    if question.kind not in KINDS[measure]:
        kinds = " or ".join(each.name for each in KINDS[measure])
        message = f"Only a {kinds} question has this figure. Choose another question or measure."
        raise Invalid(message, *path, "surveyQuestionId")


async def measure_kpis(work: Work, survey: Survey) -> None:
    """Let the KPIs be measured that take values from the schedule of a published survey."""
    if survey.schedule_id is not None:
        names, ids = ("kpi_id",), [survey.schedule_id]
        found = await work.find_values(KpiDefinition, names, survey_schedule_id=ids)
        for id in sorted({id for (id,) in found}):
            work.enqueue(build_measuring(id))
