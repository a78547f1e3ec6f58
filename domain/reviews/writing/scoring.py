"""Use cases of scores: when one is computed, stored, and taken back.

A score is computed when the last open form that feeds it is submitted, and when somebody who
decides asks for it. It never changes by itself.
"""

from collections import defaultdict
from uuid import UUID

from domain.kernel.errors import StateConflict
from domain.kernel.unit_of_work import Work
from domain.reviews.packets import ReviewPacket
from domain.reviews.packets.statuses import COLLECTING
from domain.reviews.scales import RatingScale
from domain.reviews.score_rules import ReviewOutcome, ScoreRule, ScoreStep, build_scheme
from domain.reviews.scores import ReviewScore
from domain.reviews.scores.material import build_records, compute
from domain.reviews.scoring import MissingRule
from domain.reviews.templates import ReviewTemplate
from domain.reviews.writing.answers import ReviewAnswer
from domain.reviews.writing.material import SECOND_LEVEL, Sources, collect
from domain.reviews.writing.model import OPEN, Review


async def compute_packet_score(
    work: Work, id: UUID, *, expected_version: int | None = None
) -> ReviewPacket:
    """Compute the score of a packet from the forms that are submitted now.

    Raises what `Work.get` raises, and StateConflict without a score rule.
    """
    packet = await work.get(
        ReviewPacket, id, to=ReviewPacket.COMPUTE_SCORE, expected_version=expected_version
    )
    rule = await find_rule(work, packet)
    if rule is None:
        raise StateConflict("This review has no score rule, so there is no score.")
    await _store_score(work, packet, rule)
    return packet


async def score_after_submit(work: Work, review: Review) -> None:
    """Compute the score where this was the last form that it waited for."""
    packet, rule = await _find_scored(work, review)
    if packet is None or rule is None or packet.status is not COLLECTING:
        return
    forms = await work.find_all(Review, packet_id=[packet.id])
    is_waiting = any(each.status in OPEN and rule.counts(each.direction) for each in forms)
    if not is_waiting:
        await _store_score(work, packet, rule)


async def drop_score(work: Work, review: Review, packet: ReviewPacket) -> None:
    """Take back a proposal that comes from a form that is written again."""
    rule = await find_rule(work, packet)
    if rule is not None and _is_used(review, rule):
        await _retire_scores(work, packet)
        packet.propose(None, None)


async def find_rule(work: Work, packet: ReviewPacket) -> ScoreRule | None:
    """Return the score rule of a packet."""
    found = await work.load_all(ScoreRule, [packet.score_rule_id] if packet.score_rule_id else [])
    return found[0] if found else None


async def find_level_step(
    work: Work, packet: ReviewPacket, level: int | None
) -> tuple[ScoreStep | None, bool]:
    """Return what the rule of a packet asks of a level, and whether a score is missing."""
    rule = await find_rule(work, packet)
    if rule is None:
        return None, False
    scores = await work.find_records(ReviewScore, packet_id=[packet.id], is_current=[True])
    return rule.find_level_step(level), not scores


async def _find_scored(work: Work, review: Review) -> tuple[ReviewPacket | None, ScoreRule | None]:
    """Return the locked packet of a form that its score comes from, and the rule.

    The lock lets two forms that are submitted at once see each other.
    """
    ((rule_id,),) = await work.find_values(ReviewPacket, ("score_rule_id",), id=[review.packet_id])
    rules = await work.load_all(ScoreRule, [rule_id] if rule_id else [])
    if not rules or not _is_used(review, rules[0]):
        return None, None
    (packet,) = await work.load_all(ReviewPacket, [review.packet_id], locks=True)
    return packet, rules[0]


def _is_used(review: Review, rule: ScoreRule) -> bool:
    return rule.counts(review.direction) or review.direction is SECOND_LEVEL


async def _store_score(work: Work, packet: ReviewPacket, rule: ScoreRule) -> None:
    sources = await _load_sources(work, packet, rule)
    scale = sources.scales[rule.scale_id]
    missing = MissingRule(packet.missing_answers, packet.min_answered_percent)
    material = collect(packet, sources)
    result = compute(build_scheme(rule, scale, missing), scale, material)
    await _retire_scores(work, packet)
    score, components, steps = build_records(
        packet.tenant_id, packet.id, rule, material, result, work.now
    )
    for records in ([score], components, steps):
        work.write_records(added=records)
    outcomes = {each.value: each for each in ReviewOutcome}
    packet.propose(score.level, outcomes.get(score.outcome))


async def _retire_scores(work: Work, packet: ReviewPacket) -> None:
    """Keep the present score as an earlier one."""
    present = await work.find_records(ReviewScore, packet_id=[packet.id], is_current=[True])
    for each in present:
        each.is_current = False
    work.write_records(changed=present)


async def _load_sources(work: Work, packet: ReviewPacket, rule: ScoreRule) -> Sources:
    forms = await work.find_all(Review, packet_id=[packet.id])
    ids = [each.id for each in forms]
    answers = defaultdict[UUID, list[ReviewAnswer]](list)
    for each in await work.find_records(ReviewAnswer, review_id=ids) if ids else ():
        answers[each.review_id].append(each)
    templates = await work.load_all(ReviewTemplate, sorted({each.template_id for each in forms}))
    questions = [one for each in templates for one in each.list_questions()]
    scale_ids = {each.scale_id for each in questions if each.scale_id} | {rule.scale_id}
    scales = await work.load_all(RatingScale, sorted(scale_ids))
    return Sources(
        rule,
        forms,
        answers,
        {each.id: each for each in templates},
        {each.id: each for each in scales},
    )
