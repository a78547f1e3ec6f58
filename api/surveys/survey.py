"""The graph types of a survey: its questions and its results."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from api.kernel.schema.declarations import (
    Connection,
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
from domain.ballots.figures import MARGIN, MIN_DISTRIBUTION, MIN_TEXT_RESPONDENTS
from domain.surveys import SurveyAudience, SurveyQuestionKind, SurveyResultScope, SurveyStatus
from domain.surveys.model import MAX_CHOICES, MAX_DAYS, MAX_QUESTIONS
from persistence.reading.read_model import ROOT
from persistence.surveys import (
    SURVEY,
    SURVEY_CHOICE,
    SURVEY_COMMENT,
    SURVEY_INVITATION,
    SURVEY_QUESTION,
    SURVEY_RESULT,
    SURVEY_SHARE,
)

if TYPE_CHECKING:
    from api.organizations import Organization
    from api.surveys.bank import SurveyBankQuestion
    from api.surveys.schedules import SurveySchedule

graph_enum(
    SurveyStatus,
    "Where a survey stands.",
    open="Those who were invited can answer. Nobody sees any answer.",
    closed="Nobody can answer any longer. The sealed answers (ballots) are counted within seconds.",
    published="The results are there. The ballots and their key are destroyed.",
    cancelled="It was cancelled, and all answers were destroyed unread.",
)
graph_enum(
    SurveyAudience,
    "Who sees the results of all answers together.",
    managers="Those who manage surveys of the unit.",
    everyone="Everyone who belongs to the unit of the survey, or to the tenant if it has no unit,"
    " invited or not.",
)
graph_enum(
    SurveyResultScope,
    "Whose answers a result is about.",
    overall="All answers together.",
    cell="Those of a unit. Each respondent is in one cell.",
)
graph_enum(
    SurveyQuestionKind,
    "What the answer to a question is.",
    rating="A number from 1 to `highestRating`.",
    recommendation="A number from 0 to 10, as in the employee Net Promoter Score.",
    choice="One of the choices.",
    comment="A text.",
)


@part(SURVEY_CHOICE)
class SurveyChoice:
    """A choice of a `CHOICE`."""

    position: int = value("The place among the choices, from 1.")
    label: str = value("The label.")


@part(SURVEY_SHARE)
class SurveyShare:
    """How many of those who answered gave one answer."""

    answer: int = value("The number that was answered, or the position of the choice.")
    label: str = value("The number as text, or the label of the choice.")
    share: Decimal = value(
        "The share from 0 to 1, rounded so that it never gives the answers of a few people away."
        " It is never 1: the highest is one step below, and means that or more."
    )


@part(
    SURVEY_RESULT,
    where=("scope", "occurs_on", "bank_question", "organization"),
    order_by=("answer_count", "occurs_on"),
)
class SurveyResult:
    """The figures of a question, for all who answered or for those of one cell.

    Each respondent is in one cell, and no cell is smaller than the threshold.
    """

    scope: SurveyResultScope = value("Whose answers they are about.")
    organization: "Organization | None" = one(
        "The unit of the cell, with the units below it that have no result of their own, as they"
        " were at the launch. Null for"
        " all answers together, and for those of units that are too small in a survey of the whole"
        " tenant."
    )
    answer_count: int = value(
        "How many answered, rounded down to a multiple of five, but not below the threshold, and"
        f" at least {MARGIN} less than were asked. So nobody learns that all took part."
    )
    mean: Decimal | None = value(
        "The mean of a `RATING`, rounded to a step that depends on `answerCount`: 0.1 (25 or more),"
        " 0.2 (15 or more), 0.5 (5 or more) or 1. It is at least one step from the ends of the"
        " scale. Null for other kinds."
    )
    score: Decimal | None = value(
        "The Net Promoter Score of a `RECOMMENDATION`, from -100 to 100: the percentage of 9 and"
        " 10 less that of 0 to 6, rounded to a step from 5 (an `answerCount` of 50 or more) to 50"
        " (5 or more), and at least one step from both ends. Below 5 it is always 0 and says"
        " nothing. Null for other kinds."
    )
    unfavorable_share: Decimal | None = value(
        "The share of unfavorable answers, as the question counts them, from 0 to 1. It is the sum"
        " of their published `shares`, and so less exact than these. Null when there are no"
        " `shares`, and for a question that is not from the bank."
    )
    favorable_share: Decimal | None = value(
        "The share of favorable answers, as the question counts them, from 0 to 1. It is the sum"
        " of their published `shares`, and so less exact than these. Null when there are no"
        " `shares`, and for a question that is not from the bank."
    )
    bank_question: "SurveyBankQuestion | None" = one(
        "The question of the bank. Null when no schedule launched the survey."
    )
    occurs_on: date | None = value(
        "The day of the schedule for which the survey was launched. Null when no schedule launched"
        " it."
    )
    shares: list[SurveyShare] = list_of(
        "How often each answer was given. Empty with an `answerCount` below"
        f" {MIN_DISTRIBUTION}. Each share is rounded by itself, so their sum can be less or more"
        " than 1.",
        usual_size=5,
    )


@part(SURVEY_COMMENT)
class SurveyComment:
    """A comment. Nothing says who wrote it, when, or what else they answered."""

    text: str = value("The text.")


@part(SURVEY_QUESTION)
class SurveyQuestion:
    """A question of a survey."""

    position: int = value("The place in the survey, from 1.")
    kind: SurveyQuestionKind = value("What the answer is.")
    text: str = value("The question.")
    is_required: bool = value("Whether a response has to answer it.")
    highest_rating: int = value(
        "The best number of a `RATING`; 1 is the worst. It has no meaning for other kinds."
    )
    bank_question: "SurveyBankQuestion | None" = one(
        "The question of the bank. Null when no schedule launched the survey."
    )
    highest_unfavorable: int | None = value(
        "Answers up to this number are unfavorable. Null when the question is not from the bank,"
        " and for a `COMMENT`."
    )
    lowest_favorable: int | None = value(
        "Answers from this number on are favorable. Null when the question is not from the bank,"
        " and for a `COMMENT`."
    )
    choices: list[SurveyChoice] = list_of(
        f"The choices of a `CHOICE` in their order, {MAX_CHOICES} at most.", usual_size=4
    )
    results: Connection[SurveyResult] = many(
        "The figures that the viewer may see. None before the survey is `PUBLISHED`, and when"
        " fewer than the threshold answered.",
        usual_size=5,
    )
    comments: Connection[SurveyComment] = many(
        "The comments in random order, for those who manage surveys of the unit. None before the"
        f" survey is `PUBLISHED`, and when `responseCount` is below {MIN_TEXT_RESPONDENTS}, or"
        " below `threshold` if that is more.",
        usual_size=20,
    )


@part(SURVEY_INVITATION)
class SurveyInvitation:
    """The viewer's invitation to a survey. Nobody else sees it, and it ends with the survey."""

    has_responded: bool = value("Whether the viewer has answered. The answer can be replaced.")


