"""Python and PostgreSQL assess a value alike, for every kind of target."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import ARRAY, Integer, Numeric, Text, bindparam, func, select
from sqlalchemy.sql.expression import column

from domain.kernel.identity import TenantId
from domain.kpis.targets import (
    Bands,
    KpiTarget,
    KpiTargetKind,
    KpiTargetStatus,
    derive_bands,
)
from domain.kpis.targets.assessment import Assessment, assess
from domain.kpis.targets.enums import FROM_START
from persistence.kpis import target_rules
from tests.factories.actors import NOW
from tests.factories.statements import fetch_rows

pytestmark = pytest.mark.anyio

TENANT = TenantId(UUID(int=1))
STEPS = (1, 3, 7, 10, 1_000, 10**9)
Case = tuple[KpiTarget | None, Decimal | None, bool, int, int]


def draw_number(random: Random) -> Decimal:
    return Decimal(random.randint(-6, 6) * random.choice(STEPS)).scaleb(random.choice((0, 0, -6)))


def draw_target(random: Random) -> KpiTarget:
    kind = random.choice([*KpiTargetKind])
    low, high = sorted((draw_number(random), draw_number(random)))
    upper = high if kind is KpiTargetKind.BETWEEN else None
    bands: Bands = derive_bands(kind, low, upper, random.choice((0, 10, 100)))
    has_start = kind in FROM_START or (upper is None and random.random() < 0.3)
    return KpiTarget(
        tenant_id=TENANT,
        kpi_id=UUID(int=2),
        starts_on=date(2026, 1, 1),
        recorded_at=NOW,
        kind=kind,
        value=low,
        upper_value=upper,
        start_value=random.choice((low, draw_number(random))) if has_start else None,
        **vars(bands),
    )


def draw_value(random: Random, target: KpiTarget | None) -> Decimal:
    """Draw a value, often one exactly on an edge or next to it."""
    edges = [each for each in vars(target.bands).values() if each is not None] if target else []
    if not edges or random.random() < 0.3:
        return draw_number(random)
    return random.choice(edges) + random.choice((0, 0, 1, -1)) * Decimal("0.000001")


def draw_cases(random: Random) -> list[Case]:
    cases = list[Case]()
    for _ in range(3_000):
        target = draw_target(random) if random.random() < 0.95 else None
        value = draw_value(random, target) if random.random() < 0.95 else None
        total = random.choice((1, 1, 31, 365))
        cases.append((target, value, random.random() < 0.98, random.randint(0, total), total))
    return cases


def describe(case: Case) -> Assessment:
    target, value, is_applicable, gone, total = case
    return assess(target, value, Fraction(gone, total), is_applicable=is_applicable)


def find_state(case: Case) -> str | None:
    """Return the state of the measurement; None where there is none."""
    if not case[2]:
        return "not_applicable"
    return None if case[1] is None else "measured"


def is_near(found: Any, exact: Fraction | None) -> bool:
    """Return whether a number of PostgreSQL is the exact one, but for its rounding."""
    if found is None or exact is None:
        return found is exact
    return abs(Fraction(found) - exact) <= max(abs(exact), 1) / 10**10


def list_columns(cases: list[Case]) -> dict[str, tuple[Any, list[Any]]]:
    attributes = {"target": "value", "upper_target": "upper_value"}
    columns: dict[str, tuple[Any, list[Any]]] = {
        name: (
            Text() if name in ("kind", "span") else Numeric(),
            [getattr(each[0], attributes.get(name, name), None) for each in cases],
        )
        for name in target_rules.TARGET_COLUMNS
    }
    return columns | {
        "compared": (Numeric(), [each[1] for each in cases]),
        "state": (Text(), [find_state(each) for each in cases]),
        "gone": (Integer(), [each[3] for each in cases]),
        "total": (Integer(), [each[4] for each in cases]),
    }


async def test_python_and_sql_agree(pool: asyncpg.Pool) -> None:
    cases = draw_cases(Random(11))
    columns = list_columns(cases)
    arrays = [bindparam(name, values, ARRAY(type_)) for name, (type_, values) in columns.items()]
    row = (
        func.unnest(*arrays)
        .table_valued(
            *(column(name, type_) for name, (type_, _) in columns.items()), with_ordinality="nth"
        )
        .render_derived()
    )
    statement = (
        select(
            target_rules.build_status(row).label("status"),
            target_rules.build_attainment(row).label("attainment"),
            target_rules.build_gap(row).label("gap"),
        )
        .select_from(row)
        .order_by(row.c.nth)
    )
    async with pool.acquire() as connection:
        found = await fetch_rows(connection, statement)
    for case, (status, attainment, gap) in zip(cases, found, strict=True):
        expected = describe(case)
        assert status == expected.status, case
        if case[2]:  # figures of what does not apply are shown nowhere
            assert is_near(attainment, expected.attainment), case
            assert is_near(gap, expected.gap), case
    known = {*KpiTargetStatus} - {KpiTargetStatus.SUPPRESSED}  # which only the database knows
    assert {describe(each).status for each in cases} == known
