"""The chain of the audit log finds every entry that was changed, removed, swapped or inserted."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from domain.kernel.audit_chain import (
    FIRST_HASH,
    REWRITING_EVENTS,
    ChainVerifier,
    Seal,
    SealedEntry,
    build_seals,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
TAMPERINGS = 1_000


@dataclass(frozen=True)
class Row:
    """An entry in the database, as far as it is hashed."""

    number: int
    action: str
    content: str
    id: int

    @property
    def recorded_at(self) -> datetime:
        """The moment of the entry."""
        return START + timedelta(minutes=self.number)

    @property
    def sealed(self) -> SealedEntry:
        """The entry as it is hashed."""
        return SealedEntry(self.number, f'["{self.action}", {self.id}]', f'["{self.content}"]')


@dataclass
class Log:
    """The audit log of a tenant: entries, seals and the clock."""

    rows: dict[int, Row] = field(default_factory=dict)
    seals: list[Seal] = field(default_factory=list)
    clock: int = 0

    def record(self, action: str, content: str) -> Row:
        """Write an entry."""
        self.clock += 1
        row = Row(self.clock, action, content, secrets.randbits(60))
        self.rows[row.number] = row
        return row

    def rewrite(self, numbers: list[int], at: datetime) -> None:
        """Rewrite the content of entries, and destroy the salts of their seals."""
        for number in numbers:
            self.rows[number] = replace(self.rows[number], content="erased")
        self.seals = [
            each._replace(salt=None, rewritten_at=at)
            if each.number in numbers and each.salt is not None
            else each
            for each in self.seals
        ]

    def seal(self) -> None:
        """Do what the worker does."""
        last = {each.number: each for each in self.seals}
        rewritten = [
            (self.rows[each.number].sealed, each.rewritten_at)
            for each in sorted(last.values())
            if each.rewritten_at is not None
        ]
        new = [(row.sealed, None) for row in self.rows.values() if row.number not in last]
        previous = self.seals[-1].hash if self.seals else FIRST_HASH
        self.seals += build_seals(previous, len(self.seals), iter([*rewritten, *new]))

    def verify(self) -> list[str]:
        """Do what the command does; return what is wrong."""
        verifier, last = ChainVerifier(), {each.number: each for each in self.seals}
        for each in self.seals:
            row = self.rows.get(each.number)
            is_restored = row is not None and row.action == "restored"
            is_last = last[each.number] is each
            verifier.add(each, row and row.sealed, is_last=is_last, is_restored=is_restored)
            if row and each.cause_at is None and row.action in REWRITING_EVENTS:
                verifier.add_cause(row.recorded_at)
        extra = [n for n in self.rows if n <= verifier.sealed_number and n not in last]
        rest = [row for row in self.rows.values() if row.number > verifier.sealed_number]
        for row in sorted(rest, key=lambda row: row.number):
            verifier.add_number(row.number, is_restored=row.action == "restored")
            if row.action in REWRITING_EVENTS:
                verifier.add_cause(row.recorded_at)
        verifier.finish(self.clock)
        return [*verifier.faults, *(f"Entry {n} was inserted." for n in extra)]


def a_log() -> Log:
    """Return a log with two erasures, sealed five times, and two entries that are not sealed."""
    log = Log()
    for turn in range(5):
        for n in range(8):
            log.record("edited", f"{turn}-{n}")
        if turn in (1, 3):
            event = log.record("erased", "who")
            log.rewrite([2, turn * 8 + 1], event.recorded_at)
        log.seal()
    log.record("edited", "last")
    log.record("edited", "very last")
    return log


def test_a_log_with_erasures_is_no_alarm() -> None:
    log = a_log()
    assert log.verify() == []
    assert [each.number for each in log.seals if each.cause_at is not None] == [2, 2, 25]
    assert len(log.seals) == 45


def test_erased_content_cannot_be_guessed_from_what_stays() -> None:
    log = a_log()
    erased = [each for each in log.seals if each.number == 2]
    assert [each.salt is None for each in erased] == [True, True, False]


def test_an_erasure_that_is_not_sealed_yet_is_no_alarm() -> None:
    log = a_log()
    log.rewrite([3], log.record("erased", "who").recorded_at)
    assert log.verify() == []


def restore(log: Log) -> None:
    """Let the clock advance, as a restore does, and note it after a change of somebody else."""
    log.clock += 7
    log.record("edited", "meanwhile")
    log.record("restored", "when")


def test_the_gap_of_a_restore_is_no_alarm() -> None:
    log = a_log()
    restore(log)
    assert log.verify() == []
    log.seal()
    restore(log)
    assert log.verify() == []
    log.seal()
    assert log.verify() == []


@pytest.mark.parametrize("is_sealed", [False, True])
@pytest.mark.parametrize("is_after", [False, True])
def test_a_restore_explains_only_its_own_gap(*, is_sealed: bool, is_after: bool) -> None:
    log = a_log()
    if is_after:
        restore(log)
    removed = log.record("edited", "to be removed").number
    log.record("edited", "later")
    del log.rows[removed]
    if not is_after:
        restore(log)
    if is_sealed:
        log.seal()
    assert log.verify() == [f"Entry {removed} is missing."]


def change_content(log: Log, random: Random) -> None:
    number = random.choice(log.seals).number
    log.rows[number] = replace(log.rows[number], content="forged")


def change_fixed_value(log: Log, random: Random) -> None:
    number = random.choice(log.seals).number
    log.rows[number] = replace(log.rows[number], id=0)


def remove(log: Log, random: Random) -> None:
    del log.rows[random.choice([*log.rows])]


def remove_with_seals(log: Log, random: Random) -> None:
    number = random.choice([*log.rows])
    del log.rows[number]
    log.seals = [each for each in log.seals if each.number != number]


def swap(log: Log, random: Random) -> None:
    one, other = random.sample([*log.rows][:-2], 2)
    log.rows[one], log.rows[other] = (
        replace(log.rows[other], number=one),
        replace(log.rows[one], number=other),
    )


def insert(log: Log, random: Random) -> None:
    """Insert an entry, and renumber those after it."""
    at = random.choice([*log.rows][:-2])
    rows = [replace(each, number=each.number + (each.number >= at)) for each in log.rows.values()]
    log.rows = {each.number: each for each in rows} | {at: Row(at, "edited", "forged", 1)}
    log.clock += 1


def truncate(log: Log, random: Random) -> None:
    end = random.randrange(1, log.clock)
    log.rows = {n: row for n, row in log.rows.items() if n <= end}
    log.seals = [each for each in log.seals if each.number <= end]


def remove_seal(log: Log, random: Random) -> None:
    del log.seals[random.randrange(len(log.seals) - 1)]


def erase_without_reason(log: Log, random: Random) -> None:
    """Pretend an erasure, at a moment without one; the worker seals it."""
    log.rewrite([random.choice([*log.rows][:40])], START)
    log.seal()


def erase_for_an_old_reason(log: Log, random: Random) -> None:
    """Pretend that an old erasure rewrote the entry; the worker seals it."""
    old = random.choice([row for row in log.rows.values() if row.action == "erased"])
    log.rewrite([random.choice([*log.rows][:40])], old.recorded_at)
    log.seal()


def seal_again(log: Log, random: Random) -> None:
    """Replace the seal of a changed entry, but not those after it."""
    place = random.randrange(len(log.seals) - 1)
    seal, previous = log.seals[place], log.seals[place - 1].hash if place else FIRST_HASH
    forged = replace(log.rows[seal.number], content="forged")
    log.rows[seal.number] = forged
    made = build_seals(previous, seal.position - 1, iter([(forged.sealed, seal.cause_at)]))
    log.seals[place] = next(made)


KINDS: tuple[Callable[[Log, Random], None], ...] = (
    change_content,
    change_fixed_value,
    remove,
    remove_with_seals,
    swap,
    insert,
    truncate,
    remove_seal,
    erase_without_reason,
    erase_for_an_old_reason,
    seal_again,
)


@pytest.mark.parametrize("tamper", KINDS, ids=lambda each: each.__name__)
def test_every_tampering_is_found(tamper: Callable[[Log, Random], None]) -> None:
    for seed in _sample_seeds():
        log = a_log()
        tamper(log, Random(seed))
        assert log.verify() != [], seed


def _sample_seeds() -> Iterator[int]:
    yield from range(TAMPERINGS // len(KINDS) + 1)


def test_a_chain_that_is_made_anew_is_found_by_a_head_that_was_kept() -> None:
    log = a_log()
    kept = log.seals[-1]
    change_content(log, Random(1))
    log.seals.clear()
    log.seal()
    assert log.verify() == []
    assert kept.hash not in [each.hash for each in log.seals]
