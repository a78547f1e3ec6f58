"""The graph types of a feedback program: its raters and its results."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from api.kernel.schema.declarations import (
    Connection,
    graph_enum,
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
from api.people import Person
from api.reviews.competencies import Competency
from api.reviews.templates import ReviewQuestion, ReviewTemplate
from domain.ballots.figures import MARGIN, MIN_TEXT_RESPONDENTS
from domain.feedback_programs import (
    FeedbackProgramAudience,
    FeedbackProgramMode,
    FeedbackProgramStatus,
    RaterGroup,
)
from domain.feedback_programs.model import MAX_DAYS
from persistence.feedback_programs import (
    FEEDBACK_PROGRAM,
    FEEDBACK_PROGRAM_ANSWER,
    FEEDBACK_PROGRAM_RATER,
    FEEDBACK_PROGRAM_RESULT,
)
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.feedback_programs.schedules import FeedbackProgramSchedule

graph_enum(
    FeedbackProgramStatus,
    "Where a feedback program stands.",
    open="Raters can answer. Nobody reads any answer.",
    closed="Nobody can answer any longer. The answers are counted within seconds.",
    published="The results are there. The sealed answers and their key are destroyed.",
    cancelled="It was cancelled, and all answers were destroyed unread.",
)
graph_enum(
    FeedbackProgramMode,
    "What becomes of the answers of raters. What the person and the manager answer is always shown"
    " with their names.",
    identified="All answers are shown with the names of their authors.",
    confidential="Ratings are shown as rounded means of groups, texts without names. HR officers"
    " look authors of texts up with `feedbackProgramRevealAuthor`.",
    aggregated="Only rounded means of groups are shown and kept. There are no texts.",
    anonymous="Only rounded means of groups are shown and kept, and texts without authors and"
    f" groups when `responseCount` is {MIN_TEXT_RESPONDENTS} or more.",
)
graph_enum(
    FeedbackProgramAudience,
    "Who reads the results. Managers are all who are above the person in the primary line on the"
    " day of reading.",
    subject="The person.",
    subject_and_manager="The person, and the managers.",
    subject_manager_and_hr="The person, the managers, and HR officers with `REVIEWS_MANAGE` over"
    " the person.",
)
graph_enum(
    RaterGroup,
    "How a rater stands to the person as of the launch, or whose answers a result is about.",
    self="The person.",
    manager="Those above the person who were asked as managers. Their answers have their names.",
    peer="Those with the same manager or team, and others who were asked as peers.",
    report="Those who report to the person.",
    other="Others, and groups that are too small to be shown alone.",
    external="People without an account, who answer by a link.",
    all="All groups that are shown, without the person. Each group counts the same, whatever its"
    " size.",
)


@part(FEEDBACK_PROGRAM_RATER)
class FeedbackProgramRater:
    """Somebody who is asked to rate. It is deleted when the answers are counted."""

    person: Person | None = one(
        "The rater. Null when the viewer may not see them, and for somebody without an account."
    )
    name: str | None = value(
        "The name of a rater without an account, as HR entered it. Null for people with one."
    )
    group: RaterGroup = value("How the rater stands to the person, as of the launch.")
    shown_as: RaterGroup = value(
        "The group with which the answers are shown. Groups in which too few were asked are put"
        " together as OTHER."
    )
    has_responded: bool | None = value(
        "Whether the viewer has answered. The answer can be replaced. Null for other raters."
    )


@part(FEEDBACK_PROGRAM_RESULT)
class FeedbackProgramResult:
    """The figure of a group, about a question or about a competency.

    Figures of groups are rounded, so that they never tell what a few people answered. Those of ALL
    and of competencies are computed from the rounded ones.
    """

    question: ReviewQuestion | None = one("The question. Null for a figure about a competency.")
    competency: Competency | None = one(
        "The competency, whose figure is the mean of those of its questions. Null for a question."
    )
    group: RaterGroup = value("Whose answers it is about.")
    answer_count: int | None = value(
        "How many answered the question, rounded down to a multiple of five, but not below the"
        f" least number, and at least {MARGIN} less than were asked. Exact where answers are named."
        " Null for ALL, and for competencies."
    )
    mean: Decimal = value(
        "The mean of the places on the scale; 1 is the lowest level. Where answers are not named it"
        " is rounded to a step from 0.1 (an `answerCount` of 25 or more) to 1 (3 or 4), and at"
        " least one step from the ends of the scale."
    )
    gap: Decimal | None = value(
        "The mean less what the person answered: above 0 where others rate higher. Null for the"
        " person, and when the person did not answer."
    )


@part(FEEDBACK_PROGRAM_ANSWER)
class FeedbackProgramAnswer:
    """A single answer: one that is shown with its author, or a text without."""

    question: ReviewQuestion | None = one("The question. Null when the viewer may not see it.")
    group: RaterGroup = value(
        "The group with which the answers of the author are shown. ALL in an anonymous program."
    )
    author: Person | None = one(
        "Who answered. Null where the mode hides it, when the viewer may not see them, and for"
        " somebody without an account."
    )
    author_name: str | None = value(
        "The name of an author without an account. Null where the mode hides it, and for people"
        " with one."
    )
    rating: int | None = value("The place of the level on the scale, from 1. Null for a text.")
    text: str | None = value("The text. Null for a rating.")


@node(
    FEEDBACK_PROGRAM,
    where=("id", "title", "status", "mode", "closes_on", "subject", "created_at", "updated_at"),
    order_by=("closes_on", "title", "status", "created_at", "updated_at"),
)
class FeedbackProgram:
    """Feedback from all sides about one person, on one form. It never changes after its launch.

    Raters are the people who are asked, the person included. Their answers are sealed: nobody reads
    them before the program is closed. Then they are counted, and the sealed answers are destroyed.
    HR sees programs about others, raters see those in which they are asked, and those who read the
    results see them once they are published. Nobody is HR for a program about themselves.
    """

    title: str = value("The title, which raters read.")
    introduction: str | None = value("What it is for. Null when nothing was entered.")
    subject: Person | None = one("The person it is about. Null when the viewer may not see them.")
    template: ReviewTemplate | None = one(
        "The template of the form. Null when the viewer may not see it."
    )
    mode: FeedbackProgramMode = value("What becomes of the answers of raters.")
    audience: FeedbackProgramAudience = value("Who reads the results.")
    explanation: str = value(
        "What raters are promised, in words: who reads what, and who learns their names. Show it"
        " before and after they answer. It is kept as it was at the launch."
    )
    schedule: "FeedbackProgramSchedule | None" = one(
        "The schedule that launched it. Null when no schedule launched it, or when the viewer may"
        " not see the schedule."
    )
    occurs_on: date | None = value(
        "The day of the schedule for which it was launched. Null when no schedule launched it."
    )
    closes_on: date = value(
        f"The last day on which raters can answer, {MAX_DAYS} days after the launch at most."
    )
    least_peers: int = value("How many peers have to answer before a figure of them is shown.")
    least_reports: int = value("How many reports have to answer before a figure of them is shown.")
    least_others: int = value("How many others have to answer before a figure of them is shown.")
    least_external: int = value(
        "How many people without an account have to answer before a figure of them is shown."
    )
    status: FeedbackProgramStatus = value("Where it stands.")
    invited_count: int | None = value(
        "How many raters are asked, without the person and the manager. Null for those who are only"
        " raters."
    )
    response_count: int | None = value(
        "How many of them answered, rounded down as `FeedbackProgramResult.answerCount`. Null"
        " before the results are published, when too few answered, and for those who are only"
        " raters."
    )
    raters: Connection[FeedbackProgramRater] = many(
        "Who is asked: all of them for HR, and the viewer alone for raters. Empty after the"
        " answers were counted.",
        usual_size=10,
    )
    viewer_rater: FeedbackProgramRater | None = one(
        "The viewer as a rater. Null for others, and after the answers were counted."
    )
    results: Connection[FeedbackProgramResult] = many(
        "The figures by question, then by competency, each by group. A group with too few"
        " answers has none. Empty before it is published, and for those who do not read the"
        " results.",
        usual_size=30,
    )
    answers: Connection[FeedbackProgramAnswer] = many(
        "The single answers that the mode shows, in random order. Empty before it is published, and"
        " for those who do not read the results.",
        usual_size=20,
    )


@input_type(one_of=True)
class FeedbackProgramBy:
    """Identifies a feedback program by exactly one of these."""

    id: UUID | None = input_field("The program's id.")


@queries(ROOT)
class FeedbackProgramQueries:
    """Root fields of feedback programs."""

    feedback_program: FeedbackProgram | None = look_up(
        "A feedback program. Null when there is none, or when the viewer may not see it.",
        "FeedbackProgramBy",
        "How the program is identified.",
    )
    feedback_programs: Connection[FeedbackProgram] = many(
        "All feedback programs that the viewer may see, those that close last first."
    )


feedback_program_changed = change_subscription(FeedbackProgram)
