"""The hash chain over the audit log, which shows whether an entry was changed afterwards.

Each entry gets a seal: a hash of its content with a salt, and a hash of that, of the fixed values
of the entry, and of the seal before. An erasure, a merge or a withdrawal of feedback rewrites the
content and destroys the salt, so the old hash says nothing about what was erased. The entry then
gets a further seal.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from domain.kernel.background_tasks import INTERVAL_KEY, BackgroundTask, TaskHandler
from domain.kernel.unit_of_work import Work

SEAL_ENTRIES = "audit.seal"
SEAL_NOW = BackgroundTask(SEAL_ENTRIES, key=INTERVAL_KEY)
LOCK = "audit_chain"
"""What the sealing and whatever rewrites entries hold, so that no seal has an older content."""

LAST_SEAL = "last_audit_seal"
UNSEALED = "unsealed_audit_entries"
REWRITTEN = "rewritten_audit_entries"
INSERT_SEALS = "insert_audit_seals"

EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
BATCH_SIZE = 1_000
SALT_SIZE = 32
FIRST_HASH = bytes(32)
"""What stands for the hash before the first seal."""

REWRITING_EVENTS = frozenset({"erased", "merged", "withdrawn"})
"""The events whose unit of work may rewrite earlier entries."""


class SealedEntry(NamedTuple):
    """An entry as it is hashed: `fixed` and `content` are JSON arrays, as PostgreSQL writes them.

    `content` is what erasures, merges and withdrawals may rewrite.
    """

    number: int
    fixed: str
    content: str


class Seal(NamedTuple):
    """A seal of an entry, at its position in the chain of the tenant.

    The salt is None where the content was rewritten since. `rewritten_at` of the seal is then the
    moment of the rewriting; the next seal of the entry repeats it.
    """

    position: int
    number: int
    salt: bytes | None
    content_hash: bytes
    hash: bytes
    rewritten_at: datetime | None = None
    cause_at: datetime | None = None


def hash_content(salt: bytes, content: str) -> bytes:
    """Return the salted hash of the content of an entry."""
    return sha256(salt + content.encode()).digest()


def hash_seal(
    previous: bytes, position: int, fixed: str, content_hash: bytes, cause_at: datetime | None
) -> bytes:
    """Return the hash of a seal. Only the last of the hashed values has no fixed length."""
    cause = 0 if cause_at is None else (cause_at - EPOCH) // MICROSECOND
    numbers = position.to_bytes(8) + cause.to_bytes(8, signed=True)
    return sha256(previous + content_hash + numbers + fixed.encode()).digest()


def build_seals(
    previous: bytes, position: int, entries: Iterator[tuple[SealedEntry, datetime | None]]
) -> Iterator[Seal]:
    """Yield the seals of entries after a position, each with the moment of its rewriting."""
    for next_position, (entry, cause_at) in enumerate(entries, position + 1):
        salt = secrets.token_bytes(SALT_SIZE)
        content_hash = hash_content(salt, entry.content)
        previous = hash_seal(previous, next_position, entry.fixed, content_hash, cause_at)
        yield Seal(next_position, entry.number, salt, content_hash, previous, cause_at=cause_at)


async def seal_entries(work: Work) -> None:
    """Add seals of rewritten and of new entries to the chain.

    Rewritten ones come first: then the entry of the erasure has a later seal than they have.
    """
    await work.lock_value(LOCK, "")
    ((position, number, previous),) = await work.run_statement(LAST_SEAL)
    rewritten = await work.run_statement(REWRITTEN, limit=BATCH_SIZE)
    free = BATCH_SIZE - len(rewritten)
    new = await work.run_statement(UNSEALED, after=number, limit=free) if free else ()
    entries = [(SealedEntry(*row[:3]), row[3]) for row in (*rewritten, *new)]
    seals = list(build_seals(previous, position, iter(entries)))
    if seals:
        columns = [list(each) for each in zip(*seals, strict=True)]
        values = dict(zip(Seal._fields, columns, strict=True))
        del values["rewritten_at"]
        await work.run_statement(INSERT_SEALS, **values)
    if len(entries) == BATCH_SIZE:
        work.enqueue(SEAL_NOW)


SEALING = TaskHandler(seal_entries, interval_hours=1)


@dataclass
class ChainVerifier:
    """Compares the seals of a tenant, in their order, with the entries as they are now."""

    position: int = 0
    hash: bytes = FIRST_HASH
    faults: list[str] = field(default_factory=list)
    sealed_number: int = 0
    """The greatest number of a sealed entry."""
    last_number: int = 0
    """The greatest number of an entry so far."""
    gaps: list[range] = field(default_factory=list)
    """Numbers without an entry, which no restore has explained so far."""
    rewritten_count: int = 0
    causes: dict[datetime, int] = field(default_factory=dict)
    """The moments of rewritings whose event has not been found, and an entry of each."""

    def add(
        self, seal: Seal, entry: SealedEntry | None, *, is_last: bool, is_restored: bool = False
    ) -> None:
        """Check the next seal.

        `is_last` says whether it is the last one of its entry, and `is_restored` whether the entry
        notes a restore of the tenant.
        """
        if seal.position != self.position + 1:
            self.faults.append(f"The seal at position {self.position + 1} is missing.")
        self._check_order(seal, is_restored=is_restored)
        if entry is None:
            self.faults.append(f"Entry {seal.number} is missing.")
        else:
            self._check_hashes(seal, entry, is_last=is_last)
        self.position, self.hash = seal.position, seal.hash

    def add_number(self, number: int, *, is_restored: bool) -> None:
        """Note the number of the next entry. A restore explains one gap before it: the last."""
        if number > self.last_number + 1:
            self.gaps.append(range(self.last_number + 1, number))
        if is_restored and self.gaps:
            self.gaps.pop()
        self.last_number = number

    def _check_order(self, seal: Seal, *, is_restored: bool) -> None:
        """Check that the seal is of the next entry, or of a rewritten one."""
        if seal.number > self.sealed_number:
            self.add_number(seal.number, is_restored=is_restored)
            self.sealed_number = seal.number
            if seal.cause_at is not None:
                self.faults.append(f"The first seal of entry {seal.number} is a later one.")
        elif seal.cause_at is None:
            self.faults.append(f"Entry {seal.number} has a second seal without a reason.")
        else:
            self.rewritten_count += 1
            self.causes.setdefault(seal.cause_at, seal.number)

    def _check_hashes(self, seal: Seal, entry: SealedEntry, *, is_last: bool) -> None:
        expected = hash_seal(
            self.hash, seal.position, entry.fixed, seal.content_hash, seal.cause_at
        )
        if expected != seal.hash:
            self.faults.append(f"Entry {seal.number} or its seal was changed.")
        elif seal.salt is not None:
            if hash_content(seal.salt, entry.content) != seal.content_hash:
                self.faults.append(f"The content of entry {seal.number} was changed.")
        elif seal.rewritten_at is None:
            self.faults.append(f"The salt of entry {seal.number} was removed.")
        elif is_last:
            self.causes.setdefault(seal.rewritten_at, seal.number)

    def add_cause(self, recorded_at: datetime) -> None:
        """Note one of REWRITING_EVENTS, the cause of all rewritings at this moment."""
        self.causes.pop(recorded_at, None)

    def finish(self, clock: int) -> None:
        """Check that the entries end with the tenant's clock, without gaps, and all causes."""
        self.faults += [f"Entry {number} is missing." for gap in self.gaps for number in gap]
        missing = clock - self.last_number
        if missing:
            self.faults.append(f"After entry {self.last_number}, {missing} entries are missing.")
        self.faults += [
            f"Entry {number} was rewritten without an erasure, a merge or a withdrawal."
            for number in self.causes.values()
        ]
