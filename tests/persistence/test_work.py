"""Stored aggregates are loaded unchanged, and changed only by permitted actors."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import anyio.lowlevel
import asyncpg
import pytest

from domain.goals import CheckIn, CheckInValue, Confidence, Goal, GoalStatus, KeyResult, Visibility
from domain.kernel.access import Actor
from domain.kernel.actions import Action
from domain.kernel.errors import (
    Code,
    ConcurrentChange,
    Invalid,
    NotFound,
    NotPermitted,
    Refusal,
    StateConflict,
    VersionConflict,
)
from domain.kernel.identity import PersonId, TenantId, generate_id
from domain.kernel.permissions import Permission
from domain.people import Person, PersonReference
from tests.conftest import OpenWork, SaveAggregates
from tests.factories.actors import NOW, an_actor, an_admin
from tests.factories.goals import a_goal, add_key_result
from tests.factories.organizations import an_organization
from tests.factories.people import a_person
from tests.factories.tenants import a_registered_tenant

pytestmark = pytest.mark.anyio


async def test_a_goal_comes_back_whole(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara, ben = a_person(tenant_id), a_person(tenant_id, "Ben")
    goal = a_goal(mara, "Ünïcode 🚚 مرحبا", Visibility.PRIVATE)
    goal.viewer_ids.add(PersonId(ben.id))
    result = add_key_result(goal, target="12345678901234567890.123456789")
    said = CheckIn(
        tenant_id=tenant_id,
        goal_id=goal.id,
        author_id=PersonId(mara.id),
        confidence=Confidence.AT_RISK,
        effective_on=NOW.date(),
        first_recorded_at=NOW,
        recorded_at=NOW,
    )
    said.values.append(
        CheckInValue(
            tenant_id=tenant_id, check_in_id=said.id, key_result_id=result.id, value=Decimal("1.50")
        )
    )
    goal.check_ins.append(said)
    await keep(goal, ben, mara)

    async with work(an_actor(tenant_id, mara)) as open:
        kept = await open.get(Goal, goal.id, to=Goal.EDIT)

    assert (kept.title, kept.visibility, kept.version) == (goal.title, Visibility.PRIVATE, 1)
    assert kept.viewer_ids == {ben.id}
    assert kept.key_results[0].target_value == Decimal("12345678901234567890.123456789")
    assert kept.check_ins[0].confidence is Confidence.AT_RISK
    assert kept.check_ins[0].recorded_at == NOW
    assert str(kept.check_ins[0].values[0].value) == "1.50"
    assert kept.events == []


async def test_of_its_check_ins_a_goal_brings_the_last_and_keeps_them_all(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    goal = a_goal(mara, "Ship")
    goal.status = GoalStatus.ACTIVE
    await keep(goal, mara)

    for day in range(3):
        async with work(an_actor(tenant_id, mara)) as open:
            kept = await open.get(Goal, goal.id, to=Goal.CHECK_IN)
            before = [each.note for each in kept.check_ins]
            at = NOW + timedelta(days=day)
            kept.check_in(
                PersonId(mara.id),
                confidence=Confidence.ON_TRACK,
                values={},
                note=f"Day {day}",
                at=at,
            )

    assert before == ["Day 1"]
    async with work(an_actor(tenant_id, mara)) as open:
        connection = await open.get_connection()
        counted = "SELECT count(*) FROM check_ins WHERE tenant_id = $1 AND goal_id = $2"
        assert await connection.fetchval(counted, tenant_id, goal.id) == 3


async def test_changing_only_a_part_gives_the_whole_a_new_version(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    goal = a_goal(mara)
    add_key_result(goal)
    await keep(mara, goal)

    for version in (1, 2):
        async with work(an_actor(tenant_id, mara)) as open:
            kept = await open.get(Goal, goal.id, to=Goal.CHECK_IN, expected_version=version)
            kept.key_results[0].current_value += 1

    async with work(an_actor(tenant_id, mara)) as open:
        assert (await open.get(Goal, goal.id, to=Goal.EDIT)).version == 3


@pytest.mark.plain_postgresql("On Citus each part of a write is a statement.")
async def test_an_aggregate_is_read_once_and_written_once_however_much_of_it_changes(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    goal = a_goal(mara)
    add_key_result(goal)
    add_key_result(goal, "Complaints")
    await keep(mara, goal)
    sent: list[str] = []

    def note(said: Any) -> None:
        sent.append(said.query)

    async with work(an_actor(tenant_id, mara)) as open:
        connection: Any = await open.get_connection()
        await open.get(Goal, goal.id, to=Goal.EDIT)  # asyncpg asks for types once a connection
        connection.add_query_logger(note)
        kept = await open.get(Goal, goal.id, to=Goal.CHECK_IN)
        assert await open.find(Goal, id=goal.id) is kept
        kept.check_in(PersonId(mara.id), confidence=Confidence.ON_TRACK, values={}, at=NOW)
        kept.remove_key_result(kept.key_results[0].id)
        await open.flush()
        await open.flush()
        await anyio.lowlevel.checkpoint()
        connection.remove_query_logger(note)

    assert [each.partition(" ")[0] for each in sent] == ["SELECT", "WITH"]


async def test_deletes_run_before_inserts_so_that_unique_values_can_move(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    def named(person: Person) -> PersonReference:
        return PersonReference(
            tenant_id=tenant_id, person_id=person.id, source="workday", external_id="W-1"
        )

    mara, ben = a_person(tenant_id), a_person(tenant_id, "Ben")
    mara.references.append(named(mara))
    await keep(mara, ben)

    async with work(an_admin(tenant_id)) as open:
        (await open.get(Person, mara.id, to=Person.EDIT)).references.clear()
        (await open.get(Person, ben.id, to=Person.EDIT)).references.append(named(ben))

    async with work(an_admin(tenant_id)) as open:
        kept = [await open.get(Person, each.id, to=Person.EDIT) for each in (mara, ben)]
    assert [[each.external_id for each in person.references] for person in kept] == [[], ["W-1"]]


async def test_nothing_is_written_of_an_aggregate_that_was_removed_meanwhile(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    goal = a_goal(mara)
    await keep(mara, goal)

    with pytest.raises(VersionConflict):
        async with work(an_actor(tenant_id, mara)) as slow:
            mine = await slow.get(Goal, goal.id, to=Goal.EDIT)
            async with work(an_actor(tenant_id, mara)) as fast:
                await fast.remove(await fast.get(Goal, goal.id, to=Goal.EDIT))
            add_key_result(mine)

    async with work(an_admin(tenant_id)) as open:
        assert await open.count(Goal) == 0
        assert await open.count(KeyResult) == 0


async def test_refusals_come_in_a_fixed_order(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara, ben = a_person(tenant_id), a_person(tenant_id, "Ben")
    public, private = a_goal(mara), a_goal(mara, "Secret", Visibility.PRIVATE)
    await keep(mara, ben, public, private)
    reader = an_actor(tenant_id, ben, Permission.GOALS_READ)

    async def refused(actor: Actor, id: UUID, to: Action, version: int | None = None) -> Refusal:
        with pytest.raises(Refusal) as raised:
            async with work(actor) as open:
                await open.get(Goal, id, to=to, expected_version=version)
        return raised.value

    unknown = await refused(reader, generate_id(), Goal.EDIT)
    hidden = await refused(reader, private.id, Goal.EDIT)
    assert (
        (type(unknown), str(unknown))
        == (type(hidden), str(hidden))
        == (
            NotFound,
            "There is no such goal.",
        )
    )
    assert type(await refused(reader, public.id, Goal.ACTIVATE, 7)) is NotPermitted
    state = await refused(an_actor(tenant_id, mara), public.id, Goal.REOPEN, 7)
    assert type(state) is StateConflict
    assert str(state) == (
        "This goal is active. For this change it must be achieved, missed or abandoned."
    )
    assert type(await refused(an_actor(tenant_id, mara), public.id, Goal.EDIT, 7)) is (
        VersionConflict
    )


async def test_of_two_writers_with_the_same_version_one_is_refused(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    goal = a_goal(mara)
    await keep(mara, goal)

    with pytest.raises(VersionConflict):
        async with work(an_actor(tenant_id, mara)) as slow:
            mine = await slow.get(Goal, goal.id, to=Goal.EDIT)
            async with work(an_actor(tenant_id, mara)) as fast:
                theirs = await fast.get(Goal, goal.id, to=Goal.EDIT)
                theirs.title = "First"
            mine.title = "Second"

    async with work(an_actor(tenant_id, mara)) as open:
        assert (await open.get(Goal, goal.id, to=Goal.EDIT)).title == "First"


async def test_nothing_is_written_where_something_checked_has_changed_meanwhile(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    checked, other = a_goal(mara), a_goal(mara, "Other")
    await keep(mara, checked, other)

    async def write(title: str, *, meanwhile: bool) -> None:
        async with work(an_actor(tenant_id, mara)) as slow:
            slow.check_unchanged(await slow.get(Goal, checked.id, to=Goal.EDIT))
            if meanwhile:
                async with work(an_actor(tenant_id, mara)) as fast:
                    (await fast.get(Goal, checked.id, to=Goal.EDIT)).title = "First"
            (await slow.get(Goal, other.id, to=Goal.EDIT)).title = title

    with pytest.raises(ConcurrentChange):
        await write("Second", meanwhile=True)
    async with work(an_actor(tenant_id, mara)) as open:
        kept = await open.get(Goal, other.id, to=Goal.EDIT)
        assert (kept.title, kept.version) == ("Other", 1)
    await write("Third", meanwhile=False)
    async with work(an_actor(tenant_id, mara)) as open:
        both = [await open.get(Goal, each.id, to=Goal.EDIT) for each in (checked, other)]
    assert [(each.title, each.version) for each in both] == [("First", 2), ("Third", 2)]


async def test_what_is_raised_inside_undoes_everything(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    await keep(mara)

    with pytest.raises(Invalid):
        async with work(an_admin(tenant_id)) as open:
            await open.add(a_person(tenant_id, "Half"), to=Person.HIRE)
            await open.get_connection()
            raise Invalid("No.")

    async with work(an_admin(tenant_id)) as open:
        assert await open.count(Person) == 1


async def test_an_e_mail_address_is_unique_only_while_employed(
    keep: SaveAggregates, tenant_id: TenantId
) -> None:
    gone = a_person(tenant_id, work_email="a@b.example", left_on=date(2024, 1, 1))
    await keep(gone, a_person(tenant_id, work_email="a@b.example"))

    with pytest.raises(Invalid) as raised:
        await keep(a_person(tenant_id, work_email="a@b.example"))

    assert (raised.value.code, raised.value.field) == (Code.NOT_UNIQUE, ("workEmail",))


@pytest.mark.parametrize(
    ("title", "code"),
    [("null\0byte", Code.INVALID_FORMAT), ("lone \ud800 surrogate", Code.INVALID_FORMAT)],
)
async def test_text_that_cannot_be_kept_is_refused(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId, title: str, code: Code
) -> None:
    mara = a_person(tenant_id)
    await keep(mara)

    with pytest.raises(Invalid) as raised:
        await keep(a_goal(mara, title))

    assert raised.value.code is code
    async with work(an_admin(tenant_id)) as open:
        assert await open.count(Goal) == 0


async def test_a_pointer_to_nothing_is_refused(keep: SaveAggregates, tenant_id: TenantId) -> None:
    with pytest.raises(Invalid) as raised:
        await keep(a_goal(a_person(tenant_id)))

    assert (raised.value.code, raised.value.field) == (
        Code.REFERENCE_NOT_FOUND,
        ("ownerPersonId",),
    )


async def test_another_tenant_finds_nothing_and_can_point_at_nothing(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId, owner: asyncpg.Connection
) -> None:
    mara = a_person(tenant_id)
    goal = a_goal(mara)
    await keep(mara, goal)
    foreign = an_admin(await a_registered_tenant(owner))

    with pytest.raises(NotFound):
        async with work(foreign) as open:
            await open.get(Goal, goal.id, to=Goal.EDIT)
    with pytest.raises(Invalid, match="does not exist"):
        async with work(foreign) as open:
            theirs = a_goal(a_person(foreign.tenant_id))
            theirs.owner_person_id = PersonId(mara.id)
            await open.add(theirs, to=Goal.CREATE)


async def test_a_row_of_another_tenant_cannot_be_written(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId, owner: asyncpg.Connection
) -> None:
    foreign = an_admin(await a_registered_tenant(owner))

    with pytest.raises(Exception, match="row-level security"):
        async with work(foreign) as open:
            await open.add(an_organization(tenant_id), to=Person.EDIT)


async def test_without_a_tenant_every_statement_fails_loudly(pool: asyncpg.Pool) -> None:
    for table in ("goals", "journal", "words", "tenants"):
        with pytest.raises((asyncpg.UndefinedObjectError, asyncpg.InvalidTextRepresentationError)):
            await pool.fetch(f"SELECT 1 FROM {table}")


async def test_what_is_removed_takes_its_parts_along(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    goal = a_goal(mara)
    add_key_result(goal)
    await keep(mara, goal)

    async with work(an_actor(tenant_id, mara)) as open:
        await open.remove(await open.get(Goal, goal.id, to=Goal.EDIT))

    async with work(an_admin(tenant_id)) as open:
        connection = await open.get_connection()
        for table in ("goals", "key_results"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0
