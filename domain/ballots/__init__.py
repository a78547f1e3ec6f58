"""Secret ballots: sealed until their box is closed, counted once, and destroyed."""

from domain.ballots.box import BallotBox, BallotInvitation, build_lifecycle
from domain.ballots.envelopes import Answers, compute_length
from domain.ballots.voting import BallotTasks, get_invited, seal_answers, withdraw_answers

__all__ = [
    "Answers",
    "BallotBox",
    "BallotInvitation",
    "BallotTasks",
    "build_lifecycle",
    "compute_length",
    "get_invited",
    "seal_answers",
    "withdraw_answers",
]
