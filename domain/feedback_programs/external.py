"""Use cases of raters without an account: their links, and their answers by a link.

Who has the link may answer. What it shows never depends on whether somebody has answered, so that
who hands the links out learns nothing of it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.ballots import seal_answers, withdraw_answers
from domain.feedback import LinkKind, ResponseLink
from domain.feedback_programs.forms import (
    RATED,
    Form,
    RaterAnswer,
    check_answers,
    load_form,
)
from domain.feedback_programs.model import FeedbackProgram
from domain.feedback_programs.records import FeedbackProgramRater
from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.faults import FaultCollector
from domain.kernel.unit_of_work import Work
from domain.people import Person
from domain.reviews import RatingScale, ReviewTemplate
from domain.tenants import load_tenant

Rater = FeedbackProgramRater


@dataclass(frozen=True)
class MadeLink:
    """The link of a rater, with the name that HR entered."""

    rater_id: UUID
    name: str
    link: ResponseLink


@dataclass(frozen=True)
class ShownLevel:
    """A level of a scale as a rater reads it."""

    label: str
    description: str | None


@dataclass(frozen=True)
class ShownQuestion:
    """A question as a rater reads it. One with levels is rated, and others get a text."""

    key: str
    text: str
    help: str | None
    is_required: bool
    levels: tuple[ShownLevel, ...]


@dataclass(frozen=True)
class RaterForm:
    """What a rater without an account reads before the answers. It says nothing of any answer."""

    respondent: str
    tenant: str
    person: str
    title: str
    introduction: str | None
    questions: tuple[ShownQuestion, ...]
    last_day: date
    explanation: str


@dataclass(frozen=True)
class RaterResponse:
    """What the holder of a link sends: answers instead of earlier ones, or None to take back."""

    answers: Sequence[RaterAnswer] | None


async def make_links(
    work: Work,
    id: UUID,
    rater_ids: Collection[UUID] | None = None,
    *,
    expected_version: int | None = None,
) -> tuple[FeedbackProgram, list[MadeLink]]:
    """Make a link for each of these raters, by default for those who have none.

    An earlier link ends. Raises what `Work.get` raises, Invalid and StateConflict.
    """
    action = FeedbackProgram.MAKE_LINKS
    program = await work.get(FeedbackProgram, id, to=action, expected_version=expected_version)
    await work.lock([program])
    found = await work.find_records(Rater, feedback_program_id=[program.id])
    raters = _choose_raters([each for each in found if each.person_id is None], rater_ids)
    made = list[MadeLink]()
    for each in raters:
        link = ResponseLink.create(program.tenant_id, each.id, LinkKind.RATER)
        each.link_hash = link.hash
        made.append(MadeLink(each.id, each.respondent_name or "", link))
    work.write_records(changed=raters)
    program.record_event("links_made", details={"links": len(made)})
    return program, made


def _choose_raters(outside: Sequence[Rater], ids: Collection[UUID] | None) -> list[Rater]:
    """Return the raters who get a link. Raises Invalid with all faults, and StateConflict."""
    if ids is None:
        without = [each for each in outside if each.link_hash is None]
        if not without:
            message = "All raters outside have a link. Name those who need another one in raterIds."
            raise StateConflict(message)
        return sorted(without, key=lambda each: each.respondent_name or "")
    found, faults = {each.id: each for each in outside}, FaultCollector()
    for index, each in enumerate(ids):
        with faults.collect():
            if each not in found:
                message = "The program has no such rater without an account. Choose another one."
                code = Code.REFERENCE_NOT_FOUND
                raise Invalid(message, "raterIds", str(index), code=code)
    faults.raise_all()
    return [found[each] for each in ids]


async def respond_by_link(
    work: Work, link: ResponseLink, response: RaterResponse | None = None
) -> RaterForm | None:
    """Return what the holder of a link reads, after a response if there is one.

    None where the link does not hold, and when the program is over. Raises Invalid.
    """
    found = await _find_rater(work, link)
    if found is None:
        return None
    if response is not None:
        # The rater is read again behind the lock of the program, because the link may have ended.
        await work.load_all(FeedbackProgram, [found.feedback_program_id], locks=True)
        found = await _find_rater(work, link)
    if found is None:
        return None
    (program,) = await work.load_all(FeedbackProgram, [found.feedback_program_id])
    if not program.is_open:
        return None
    ids = [program.template_id]
    (template,) = await work.load_all(ReviewTemplate, ids, keeps_state=True)
    form = await load_form(work, template)
    if response is not None:
        await _take(work, program, found, form, response)
    return await _describe(work, program, found, template, form)


async def _find_rater(work: Work, link: ResponseLink) -> Rater | None:
    raters = await work.find_records(Rater, id=[link.object_id])
    return next((each for each in raters if link.opens(each.link_hash)), None)


async def _take(
    work: Work, program: FeedbackProgram, rater: Rater, form: Form, response: RaterResponse
) -> None:
    if response.answers is None:
        await withdraw_answers(work, program, rater)
    else:
        await seal_answers(work, program, rater, check_answers(form, response.answers))


async def _describe(
    work: Work, program: FeedbackProgram, rater: Rater, template: ReviewTemplate, form: Form
) -> RaterForm:
    (person,) = await work.load_all(Person, [program.subject_id], keeps_state=True)
    return RaterForm(
        respondent=rater.respondent_name or "",
        tenant=(await load_tenant(work)).name,
        person=person.name,
        title=program.title,
        introduction=program.introduction,
        questions=await _list_questions(work, template, form),
        last_day=program.closes_on,
        explanation=program.explanation,
    )


async def _list_questions(
    work: Work, template: ReviewTemplate, form: Form
) -> tuple[ShownQuestion, ...]:
    required = {each.id for each in form.questions if each.is_required}
    questions = [*template.list_questions()]
    ids = {each.scale_id for each in questions if each.kind in RATED and each.scale_id is not None}
    scales = await work.load_all(RatingScale, sorted(ids), keeps_state=True)
    levels = {
        scale.id: tuple(ShownLevel(each.label, each.description) for each in scale.levels)
        for scale in scales
    }
    none: tuple[ShownLevel, ...] = ()
    return tuple(
        ShownQuestion(
            each.key,
            each.text,
            each.help,
            each.id in required,
            levels.get(each.scale_id, none) if each.scale_id is not None else none,
        )
        for each in questions
    )
