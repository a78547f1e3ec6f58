"""Use cases of a packet: sharing, and what its subject answers."""

from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256
from json import dumps
from typing import Annotated, Any
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.errors import StateConflict
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.people import Person
from domain.reviews.directions import ReviewDirection
from domain.reviews.hr import find_officer
from domain.reviews.packets.model import RESOLUTION, STATEMENT, ReviewPacket
from domain.reviews.scales import RatingScale
from domain.reviews.scores import ReviewScore
from domain.reviews.templates import QuestionAudience
from domain.reviews.writing.answers import ReviewAnswer
from domain.reviews.writing.model import DRAFT, SUBMITTED, Review


async def count_levels(work: Work, packet: ReviewPacket) -> int:
    """Return how many levels the scale of a packet has; 0 without a scale."""
    scales = await work.load_all(RatingScale, [packet.scale_id] if packet.scale_id else [])
    return len(scales[0].levels) if scales else 0


async def share(work: Work, id: UUID, *, expected_version: int | None = None) -> ReviewPacket:
    """Show a packet to its subject. Forms that were not submitted are not written any more.

    Raises what `Work.get` raises, and StateConflict while the manager's form is a draft.
    """
    packet = await work.get(
        ReviewPacket, id, to=ReviewPacket.SHARE, expected_version=expected_version
    )
    reviews = await work.find_all(Review, packet_id=[packet.id])
    if any(each.direction is ReviewDirection.MANAGER and each.status is DRAFT for each in reviews):
        raise StateConflict("The manager's review is a draft. Submit it first.")
    for each in reviews:
        each.release()
    packet.share(work.actor.today, at=work.now)
    work.enqueue(packet.build_nomination_update())
    return packet


async def cancel_packet(
    work: Work, id: UUID, *, expected_version: int | None = None
) -> ReviewPacket:
    """End a packet without a decision, with its forms. Nothing is deleted."""
    packet = await work.get(
        ReviewPacket, id, to=ReviewPacket.CANCEL, expected_version=expected_version
    )
    for each in await work.find_all(Review, packet_id=[packet.id]):
        each.cancel()
    packet.cancel()
    work.enqueue(packet.build_nomination_update())
    return packet


async def acknowledge(work: Work, id: UUID, *, expected_version: int | None = None) -> ReviewPacket:
    """Sign that one has read the packet."""
    packet, content_hash = await _read(work, id, ReviewPacket.ACKNOWLEDGE, expected_version)
    packet.acknowledge(content_hash, at=work.now)
    return packet


async def refuse_to_sign(
    work: Work,
    id: UUID,
    statement: Annotated[str | None, STATEMENT] = None,
    *,
    expected_version: int | None = None,
) -> ReviewPacket:
    """Record that one has read the packet, and does not sign it."""
    packet, content_hash = await _read(work, id, ReviewPacket.REFUSE_TO_SIGN, expected_version)
    packet.refuse_to_sign(statement, content_hash, at=work.now)
    return packet


async def dispute(
    work: Work,
    id: UUID,
    statement: Annotated[str, STATEMENT],
    *,
    expected_version: int | None = None,
) -> ReviewPacket:
    """Disagree with the packet, with a statement of one's own."""
    packet, content_hash = await _read(work, id, ReviewPacket.DISPUTE, expected_version)
    packet.dispute(statement, content_hash, at=work.now)
    packet.asked_id = await _choose_resolver(work, packet)
    return packet


async def _choose_resolver(work: Work, packet: ReviewPacket) -> PersonId | None:
    """Return the second level, or else an HR officer; None where nobody may answer."""
    if packet.second_level_id is not None:
        second_level = await work.find(Person, id=packet.second_level_id)
        if second_level is not None and not second_level.has_left(work.actor.today):
            return packet.second_level_id
    return await find_officer(work, packet, to=ReviewPacket.RESOLVE)


async def resolve(
    work: Work,
    id: UUID,
    resolution: Annotated[str, RESOLUTION],
    *,
    expected_version: int | None = None,
) -> ReviewPacket:
    """Answer a statement; the subject signs after that."""
    packet = await work.get(
        ReviewPacket, id, to=ReviewPacket.RESOLVE, expected_version=expected_version
    )
    packet.resolve(resolution, work.actor.person_id)
    return packet


async def _read(
    work: Work, id: UUID, action: Action, expected_version: int | None
) -> tuple[ReviewPacket, str]:
    """Return a packet, and the hash of what its subject reads."""
    packet = await work.get(ReviewPacket, id, to=action, expected_version=expected_version)
    return packet, await hash_packet(work, packet)


async def hash_packet(work: Work, packet: ReviewPacket) -> str:
    """Return the hash of what the subject reads of a packet."""
    reviews = await work.find_all(Review, packet_id=[packet.id])
    ids = [each.id for each in reviews]
    answers = await work.find_records(ReviewAnswer, review_id=ids) if ids else []
    scores = await work.find_records(ReviewScore, packet_id=[packet.id], is_current=[True])
    return hash_content(packet, reviews, answers, scores[0] if scores else None)


def hash_content(
    packet: ReviewPacket,
    reviews: Sequence[Review],
    answers: Sequence[ReviewAnswer],
    score: ReviewScore | None = None,
) -> str:
    """Return the SHA-256 of what the subject reads, in a canonical form.

    That is JSON without spaces and with sorted keys: the period, the level or outcome with its
    reason, the score if the subject reads it, and of each shown form its writer, its template and
    the answers that are for the subject, by id.
    """
    shown = sorted(
        (each for each in reviews if each.status is SUBMITTED and each.is_shown),
        key=lambda each: each.id,
    )
    content = {
        "packet": str(packet.id),
        "subject": str(packet.subject_id),
        "period": [packet.starts_on.isoformat(), packet.last_day.isoformat()],
        "level": packet.level,
        "reason": packet.level_reason,
        **_describe_result(packet, score),
        "reviews": [_describe(each, answers) for each in shown],
    }
    text = dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def _describe_result(packet: ReviewPacket, score: ReviewScore | None) -> dict[str, Any]:
    """Return the outcome and the score; nothing where the subject does not read any."""
    found: dict[str, Any] = {"outcome": packet.outcome.value} if packet.outcome else {}
    if score is None or not score.is_shown:
        return found
    if score.audience is QuestionAudience.REVIEWEE:
        found["score"] = {
            "rule": str(score.rule_id),
            "outcome": score.outcome.value,
            "level": score.level,
            "value": _to_text(score.value),
            "explain": score.explain,
            "answers": score.answers_hash,
        }
    return found


def _describe(review: Review, answers: Sequence[ReviewAnswer]) -> dict[str, Any]:
    own = sorted(
        (
            each
            for each in answers
            if each.review_id == review.id and each.audience is QuestionAudience.REVIEWEE
        ),
        key=lambda each: each.question_id,
    )
    return {
        "id": str(review.id),
        "writer": str(review.writer_id),
        "direction": review.direction.value,
        "template": str(review.template_id),
        "answers": [
            {"question": str(each.question_id)}
            | {name: _to_text(value) for name, value in each.describe().items()}
            for each in own
        ],
    }


def _to_text(value: Any) -> Any:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
