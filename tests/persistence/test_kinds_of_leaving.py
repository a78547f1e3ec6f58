"""The statements that count leavers by the kind of their leaving."""

from datetime import date

import pytest

from domain.kernel.identity import TenantId
from domain.kpis.own_data.measures import KpiMeasure
from domain.people import LeavingKind
from tests.conftest import OpenWork, SaveAggregates
from tests.factories.organizations import an_organization
from tests.persistence.test_own_data import LEAVERS, Counting, hire

pytestmark = pytest.mark.anyio


async def test_kinds_of_leavings_are_about_those_who_left(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    """Of January, February and March 2026, with leavers of two kinds and of an unknown one."""
    company, early = an_organization(tenant_id), date(2025, 1, 1)
    people = [hire(company, early) for _ in range(9)]
    kinds = [LeavingKind.VOLUNTARY] * 3 + [LeavingKind.INVOLUNTARY, LeavingKind.DEATH, None]
    for each, kind in zip(people, kinds, strict=False):
        each.depart(date(2026, 2, 1), kind=kind)
    people[0].depart(date(2026, 2, 1), "He said so.")
    people[6].depart(date(2026, 4, 1), kind=LeavingKind.VOLUNTARY)
    await keep(company, *people)
    counting, last = Counting(work, company), date(2026, 3, 31)
    assert await counting.count(LEAVERS, last=last) == [(6, 9), (0, 9), (1, 3)]
    assert await counting.count(KpiMeasure.VOLUNTARY_LEAVERS, last=last) == [(3, 6), (0, 9), (1, 1)]
    assert await counting.count(KpiMeasure.INVOLUNTARY_LEAVERS, last=last) == [
        *[(1, 6), (0, 9), (0, 1)]
    ]
    assert [row[4] for row in counting.rows] == [1, 0, 0]
    await counting.count(LEAVERS, last=last)
    assert [row[4] for row in counting.rows] == [0, 0, 0]
