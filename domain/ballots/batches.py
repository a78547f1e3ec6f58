"""Batches: where sealed ballots lie, apart from those who may vote.

A batch holds the ballots of ten people or more as one text of one length. Each answer seals the
whole batch again, in another order. So neither a row, nor its transaction, nor its place tells
which of these people gave a ballot.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from secrets import SystemRandom, token_bytes
from typing import Protocol
from uuid import UUID, uuid4

from domain.kernel.aggregate import Part

MIN_SIZE, MAX_SIZE = 10, 20
"""How many people a batch has at least, where so many are asked, and how many it aims at."""

MARK_LENGTH = 32


@dataclass(kw_only=True, eq=False)
class BallotBatch(Part):
    """Some sealed ballots of a box. `contents` is sealed as a whole; its id is random."""

    NAME = "ballot_batch"

    id: UUID = field(default_factory=uuid4)
    box_id: UUID
    number: int
    contents: str


class HasBatch(Protocol):
    """Somebody whose ballot lies in a batch."""

    batch: int


def compute_batch_size(least: int) -> int:
    """Return how many people a batch has: twice as many as a figure is about, within limits."""
    return min(max(MIN_SIZE, 2 * least), MAX_SIZE)


def deal_batches(invitations: Sequence[HasBatch], size: int) -> None:
    """Put people into batches of this size or a bit more, at random."""
    count = max(len(invitations) // size, 1)
    order = list(range(len(invitations)))
    SystemRandom().shuffle(order)
    for place, index in enumerate(order):
        invitations[index].batch = place % count


@dataclass
class Places:
    """The places of an open batch, one for each person, in memory.

    A place is empty, or has a mark and a sealed ballot. The mark follows from the invitation, but
    only with the key, which lies in the batch itself.
    """

    key: bytes
    filled: list[bytes]
    count: int
    size: int

    @classmethod
    def create(cls, count: int, length: int) -> "Places":
        """Return so many empty places for sealed ballots of a length."""
        return cls(token_bytes(MARK_LENGTH), [], count, MARK_LENGTH + length)

    @classmethod
    def decode(cls, content: bytes, length: int) -> "Places":
        """Return the places of a batch that holds sealed ballots of a length."""
        size = MARK_LENGTH + length
        found = [content[each : each + size] for each in range(MARK_LENGTH, len(content), size)]
        return cls(content[:MARK_LENGTH], [each for each in found if any(each)], len(found), size)

    def encode(self) -> bytes:
        """Return the content of the batch: of one length, and in another order each time."""
        places = [*self.filled, *[bytes(self.size)] * (self.count - len(self.filled))]
        SystemRandom().shuffle(places)
        return self.key + b"".join(places)

    def find(self, invitation_id: UUID) -> bytes | None:
        """Return the sealed ballot of an invitation. None without one."""
        mark = self._compute_mark(invitation_id)
        found = (each for each in self.filled if each.startswith(mark))
        return next((each[MARK_LENGTH:] for each in found), None)

    def put(self, invitation_id: UUID, sealed: bytes) -> None:
        """Put a sealed ballot in place of an earlier one."""
        self.take_out(invitation_id)
        self.filled.append(self._compute_mark(invitation_id) + sealed)

    def take_out(self, invitation_id: UUID) -> None:
        """Remove the ballot of an invitation, if there is one."""
        mark = self._compute_mark(invitation_id)
        self.filled = [each for each in self.filled if not each.startswith(mark)]

    def _compute_mark(self, invitation_id: UUID) -> bytes:
        return hmac.digest(self.key, invitation_id.bytes, hashlib.sha256)
