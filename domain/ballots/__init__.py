"""Secret ballots: sealed until their box is closed, counted once, and destroyed."""

from domain.ballots.batches import BallotBatch, compute_batch_size, deal_batches
from domain.ballots.box import BallotBox, BallotInvitation, build_lifecycle
from domain.ballots.envelopes import Answers, compute_length
from domain.ballots.voting import (
    BallotTasks,
    get_invited,
    remove_ballots,
    seal_answers,
    withdraw_answers,
)

__all__ = [
    "Answers",
    "BallotBatch",
    "BallotBox",
    "BallotInvitation",
    "BallotTasks",
    "build_lifecycle",
    "compute_batch_size",
    "compute_length",
    "deal_batches",
    "get_invited",
    "remove_ballots",
    "seal_answers",
    "withdraw_answers",
]
