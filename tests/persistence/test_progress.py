"""Python and PostgreSQL compute the same progress, to the last decimal place."""

from decimal import Decimal
from random import Random

import asyncpg
import pytest
from sqlalchemy import ARRAY, Integer, Numeric, Text, bindparam, func, select
from sqlalchemy.sql.expression import column

from domain.goals import Direction
from domain.goals.progress import compute_mean, compute_share
from persistence.goals import build_mean, build_share
from persistence.kernel.wire_format import to_ratio
from tests.factories.statements import fetch_rows

pytestmark = pytest.mark.anyio

STEPS = (1, 3, 7, 9, 10, 11, 1_000, 2**20, 10**15)


def draw_measures(random: Random) -> list[tuple[int, Decimal, Decimal, Decimal, str]]:
    """Draw the key results of 400 goals: whole and broken numbers, large and small ones."""

    def draw() -> Decimal:
        return Decimal(random.randint(-5, 5) * random.choice(STEPS)).scaleb(random.choice((0, -6)))

    directions = list(Direction)
    return [
        (goal, draw(), draw(), draw(), random.choice(directions))
        for goal in range(400)
        for _ in range(random.randint(1, 5))
    ]


async def test_python_and_sql_agree(pool: asyncpg.Pool) -> None:
    measures = draw_measures(Random(20))
    names = ("goal", "start_value", "target_value", "current_value", "direction")
    types = (Integer(), Numeric(), Numeric(), Numeric(), Text())
    arrays = [
        bindparam(name, list(values), ARRAY(type_))
        for name, type_, values in zip(names, types, zip(*measures, strict=True), strict=True)
    ]
    row = (
        func.unnest(*arrays)
        .table_valued(*(column(name, type_) for name, type_ in zip(names, types, strict=True)))
        .render_derived()
    )
    share = build_share(row)
    goal = row.c.goal
    async with pool.acquire() as connection:
        shares = await fetch_rows(connection, select(goal, share))
        means = await fetch_rows(
            connection, select(goal, build_mean(share)).group_by(goal).order_by(goal)
        )
    expected = [
        (number, compute_share(start, target, current, Direction(direction)))
        for number, start, target, current, direction in measures
    ]
    assert sorted(map(tuple, shares)) == sorted(expected)
    for number, mean in means:
        exact = compute_mean([each for whose, each in expected if whose == number])
        assert exact is not None
        assert mean == to_ratio(exact)
