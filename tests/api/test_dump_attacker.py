"""An attacker who has the whole database, its write-ahead log, its statistics and old backups.

The attacker knows who answered, in which order, from a copy that was taken just before the count.
Then every published text is matched with an author, by all that a row tells: its place, the number
of its transaction, its id and its length.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from api.kernel.schema.global_ids import decode_id
from domain.ballots.batches import MARK_LENGTH, Places
from domain.kernel.ballot_keys import KeyMissing
from domain.kernel.identity import generate_id
from persistence.embedded import DatabaseUrls, get_superuser_url
from persistence.kernel.pools import connect
from persistence.unit_of_work.ballot_keys import (
    BallotKeyFolder,
    HasBallotKeys,
    get_ballot_keys,
)
from tests.api.company import Company
from tests.api.program_raters import Asked

pytestmark = pytest.mark.anyio

VOTERS = (
    *("mara", "lead", "former", "hr_ops", "admin", "analyst"),
    *("hr_far", "chief", "hr", "nobody", "ruler", "boss"),
)
LUCK = 9
"""So many right guesses of twelve come once in a million random orders."""

ROWS = "SELECT id, ctid::text AS place, xmin::text::bigint AS commit, {} FROM {} WHERE {} = $1"
SECRET = "The lifts in the old dock frighten"
UNPUBLISHED = "The gate of the north yard squeaks at"
SIGHTS: dict[str, Callable[[Any], Any]] = {
    "place": lambda row: tuple(map(int, row["place"].strip("()").split(","))),
    "commit": lambda row: (row["commit"], row["place"]),
    "id": lambda row: row["id"],
    "length": lambda row: len(row["text"]),
}


class Attacker(Asked):
    """Raters whose order of answers is known, and the superuser's view of the database."""

    dump: asyncpg.Connection

    @property
    def program_id(self) -> UUID:
        return decode_id(self.id, "feedbackprogram")

    @property
    def keys(self) -> BallotKeyFolder:
        return get_ballot_keys(self.company.tenant_id)

    async def start(self) -> None:
        launched = await self.launch(raters=self.name(**dict.fromkeys(VOTERS, "PEER")))
        assert launched["errors"] == []

    async def vote(self, order: Sequence[str], text: str = SECRET) -> None:
        await self.start()
        for who in order:
            await self.answer(who, 3, f"{text} {who}.")

    async def read(self, table: str, columns: str) -> list[Any]:
        """Return the rows of the program in a table, as a dump has them."""
        sql = ROWS.format(columns, table, "feedback_program_id")
        return await self.dump.fetch(sql, self.program_id)

    async def read_batches(self) -> list[Any]:
        """Return the batches of ballots of the program, as a dump has them."""
        sql = ROWS.format("number, contents", "ballot_batches", "box_id")
        return await self.dump.fetch(sql, self.program_id)

    async def open_ballots(self, batch: Any, secrets: Sequence[str] = ()) -> list[str]:
        """Return the texts in the ballots of a batch, by all that lies outside of the database."""
        folder = HasBallotKeys.folder / str(self.company.tenant_id)
        keys = BallotKeyFolder(folder, secrets=secrets or HasBallotKeys.secrets)
        content = keys.open_batch(self.program_id, batch["number"], batch["contents"])
        sql = "SELECT ballot_length FROM feedback_programs WHERE id = $1"
        length = await self.dump.fetchval(sql, self.program_id) + keys.overhead
        sealed = [each[MARK_LENGTH:] for each in Places.decode(content, length).filled]
        texts = await keys.open(self.program_id, [(self.program_id, each) for each in sealed])
        answers = [json.loads(each).values() for each in texts]
        return [next(each for each in values if isinstance(each, str)) for values in answers]

    def find_name(self, person_id: Any) -> str:
        people = self.company.people.items()
        return next(name for name, each in people if each.id == person_id)


@pytest.fixture
async def attacker(
    company: Company, writing: asyncpg.Pool, owner: asyncpg.Connection, addresses: DatabaseUrls
) -> Any:
    superuser = get_superuser_url(addresses.owner)
    if superuser is None:
        pytest.skip("needs the superuser of an embedded server")
    found = Attacker(company, writing, owner)
    found.dump = await connect(superuser)
    yield found
    await found.dump.close()


def count_hits(voters: Sequence[str], texts: Sequence[Any]) -> Iterator[tuple[str, int]]:
    """Yield how many texts are matched with their author by each sight, in the order of voters."""
    for sight, key in SIGHTS.items():
        ordered = sorted(texts, key=key)
        pairs = zip(voters, ordered, strict=True)
        yield sight, sum(each["text"].endswith(f" {who}.") for who, each in pairs)


def find_common(before: str, after: str) -> set[str]:
    """Return the parts of 16 characters that stand at the same place in both."""
    pairs = (
        (each[place : place + 16] for each in (before, after))
        for place in range(0, len(before), 16)
    )
    return {first for first, second in pairs if first == second}


