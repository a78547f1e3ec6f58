"""Python and PostgreSQL compare two values alike, in every unit and direction."""

from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import asyncpg
import pytest
from sqlalchemy import ARRAY, Numeric, Text, bindparam, func, select
from sqlalchemy.sql.expression import column

from domain.kpis import KpiDirection, KpiUnit
from domain.kpis.trend import compare
from persistence.kpis.trend import build_difference, build_kind, build_relative
from tests.factories.statements import fetch_rows

pytestmark = pytest.mark.anyio

STEPS = (1, 3, 7, 1_000, 10**9)
COLUMNS = {"value": Numeric(), "earlier": Numeric(), "unit": Text(), "direction": Text()}

Case = tuple[Decimal, Decimal, KpiUnit, KpiDirection]


def draw_cases(random: Random) -> list[Case]:
    def draw() -> Decimal:
        return Decimal(random.randint(-3, 3) * random.choice(STEPS)).scaleb(random.choice((0, -6)))

    return [
        (draw(), draw(), random.choice([*KpiUnit]), random.choice([*KpiDirection]))
        for _ in range(2_000)
    ]


async def test_python_and_sql_agree(pool: asyncpg.Pool) -> None:
    cases = draw_cases(Random(5))
    arrays = [
        bindparam(name, [x if isinstance(x, Decimal) else str(x) for x in values], ARRAY(type_))
        for (name, type_), values in zip(COLUMNS.items(), zip(*cases, strict=True), strict=True)
    ]
    row: Any = (
        func.unnest(*arrays)
        .table_valued(
            *(column(name, type_) for name, type_ in COLUMNS.items()), with_ordinality="nth"
        )
        .render_derived()
    )
    statement = select(
        build_difference(row).label("difference"),
        build_relative(row).label("relative"),
        build_kind(row).label("kind"),
    )
    async with pool.acquire() as connection:
        found = await fetch_rows(connection, statement.select_from(row).order_by(row.c.nth))
    for case, (difference, relative, kind) in zip(cases, found, strict=True):
        expected = compare(*case)
        assert (Fraction(difference), kind) == (expected.difference, expected.kind), case
        if expected.relative is None:
            assert relative is None, case
        else:
            assert abs(Fraction(relative) - expected.relative) <= Fraction(1, 10**12), case
