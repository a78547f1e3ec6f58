"""The keys of secret ballots. Each survey has one, until its ballots are counted."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID


class BallotKeys(Protocol):
    """The keys of surveys, outside of the database and its backups."""

    def create(self, survey_id: UUID) -> str:
        """Create the key pair of a survey, and return the public key."""
        ...

    def seal(self, public_key: str, ballot: bytes, context: UUID) -> str:
        """Return what only the private key can open, and only in this context."""
        ...

    async def open(self, survey_id: UUID, sealed: Sequence[tuple[UUID, str]]) -> list[bytes]:
        """Open what was sealed, each in its context. Raises KeyMissing."""
        ...

    def destroy(self, survey_id: UUID) -> None:
        """Delete the private key for good, if it exists."""
        ...


class KeyMissing(Exception):
    """The key of a survey is not here. Its ballots cannot be opened."""
