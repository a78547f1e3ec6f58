"""Use cases of a decision: taking it, approving it, and giving it back."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from domain.kernel.errors import StateConflict
from domain.kernel.unit_of_work import Work
from domain.reviews.packets.decisions import Decision, Demands
from domain.reviews.packets.model import LEVEL, REASON, ReviewPacket
from domain.reviews.score_rules import ReviewOutcome, ScoreRule
from domain.reviews.writing.scoring import find_level_step
from domain.reviews.writing.signing import count_levels


async def decide(
    work: Work,
    id: UUID,
    level: Annotated[int | None, LEVEL] = None,
    reason: Annotated[str | None, REASON] = None,
    outcome: ReviewOutcome | None = None,
    *,
    expected_version: int | None = None,
) -> ReviewPacket:
    """Decide the overall level, or that there is none.

    Raises what `Work.get` and `ReviewPacket.decide` raise, and StateConflict where the packet has a
    score rule and no score.
    """
    packet = await work.get(
        ReviewPacket, id, to=ReviewPacket.DECIDE, expected_version=expected_version
    )
    step, is_score_missing = await find_level_step(work, packet, level)
    if is_score_missing:
        raise StateConflict(
            "There is no score yet. Submit the forms that it comes from, or compute it from those"
            " that are submitted with reviewComputeScore."
        )
    demands = Demands(
        await count_levels(work, packet),
        packet.score_rule_id is not None,
        packet.proposed_level,
        packet.proposed_outcome,
        needs_narrative=step is not None and step.needs_narrative,
    )
    packet.decide(
        Decision(level, outcome, reason),
        demands,
        work.actor.person_id,
        needs_second_level=step is not None and step.needs_second_level,
        at=work.now,
    )
    return packet


async def renew_approvals(work: Work, packets: Sequence[ReviewPacket]) -> None:
    """Let decisions whose level was changed need the approval that their rule asks for."""
    rules = {each.score_rule_id for each in packets if each.score_rule_id is not None}
    known = {each.id: each for each in await work.load_all(ScoreRule, sorted(rules))}
    for packet in packets:
        rule = known.get(packet.score_rule_id) if packet.score_rule_id else None
        step = rule.find_level_step(packet.level) if rule else None
        needs_second_level = step is not None and step.needs_second_level
        packet.needs_approval = packet.always_needs_approval or needs_second_level


async def approve(work: Work, id: UUID, *, expected_version: int | None = None) -> ReviewPacket:
    """Approve a decision, so that it can be shared. Raises what `Work.get` raises."""
    packet = await work.get(
        ReviewPacket, id, to=ReviewPacket.APPROVE, expected_version=expected_version
    )
    packet.approve(work.actor.person_id, at=work.now)
    return packet


async def return_decision(
    work: Work,
    id: UUID,
    reason: Annotated[str, REASON],
    *,
    expected_version: int | None = None,
) -> ReviewPacket:
    """Give a decision back to the manager. Raises what `Work.get` raises, and Invalid."""
    packet = await work.get(
        ReviewPacket, id, to=ReviewPacket.RETURN, expected_version=expected_version
    )
    packet.return_decision(reason)
    return packet
