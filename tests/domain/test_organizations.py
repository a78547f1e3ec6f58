from domain import organizations
from domain.kernel.access import Actor
from domain.kernel.errors import Code
from domain.kernel.identity import OrganizationId
from domain.organizations import Organization, OrganizationKind
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import (
    GRANTS_BY_ROLE,
    TENANT,
    TODAY,
    a_unit,
    an_actor,
    days_from_today,
    expect_error,
)


def build_unit_hr(unit: Organization) -> Actor:
    """Build HR of one subtree, who reads the whole directory."""
    within = frozenset(each.restrict_to(OrganizationId(unit.id)) for each in GRANTS_BY_ROLE["hr"])
    return Actor(tenant_id=TENANT, today=TODAY, grants=within | GRANTS_BY_ROLE["employee"])


async def test_a_unit_is_founded_with_a_code_of_its_own() -> None:
    work = FakeWork(an_actor(role="hr"))
    top = await organizations.create(
        work, kind=OrganizationKind.COMPANY, code=" MER ", name="Meridian"
    )
    assert (top.code, top.starts_on, top.ends_on, top.parent_id) == ("MER", TODAY, None, None)
    with expect_error(Code.NOT_UNIQUE, "code"):
        await organizations.create(work, kind=OrganizationKind.SITE, code="MER", name="Other")
    with expect_error(Code.OUT_OF_RANGE, "endsOn"):
        await organizations.create(
            work, kind=OrganizationKind.SITE, code="X", name="X", ends_on=days_from_today(-1)
        )
    assert work.aggregates == [top]


async def test_a_code_may_be_kept_but_not_taken() -> None:
    one, two = a_unit("ONE"), a_unit("TWO")
    work = FakeWork(an_actor(role="tenant_admin"), [one, two])
    await organizations.edit(work, one.id, code="One", name="First")
    for code in ("TWO", "two", "\uff34wo"):
        with expect_error(Code.NOT_UNIQUE, "code"):
            await organizations.edit(work, one.id, code=code)
    assert (one.code, one.name) == ("One", "First")


async def test_a_unit_stands_below_itself_nowhere() -> None:
    top = a_unit("TOP")
    middle = a_unit("MIDDLE", below=top)
    bottom = a_unit("BOTTOM", below=middle)
    work = FakeWork(an_actor(role="hr"), [top, middle, bottom])
    for above in (top, middle, bottom):
        with expect_error(Code.REFERENCE_CYCLE, "parentId"):
            await organizations.move(work, top.id, parent_id=above.id)
    assert top.parent_id is None
    await organizations.move(work, bottom.id, parent_id=top.id)
    assert (bottom.parent_id, work.locked_trees[-1]) == (top.id, "organization")


async def test_a_unit_closes_after_those_below_it() -> None:
    top = a_unit("TOP")
    below = a_unit("BELOW", below=top)
    work = FakeWork(an_actor(role="hr"), [top, below])
    with expect_error(Code.STATE_CONFLICT):
        await organizations.close(work, top.id)
    await organizations.close(work, below.id)
    await organizations.close(work, top.id, ends_on=days_from_today(9))
    assert (top.ends_on, below.ends_on) == (days_from_today(9), TODAY)
    top.reopen()
    assert [each.action for each in top.events] == ["closed", "reopened"]


async def test_who_runs_a_subtree_founds_and_moves_within_it_only() -> None:
    mine, other = a_unit("MINE"), a_unit("OTHER")
    below = a_unit("BELOW", below=mine)
    work = FakeWork(build_unit_hr(mine), [mine, other, below])
    made = await organizations.create(
        work, kind=OrganizationKind.SITE, code="S", name="S", parent_id=below.id
    )
    await organizations.move(work, made.id, parent_id=mine.id)
    assert made.parent_id == mine.id
    for parent in (other.id, None):
        with expect_error(Code.NOT_PERMITTED):
            await organizations.create(
                work, kind=OrganizationKind.SITE, code="T", name="T", parent_id=parent
            )
    with expect_error(Code.NOT_PERMITTED):
        await organizations.move(work, below.id, parent_id=other.id)
    with expect_error(Code.NOT_PERMITTED):
        await organizations.edit(work, other.id, name="Mine")
    assert other.name == "OTHER"


def test_each_system_has_one_name_for_a_unit() -> None:
    unit = a_unit()
    unit.add_external_reference("sap", "1000")
    unit.add_external_reference("sap", "2000")
    assert [(each.source, each.external_id) for each in unit.references] == [("sap", "2000")]
    unit.remove_external_reference("sap")
    assert unit.references == []
    with expect_error(Code.INVALID_FORMAT, "source"):
        unit.add_external_reference("S A P", "1")