@node(
    SURVEY,
    where=(
        "id",
        "title",
        "status",
        "closes_on",
        "occurs_on",
        "organization",
        "schedule",
        "created_at",
        "updated_at",
    ),
    order_by=("closes_on", "title", "status", "created_at", "updated_at"),
)
class Survey:
    """An anonymous survey. It never changes after its launch.

    Answers are sealed with a key that lies outside the database, and are opened only when the
    survey is closed. Then they are counted, and ballots and key are destroyed. Results are coarse,
    and never about fewer people than the threshold. The database says who took part while the
    survey is open, and not whose an answer is. The operator of the server could read answers with
    names until they are counted.
    """

    title: str = value("The title.")
    introduction: str | None = value("What it is for. Null when nothing was entered.")
    organization: "Organization | None" = one(
        "The unit whose people are asked. Null for the whole tenant, or when the viewer may not see"
        " it."
    )
    schedule: "SurveySchedule | None" = one(
        "The schedule that launched it. Null when no schedule launched it."
    )
    occurs_on: date | None = value(
        "The day of the schedule for which it was launched. Null when no schedule launched it."
    )
    closes_on: date = value(
        f"The last day on which people can answer, {MAX_DAYS} days after the launch at most."
    )
    threshold: int = value("How many have to answer before a figure about them is published.")
    audience: SurveyAudience = value(
        "Who sees the results of all answers together. Results of single units (`CELL`) and"
        " comments are always only for those who manage surveys of the unit."
    )
    explanation: str = value(
        "What respondents are promised, in words: who reads what, and who could learn what they"
        " answered. Show it before and after they answer. It is kept as it was at the launch."
    )
    status: SurveyStatus = value("Where the survey stands.")
    invited_count: int = value("How many people were invited.")
    response_count: int | None = value(
        "How many answered, rounded down to a multiple of five, and at least"
        f" {MARGIN} less than were invited. Null before the results are"
        " published, and below the threshold."
    )
    questions: list[SurveyQuestion] = list_of(
        f"The questions in their order, {MAX_QUESTIONS} at most.", usual_size=10
    )
    viewer_invitation: SurveyInvitation | None = one(
        "The viewer's invitation. Null for those who were not invited, and when the ballots are"
        " counted: then nothing says who took part."
    )


@input_type(one_of=True)
class SurveyBy:
    """Identifies a survey by exactly one of these."""

    id: UUID | None = input_field("The survey's id.")


@queries(ROOT)
class SurveyQueries:
    """Root fields of surveys."""

    survey: Survey | None = look_up(
        "A survey. Null when there is none, or when the viewer may not see it.",
        "SurveyBy",
        "How the survey is identified.",
    )
    surveys: Connection[Survey] = many(
        "All surveys that the viewer may see, those that close last first."
    )


survey_changed = change_subscription(Survey)
