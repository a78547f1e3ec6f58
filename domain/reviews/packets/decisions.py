"""A decision about a packet: what it says, and what it has to say."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.kernel.errors import Code, Invalid
from domain.reviews.score_rules import ReviewOutcome


@dataclass(frozen=True)
class Decision:
    """A level of the scale, or what the review ends with instead of one, and why."""

    level: int | None = None
    outcome: ReviewOutcome | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Demands:
    """What a decision has to fit: the levels of the scale, the proposal, and a narrative.

    `has_rule` says whether a score rule proposes something.
    """

    level_count: int
    has_rule: bool = False
    proposed_level: int | None = None
    proposed_outcome: ReviewOutcome | None = None
    needs_narrative: bool = False


def find_faults(decision: Decision, demands: Demands) -> Iterator[Invalid]:
    """Yield what is wrong with a decision, each at its field."""
    if decision.outcome is None:
        yield from find_level_faults(decision.level, demands.level_count)
    elif decision.level is not None:
        yield Invalid("Give a level or an outcome, not both.", "outcome")
    if decision.reason is not None:
        return
    proposal = demands.proposed_level, demands.proposed_outcome
    has_proposal = demands.has_rule or proposal != (None, None)
    if has_proposal and proposal != (decision.level, decision.outcome):
        message = "The decision differs from the proposed one. Give the reason."
        if proposal == (None, None):
            message = "The score proposes nothing. Give the reason of the decision."
        yield Invalid(message, "reason", code=Code.REQUIRED)
    elif decision.outcome is not None and not demands.has_rule:
        message = "There is no level. Give the reason."
        yield Invalid(message, "reason", code=Code.REQUIRED)
    elif demands.needs_narrative:
        message = "This level needs a narrative. Write it as the reason."
        yield Invalid(message, "reason", code=Code.REQUIRED)


def find_level_faults(level: int | None, count: int) -> Iterator[Invalid]:
    """Yield what is wrong with a level on a scale of so many; 0 without a scale."""
    if count and level is None:
        yield Invalid("Choose a level of the scale.", "level", code=Code.REQUIRED)
    if level is not None and not 1 <= level <= count:
        message = f"The level is a place on the scale, from 1 to {count}."
        if not count:
            message = "This review has no scale for an overall level. Leave the level out."
        yield Invalid(message, "level", code=Code.OUT_OF_RANGE)
