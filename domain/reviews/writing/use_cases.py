"""Use cases of writing: saving answers, submitting a form, and writing it again."""

from typing import Annotated, Any
from uuid import UUID, uuid4

from domain.kernel.errors import Code, Invalid, StateConflict, VersionConflict
from domain.kernel.faults import raise_faults
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.kernel.wanted import Wanted, want
from domain.people import Person
from domain.reviews.packets import UNSHARED, ReviewPacket
from domain.reviews.scales import RatingScale
from domain.reviews.templates import ReviewQuestion, ReviewTemplate, list_applicable
from domain.reviews.writing.answers import ReviewAnswer, check_answer, find_missing, list_asked
from domain.reviews.writing.model import REASON, Review
from domain.reviews.writing.opening import check_works_here
from domain.reviews.writing.scoring import drop_score, score_after_submit


async def save_answer(
    work: Work,
    id: UUID,
    question_key: str,
    expected_answer_version: int | None,
    *,
    expected_version: int | None = None,
    **values: Any,
) -> Review:
    """Save one answer of a form, in place of the version that was read; None was not there yet.

    Raises what `Work.get` raises, Invalid, and VersionConflict where the answer has changed.
    """
    review = await work.get(Review, id, to=Review.SAVE_ANSWER, expected_version=expected_version)
    question, scale, stored = await _read_question(work, review, question_key)
    checked = check_answer(question, scale, values)
    present = stored.answer_version if stored else None
    if present != expected_answer_version:
        raise VersionConflict(_describe_conflict(present), "expectedAnswerVersion")
    review.start()
    if stored is None:
        answer = ReviewAnswer(
            tenant_id=review.tenant_id,
            id=uuid4(),  # an id with a time would tell readers when each answer was first written
            review_id=review.id,
            question_id=question.id,
            audience=question.audience,
            **checked,
        )
        work.write_records(added=[answer])  # again, if another device has added it meanwhile
    elif stored.change(checked):
        work.write_records(changed=[stored])
    else:
        return review
    work.check_unchanged(review)  # the form may be handed in meanwhile
    return review


def _describe_conflict(present: int | None) -> str:
    if present is None:
        return "There is no answer yet. Leave the version out."
    return (
        f"The answer has changed since you read it, and has the version {present} now. Read it,"
        " bring both together, and save again."
    )


async def submit(work: Work, id: UUID, *, expected_version: int | None = None) -> Review:
    """Hand a form in. Raises what `Work.get` raises, and Invalid with every missing answer.

    Where the score of the packet waited for it, that is computed.
    Answers to questions that are not asked any more are deleted: nobody sees them in the form, so
    nobody would know that others read them.
    """
    review = await work.get(Review, id, to=Review.SUBMIT, expected_version=expected_version)
    await work.lock([review])
    (template,) = await work.load_all(ReviewTemplate, [review.template_id])
    answers = await work.find_records(ReviewAnswer, review_id=[review.id])
    asked = list_asked(template, answers, review.career_group_keys)
    raise_faults(find_missing(asked))
    kept = {answer.id for _, answer in asked if answer is not None}
    work.write_records(removed=[each for each in answers if each.id not in kept])
    review.submit(work.actor.person_id, at=work.now)
    await score_after_submit(work, review)
    return review


async def reopen(
    work: Work,
    id: UUID,
    reason: Annotated[str, REASON],
    *,
    expected_version: int | None = None,
) -> Review:
    """Let a submitted form be written again; a decision is taken back.

    Raises what `Work.get` raises, Invalid, and StateConflict where the packet is closed.
    """
    review = await work.get(Review, id, to=Review.REOPEN, expected_version=expected_version)
    (packet,) = await work.load_all(ReviewPacket, [review.packet_id], locks=True)
    if packet.status not in UNSHARED:
        raise StateConflict("The packet is closed, so nothing is written for it any more.")
    review.reopen(reason)
    packet.reopen()
    await drop_score(work, review, packet)
    return review


async def set_stand_in(
    work: Work,
    id: UUID,
    person_id: UUID | None,
    reason: Annotated[str, REASON],
    *,
    expected_version: int | None = None,
) -> Review:
    """Let somebody write in place of an absent writer, with the reason.

    Raises what `Work.get` raises, and Invalid for the subject of the review.
    """
    review = await work.get(Review, id, to=Review.SET_STAND_IN, expected_version=expected_version)
    person = await work.reference(Person, person_id, "personId")
    if person is not None and person.id in (review.subject_id, review.writer_id):
        message = "The stand-in is neither the writer nor the reviewed person. Name somebody else."
        raise Invalid(message, "personId")
    check_works_here(work, person, "personId")
    review.set_stand_in(PersonId(person_id) if person_id else None, reason)
    return review


def want_question(id: UUID, key: str) -> tuple[Wanted, Wanted, Wanted]:
    """Return a question of a form, its scale and its answer, to read them with one statement.

    The question is read alone: a template of many questions takes long to load.
    """
    template_id = want(Review, id=id).take("template_id")
    question = want(ReviewQuestion, template_id=template_id, key=key)
    scale = want(RatingScale, id=question.take("scale_id"))
    return question, scale, want(ReviewAnswer, review_id=id, question_id=question.take("id"))


async def _read_question(
    work: Work, review: Review, key: str
) -> tuple[ReviewQuestion, RatingScale | None, ReviewAnswer | None]:
    questions, scales, answers = await work.read(*want_question(review.id, key))
    if not questions:
        message = "The template has no question with this key. Use a key of its questions."
        raise Invalid(message, "questionKey", code=Code.REFERENCE_NOT_FOUND)
    await _check_applies(work, review, questions[0])
    return questions[0], next(iter(scales), None), next(iter(answers), None)


async def _check_applies(work: Work, review: Review, question: ReviewQuestion) -> None:
    """Check that a question is for the position of the reviewed person. Raises Invalid."""
    if review.career_group_keys is None:
        return
    (template,) = await work.load_all(ReviewTemplate, [review.template_id])
    if question.id not in {each.id for each in list_applicable(template, review.career_group_keys)}:
        message = "This question is for other positions. Answer those of Review.questions."
        raise Invalid(message, "questionKey")
