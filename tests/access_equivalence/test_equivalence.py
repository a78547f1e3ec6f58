"""Check, list and oracle decide alike."""

import os

import asyncpg
import pytest

from tests.access_equivalence.equivalence import decide

DECISIONS = int(os.environ.get("TRELLIS_DECISIONS", "100000"))
ENOUGH = 100_000
"""So many decisions answer every question both ways."""
SEED = int(os.environ.get("TRELLIS_DECISIONS_SEED", "1"))


@pytest.mark.anyio
async def test_check_list_and_oracle_agree(
    owner: asyncpg.Connection, pool: asyncpg.Pool, writing: asyncpg.Pool
) -> None:
    tally = await decide(owner, pool, writing, decisions=DECISIONS, seed=SEED)
    print(tally)  # noqa: T201
    assert tally.wrong == []
    assert tally.made >= DECISIONS
    if tally.made < ENOUGH:
        return
    one_way = {name for name, seen in tally.by_question.items() if 0 in seen}
    assert one_way == {"Tenant: see"}, "Other questions are answered both ways."
