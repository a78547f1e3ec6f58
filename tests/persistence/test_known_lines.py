"""Reporting lines as an actor knows them: plans count only for people whom the actor plans for."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from domain.kernel.identity import TenantId
from domain.kernel.periods import Period
from persistence.access import known_lines
from persistence.access.known_lines import KnownLine
from tests.conftest import OpenWork, SaveAggregates
from tests.factories.actors import an_admin
from tests.factories.people import a_person, add_reporting_line

pytestmark = pytest.mark.anyio

TODAY = date(2026, 6, 15)
ADA, BEN, CLEO = UUID(int=1), UUID(int=2), UUID(int=3)


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def a_line(id: UUID, manager_id: UUID, first: int, end: int | None = None) -> KnownLine:
    return KnownLine(id, None, manager_id, day(first), None if end is None else day(end))


async def plan_nothing(_: KnownLine) -> bool:
    return False


async def plan_everything(_: KnownLine) -> bool:
    return True


@pytest.mark.parametrize(
    ("line", "known"),
    [
        (a_line(ADA, BEN, -9), a_line(ADA, BEN, -9)),
        (a_line(ADA, BEN, 0), a_line(ADA, BEN, 0)),
        (a_line(ADA, BEN, -9, 0), a_line(ADA, BEN, -9, 0)),
        (a_line(ADA, BEN, -9, 1), a_line(ADA, BEN, -9)),
        (a_line(ADA, BEN, 1), None),
        (a_line(ADA, BEN, 1, 9), None),
    ],
)
async def test_who_plans_nothing_knows_no_start_or_end_to_come(
    line: KnownLine, known: KnownLine | None
) -> None:
    assert await known_lines.keep_known([line], TODAY, plan_nothing) == ([known] if known else [])
    assert await known_lines.keep_known([line], TODAY, plan_everything) == [line]


def test_a_way_counts_while_all_its_lines_run() -> None:
    lines = [a_line(ADA, BEN, 0, 5), a_line(BEN, CLEO, 5), a_line(BEN, ADA, 20)]
    assert known_lines.list_above(lines, ADA, Period(TODAY)) == {BEN}
    assert known_lines.list_above(lines, BEN, Period(TODAY)) == {CLEO, ADA}
    assert known_lines.list_above(lines, BEN, Period(TODAY, day(5))) == set()
    assert [each.id for each in known_lines.list_below(lines, CLEO, Period(TODAY))] == [BEN]


def test_a_cycle_ends_the_walk() -> None:
    lines = [a_line(ADA, BEN, 0), a_line(BEN, ADA, 0)]
    assert known_lines.list_above(lines, ADA, Period(TODAY)) == {ADA, BEN}
    assert {each.id for each in known_lines.list_below(lines, ADA, Period(TODAY))} == {ADA, BEN}


async def test_lines_of_people_who_left_and_replaced_ones_are_not_loaded(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    names = ("Mara", "Boss", "Gone", "Other")
    mara, boss, gone, other = (a_person(tenant_id, name) for name in names)
    gone.left_on = gone.latest_employment.left_on = TODAY
    add_reporting_line(mara, gone, ends_on=date(2023, 1, 1))
    add_reporting_line(mara, boss, date(2023, 1, 1))
    add_reporting_line(mara, other, TODAY, TODAY)
    add_reporting_line(gone, boss)
    await keep(mara, boss, gone, other)
    async with work(an_admin(tenant_id)) as open:
        connection = await open.get_connection()
        of_mara = await known_lines.load_lines(
            connection, known_lines.ABOVE, tenant_id, mara.id, TODAY
        )
        of_gone = await known_lines.load_lines(
            connection, known_lines.ABOVE, tenant_id, gone.id, TODAY
        )
    assert [[each.manager_id for each in lines] for lines in (of_mara, of_gone)] == [[boss.id], []]
