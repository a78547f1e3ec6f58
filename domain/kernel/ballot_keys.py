"""The keys of secret ballots. What has ballots has one, until they are counted."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID


class BallotKeys(Protocol):
    """The keys of secret ballots of a tenant, outside of the database and its backups."""

    def create(self, box_id: UUID) -> str:
        """Create the key pair of a survey or another box, and return the public key."""
        ...

    def seal(self, public_key: str, ballot: bytes, context: UUID) -> str:
        """Return what only the private key can open, and only in this context."""
        ...

    async def open(self, box_id: UUID, sealed: Sequence[tuple[UUID, str]]) -> list[bytes]:
        """Open what was sealed, each in its context. Raises KeyMissing."""
        ...

    def destroy(self, box_id: UUID) -> None:
        """Delete the private key for good, if it exists."""
        ...

    def list_older_than(self, age: timedelta) -> Sequence[UUID]:
        """Return the boxes of the tenant whose keys were created longer ago than this."""
        ...


class KeyMissing(Exception):
    """The key is not here. The ballots cannot be opened."""
