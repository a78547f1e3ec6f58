"""An attacker who has the whole database, its write-ahead log, its statistics and old backups.

The attacker knows who answered, in which order, from a copy that was taken just before the count.
Then every published text is matched with an author, by all that a row tells: its place, the number
of its transaction, its id and its length.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
import pytest

from api.kernel.schema.global_ids import decode_id
from domain.kernel.ballot_keys import KeyMissing
from domain.kernel.identity import generate_id
from persistence.embedded import DatabaseUrls, get_superuser_url
from persistence.kernel.pools import connect
from persistence.unit_of_work.ballot_keys import get_ballot_keys
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

    async def vote(self, order: Sequence[str], text: str = SECRET) -> None:
        groups = dict.fromkeys(VOTERS, "PEER")
        launched = await self.launch(raters=self.name(**groups))
        assert launched["errors"] == []
        for who in order:
            await self.answer(who, 3, f"{text} {who}.")

    async def read(self, table: str, columns: str) -> list[Any]:
        """Return the rows of the program in a table, as a dump has them."""
        sql = ROWS.format(columns, table, "feedback_program_id")
        return await self.dump.fetch(sql, decode_id(self.id, "feedbackprogram"))

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


async def test_a_dump_of_everything_joins_no_text_with_its_author(attacker: Attacker) -> None:
    order = Random(7).sample(VOTERS, len(VOTERS))
    await attacker.vote(order)
    sealed = await attacker.read("feedback_program_raters", "person_id, ballot")
    known = [attacker.find_name(each["person_id"]) for each in sorted(sealed, key=SIGHTS["commit"])]
    assert known == order  # participation is known until the count
    assert len({len(each["ballot"]) for each in sealed}) == 1
    await attacker.close()
    texts = await attacker.read("feedback_program_answers", "text")
    assert {each["text"] for each in texts} == {f"{SECRET} {who}." for who in VOTERS}
    for sight, hits in count_hits(known, texts):
        assert hits < LUCK, sight
    id = decode_id(attacker.id, "feedbackprogram")
    ballots = [(each["id"], each["ballot"]) for each in sealed]
    with pytest.raises(KeyMissing):  # so an old backup stays sealed
        await get_ballot_keys(attacker.company.tenant_id).open(id, ballots)


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
    for each in (*tables, "survey_invitations", "feedback_programs"):
        await attacker.dump.execute(f"ANALYZE {each}")
    sql = "SELECT tablename || '.' || attname FROM pg_stats WHERE tablename = ANY($1)"
    seen = {each[0] for each in await attacker.dump.fetch(sql, [*tables, "feedback_programs"])}
    assert "feedback_programs.title" in seen
    hidden = {"ballot", "text", "author_id", "author_name"}
    assert {each for each in seen if each.split(".")[1] in hidden} == set()


async def read_log(dump: asyncpg.Connection, begin: str) -> bytes:
    """Return the write-ahead log from a place on, by whole segments."""
    end = await dump.fetchval("SELECT pg_switch_wal()")
    directory = Path(await dump.fetchval("SHOW data_directory")) / "pg_wal"
    names = [await dump.fetchval("SELECT pg_walfile_name($1)", each) for each in (begin, end)]
    segments = sorted(each for each in directory.iterdir() if names[0] <= each.name <= names[1])
    return b"".join(each.read_bytes() for each in segments)
