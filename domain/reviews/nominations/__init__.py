"""Nominations: who writes about a person beside themselves and their managers."""

from domain.reviews.nominations.model import ReviewNomination, ReviewNominationStatus
from domain.reviews.nominations.rounds import (
    ReviewNominationRound,
    ReviewProposal,
    ReviewRoundStatus,
)
from domain.reviews.nominations.rules import (
    ReviewNominationApprover,
    ReviewNominator,
)

__all__ = [
    "ReviewNomination",
    "ReviewNominationApprover",
    "ReviewNominationRound",
    "ReviewNominationStatus",
    "ReviewNominator",
    "ReviewProposal",
    "ReviewRoundStatus",
]
