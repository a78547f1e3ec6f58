"""Ballots that an earlier release has stored beside the person, in what is still open."""

from base64 import b64encode

import asyncpg
import pytest

from api.kernel.schema.global_ids import decode_id
from domain.ballots.envelopes import encode
from persistence.unit_of_work.ballot_keys import get_ballot_keys
from tests.api.company import Company
from tests.api.program_raters import Asked

pytestmark = pytest.mark.anyio


@pytest.fixture
def asked(company: Company, writing: asyncpg.Pool, owner: asyncpg.Connection) -> Asked:
    return Asked(company, writing, owner)


async def test_former_ballots_are_counted_replaced_and_taken_back(
    asked: Asked,
) -> None:
    await asked.launch(mode="IDENTIFIED")
    await seal_as_before(asked, {"mara": 1, "lead": 3, "former": 3})
    await asked.answer("mara", 2)
    taken = await asked.company.mutate(
        *("former", "feedbackProgramWithdrawResponse", "feedbackProgram { viewerCan }"),
        programId=asked.id,
    )
    assert taken == {"feedbackProgram": {"viewerCan": ["RESPOND"]}, "errors": []}
    await asked.close()
    named = {
        (each["author"]["name"].split()[0], each["rating"])
        for each in (await asked.see("peer"))["answers"]["nodes"]
    }
    assert named == {("Mara", 2), ("Lead", 3)}


async def seal_as_before(asked: Asked, levels: dict[str, int]) -> None:
    """Store ballots as earlier releases did: beside the person, in the invitation."""
    id, keys = decode_id(asked.id, "feedbackprogram"), get_ballot_keys(asked.company.tenant_id)
    template = asked.company.review_templates["rated"]
    rated = [each.id for each in template.list_questions() if each.key in ("delivers", "listens")]
    async with asked.owner.transaction():
        await asked.owner.execute(f"SET LOCAL app.tenant_id = '{asked.company.tenant_id}'")
        sql = "SELECT public_key, ballot_length FROM feedback_programs WHERE id = $1"
        key, length = await asked.owner.fetchrow(sql, id)
        for who, level in levels.items():
            sql = "SELECT id FROM feedback_program_raters WHERE feedback_program_id = $1"
            rater = await asked.owner.fetchval(
                f"{sql} AND person_id = $2", id, asked.company.people[who].id
            )
            ballot = encode(dict.fromkeys(rated, level), length)
            sealed = b64encode(keys.seal(key, ballot, rater)).decode()
            sql = "UPDATE feedback_program_raters SET ballot = $2, has_responded = true"
            await asked.owner.execute(f"{sql} WHERE id = $1", rater, sealed)
