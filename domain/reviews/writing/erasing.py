"""Erasing what reviews say about somebody. What they wrote about others is about the others."""

from uuid import UUID

from domain.kernel.aggregate import set_attributes
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.reviews.appeals.model import ReviewAppeal
from domain.reviews.packets.model import ReviewPacket
from domain.reviews.writing.answers import ReviewAnswer
from domain.reviews.writing.model import Review

PACKET_TEXTS = dict.fromkeys(("level_reason", "return_reason", "statement", "resolution"))
APPEAL_TEXTS = dict.fromkeys(("statement", "answer", "level_reason_before"))


async def erase_reviews(work: Work, id: UUID) -> None:
    """Remove the texts about a person from their packets, forms and answers.

    Levels, choices and days stay, because figures of a unit need them. So does who wrote.
    """
    person_id = PersonId(id)
    for packet in await work.find_all(ReviewPacket, subject_id=[person_id]):
        if set_attributes(packet, PACKET_TEXTS):
            packet.record_event("erased")
        await work.erase_history(ReviewPacket, packet.id)
    for appeal in await work.find_all(ReviewAppeal, subject_id=[person_id]):
        if set_attributes(appeal, APPEAL_TEXTS):
            appeal.record_event("erased")
        await work.erase_history(ReviewAppeal, appeal.id)
    about = await work.find_all(Review, subject_id=[person_id])
    by_them = await work.find_all(Review, writer_id=[person_id])
    for review in {each.id: each for each in (*about, *by_them)}.values():
        # The reasons say why its writer is absent, or does not write.
        if set_attributes(review, {"stand_in_reason": None, "decline_reason": None}):
            review.record_event("erased")
        await work.erase_history(Review, review.id)
    ids = [each.id for each in about]
    answers = await work.find_records(ReviewAnswer, review_id=ids) if ids else []
    work.write_records(changed=[each for each in answers if each.change({"text": None})])