async def test_a_dump_of_everything_joins_no_text_with_its_author(attacker: Attacker) -> None:
    order = Random(7).sample(VOTERS, len(VOTERS))
    await attacker.vote(order)
    raters = await attacker.read("feedback_program_raters", "person_id, has_responded")
    assert all(each["has_responded"] for each in raters)
    known = [attacker.find_name(each["person_id"]) for each in sorted(raters, key=SIGHTS["commit"])]
    assert known == order  # participation is known until the count
    (batch,) = await attacker.read_batches()
    joined = [each for each in raters if each["commit"] == batch["commit"]]
    assert len(joined) == 1, "The last one to answer wrote the batch, as all others did before."
    await attacker.close()
    texts = await attacker.read("feedback_program_answers", "text")
    assert {each["text"] for each in texts} == {f"{SECRET} {who}." for who in VOTERS}
    for sight, hits in count_hits(known, texts):
        assert hits < LUCK, sight
    assert await attacker.read_batches() == []
    with pytest.raises(KeyMissing):  # so an old backup stays sealed
        await attacker.open_ballots(batch)


async def test_one_of_the_two_secrets_opens_no_ballot_of_a_dump(attacker: Attacker) -> None:
    await attacker.vote(VOTERS)
    (batch,) = await attacker.read_batches()
    with pytest.raises(KeyMissing):  # the folder of keys, without the secret of the service
        await attacker.open_ballots(batch, secrets=["Another secret."])
    stolen = attacker.keys.find_path(attacker.program_id)
    kept = stolen.rename(stolen.with_suffix(".kept"))
    with pytest.raises(KeyMissing):  # the secret of the service, without the folder of keys
        await attacker.open_ballots(batch)
    kept.rename(stolen)
    opened = await attacker.open_ballots(batch)  # both: the operator, before the close
    assert sorted(opened) == sorted(f"{SECRET} {who}." for who in VOTERS)


async def test_each_answer_changes_all_of_a_batch(attacker: Attacker) -> None:
    versions = list[str]()
    await attacker.start()
    for who in VOTERS:
        await attacker.answer(who, 3, f"{SECRET} {who}.")
        versions += [each["contents"] for each in await attacker.read_batches()]
    assert (len(versions), len({len(each) for each in versions})) == (len(VOTERS), 1)
    naive = [len(find_common(each, each[:-40] + "A" * 40)) for each in versions]
    assert min(naive) > 1_000, "The next version of a batch that is not sealed again is alike."
    for before, after in pairwise(versions):
        assert find_common(before, after) == set()


async def test_the_same_attacker_joins_answers_that_are_written_at_once(
    attacker: Attacker,
) -> None:
    order = Random(7).sample(VOTERS, len(VOTERS))
    await attacker.dump.execute(
        "CREATE TEMPORARY TABLE naive (id UUID, program INTEGER, text TEXT)"
    )
    for who in order:
        sql = "INSERT INTO naive VALUES ($1, 1, $2)"
        await attacker.dump.execute(sql, generate_id(), f"{SECRET} {who}.")
    texts = await attacker.dump.fetch(ROWS.format("text", "naive", "program"), 1)
    hits = dict(count_hits(order, texts))
    assert [hits[each] for each in ("place", "commit", "id")] == [len(VOTERS)] * 3


async def test_the_write_ahead_log_and_the_statistics_have_no_answer(attacker: Attacker) -> None:
    begin = await attacker.dump.fetchval("SELECT pg_current_wal_insert_lsn()")
    await attacker.vote(VOTERS, UNPUBLISHED)
    control = "Written by somebody who is named."
    await attacker.company.mutate(
        *("mara", "feedbackRequest", "feedbackRequest { id }"),
        respondentId=attacker.company.encode_id("person", "lead"),
        audience="SUBJECT",
        message=control,
    )
    log = await read_log(attacker.dump, begin)
    assert control.encode() in log
    assert UNPUBLISHED.encode() not in log
    await attacker.close()
    tables = ("feedback_program_raters", "feedback_program_answers", "survey_comments")
    tables += ("ballot_batches",)
    for each in (*tables, "survey_invitations", "feedback_programs"):
        await attacker.dump.execute(f"ANALYZE {each}")
    sql = "SELECT tablename || '.' || attname FROM pg_stats WHERE tablename = ANY($1)"
    seen = {each[0] for each in await attacker.dump.fetch(sql, [*tables, "feedback_programs"])}
    assert "feedback_programs.title" in seen
    hidden = {"ballot", "contents", "text", "author_id", "author_name"}
    assert {each for each in seen if each.split(".")[1] in hidden} == set()


async def read_log(dump: asyncpg.Connection, begin: str) -> bytes:
    """Return the write-ahead log from a place on, by whole segments."""
    end = await dump.fetchval("SELECT pg_switch_wal()")
    directory = Path(await dump.fetchval("SHOW data_directory")) / "pg_wal"
    names = [await dump.fetchval("SELECT pg_walfile_name($1)", each) for each in (begin, end)]
    segments = sorted(each for each in directory.iterdir() if names[0] <= each.name <= names[1])
    return b"".join(each.read_bytes() for each in segments)
