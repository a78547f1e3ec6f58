"""The keys of secret ballots. What has ballots has one, until they are counted.

Ballots are sealed with a key that lies in a file. Batches of sealed ballots are sealed with the
secret of the service, which lies in the environment of its processes. So who has the database needs
two secrets from two places to learn who gave an answer.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID


class BallotKeys(Protocol):
    """The keys of secret ballots of a tenant, outside of the database and its backups."""

    def create(self, box_id: UUID) -> str:
        """Create the key pair of a survey or another box, and return the public key."""
        ...

    overhead: int
    """By how many bytes a sealed ballot is longer than the ballot."""

    def seal(self, public_key: str, ballot: bytes, context: UUID) -> bytes:
        """Return what only the private key can open, and only in this context."""
        ...

    async def open(self, box_id: UUID, sealed: Sequence[tuple[UUID, bytes]]) -> list[bytes]:
        """Open what was sealed, each in its context. Raises KeyMissing."""
        ...

    def seal_batch(self, box_id: UUID, number: int, content: bytes) -> str:
        """Seal a batch of sealed ballots with the secret of the service, different each time."""
        ...

    def open_batch(self, box_id: UUID, number: int, contents: str) -> bytes:
        """Open a batch. Raises KeyMissing where the secret is another one."""
        ...

    def destroy(self, box_id: UUID) -> None:
        """Delete the private key for good, if it exists."""
        ...

    def list_older_than(self, age: timedelta) -> Sequence[UUID]:
        """Return the boxes of the tenant whose keys were created longer ago than this."""
        ...


class KeyMissing(Exception):
    """The key is not here. The ballots cannot be opened."""
