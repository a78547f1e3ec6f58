"""The Python check, the SQL list, the oracle and the explanations decide alike."""

import os

import asyncpg
import pytest

from tests.access_equivalence.equivalence import compare_readers

DECISION_COUNT = int(os.environ.get("TRELLIS_DECISIONS", "50000"))
EXPLAINS_ONE_IN = int(os.environ.get("TRELLIS_EXPLAINS_ONE_IN", "10"))
"""`make decisions` explains each decision."""
MIN_FOR_BOTH_ANSWERS = 100_000
"""With this many decisions almost every question is answered both ways."""
OPEN_TO_EVERYONE = {"CalendarDay: see", "Tenant: see", "WorkCalendar: see"}
OPEN_TO_EVERYONE |= {"FairnessAttribute: see"}
OPEN_TO_EVERYONE |= {"SurveyBankQuestion: see"}
OPEN_TO_EVERYONE |= {"Review: open_nominated", "ReviewNomination: propose"}  # by other rules
SELDOM = {"OrganizationReference: see", "Person: merge", "ReviewQuestion: see"}
SELDOM |= {"TeamReference: see", "Feedback: see of author_id", "Feedback: reveal_author"}
SELDOM |= {"Review: reopen", "ReviewAppeal: decide", "ReviewPacket: acknowledge"}
SELDOM |= {"Member: activate"}  # nobody is suspended
SELDOM |= {
    "CompetencyExpectation: see",
    "FairnessValue: see",
    "ReviewCareerGroup: see",
}  # nobody sees a value
"""Questions that so many decisions may answer in one way only."""
SEED = int(os.environ.get("TRELLIS_DECISIONS_SEED", "1"))


@pytest.mark.anyio
async def test_check_list_and_oracle_agree(
    owner: asyncpg.Connection, pool: asyncpg.Pool, writing: asyncpg.Pool
) -> None:
    tally = await compare_readers(
        owner,
        pool,
        writing,
        decisions=DECISION_COUNT,
        seed=SEED,
        explains_one_in=EXPLAINS_ONE_IN,
    )
    print(tally)  # noqa: T201
    assert tally.disagreements == []
    assert tally.total >= DECISION_COUNT
    assert tally.explained >= DECISION_COUNT // EXPLAINS_ONE_IN - len(tally.by_question)
    if tally.total < MIN_FOR_BOTH_ANSWERS:
        return
    one_way = {name for name, seen in tally.by_question.items() if 0 in seen}
    assert one_way - SELDOM == OPEN_TO_EVERYONE, "Other questions are answered both ways."
