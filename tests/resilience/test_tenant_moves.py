"""A tenant moves to another database: no change is lost, none is made twice, and reads go on."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import orjson
import pytest
from asyncpg import InterfaceError, UniqueViolationError

from api.commands import tenant_files, tenant_moves, tenants
from api.commands.database_url import Database
from api.identity.built_in_issuer import build_issuer_name
from api.kernel.execution.engine import Request
from domain.kernel.errors import Invalid, NotFound, StateConflict
from persistence import tenant_move
from persistence.embedded import DatabaseUrls, EmbeddedPostgres
from persistence.kernel.error_translation import TenantReadOnly
from persistence.kernel.pools import open_connection
from persistence.kernel.schema.migrations import migrate
from persistence.tenant_registry import TenantRegistry
from tests.resilience.harness import READ_VIEWER, Client, Harness, Outcome, a_trellis
from tests.resilience.installation import Installation, an_installation, ignore_progress
from tests.resilience.killer import Killed, Killer
from tests.resilience.retrying_clients import RetryingClients
from tests.resilience.scale import print_result, select_scale

pytestmark = pytest.mark.anyio

WATCH = "subscription { goalChanged { goal { title } } }"


@pytest.fixture(scope="module")
async def at(
    addresses: DatabaseUrls, anyio_backend: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Installation]:
    async with an_installation(addresses, tmp_path_factory.mktemp("trellis")) as started:
        yield started


async def test_all_rows_move_and_the_processes_follow(at: Installation) -> None:
    client = await at.create_client()
    assert (await client.create_goal("Before")).is_acknowledged
    before, numbers = [await read(client.slug, "home") for read in (at.hash_rows, at.read_numbers)]

    result = await at.move(client.slug, "north")

    assert (result.source, result.target, result.cleaned) == ("home", "north", ["home"])
    assert await at.locate(client.slug) == "north"
    assert await at.hash_rows(client.slug, "north") == before
    assert await at.read_numbers(client.slug, "north") == numbers
    assert not any((await at.hash_rows(client.slug, "home")).values())
    for title in ("After", "And later"):
        assert (await client.create_goal(title)).is_acknowledged
        assert title in await client.list_titles()
    assert not any((await at.hash_rows(client.slug, "home")).values())
    following = range(1, len(await at.read_numbers(client.slug, "north")) + 1)
    assert await at.read_numbers(client.slug, "north") == tuple(following)


@pytest.mark.parametrize("operation", ["read", "change"])
async def test_a_process_that_has_not_heard_of_the_move_never_uses_the_old_database(
    at: Installation, operation: str
) -> None:
    client = await at.create_client()
    lagging = at.use_second(client)
    await lagging.execute(READ_VIEWER)
    await at.move(client.slug, "north", keeps_rows=True)
    old = await at.hash_rows(client.slug, "home")
    assert (
        await Client(at.first.http, client.token, client.slug).create_goal("New")
    ).is_acknowledged

    if operation == "read":
        assert await lagging.list_titles() == ["New"]
    else:
        assert (await lagging.create_goal("Newer")).is_acknowledged
        assert set(await lagging.list_titles()) == {"New", "Newer"}

    assert await at.hash_rows(client.slug, "home") == old
    assert any(old.values())


async def test_a_change_that_began_before_the_move_is_refused_whole(
    at: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await at.create_client()
    refused: list[Outcome] = []
    verify = tenant_move.TenantMove._verify

    async def change_while_frozen(move: Any) -> None:
        refused.append(await client.create_goal("Lost", key="a-key"))
        assert (await client.execute(READ_VIEWER)).status == 200
        await verify(move)

    monkeypatch.setattr(tenant_move.TenantMove, "_verify", change_while_frozen)
    await at.move(client.slug, "north")

    (outcome,) = refused
    assert (outcome.status, outcome.code, outcome.retry_after) == (503, "UNAVAILABLE", "1")
    assert "Try again in a few seconds." in outcome.body["errors"][0]["message"]
    assert await client.list_titles() == []
    assert (await client.create_goal("Lost", key="a-key")).is_acknowledged
    assert await client.list_titles() == ["Lost"]


async def test_a_repeated_request_is_known_in_the_new_database(at: Installation) -> None:
    client = await at.create_client()
    first = await client.create_goal("Once", key="once")

    await at.move(client.slug, "north")

    again = await client.create_goal("Once", key="once")
    assert again.body["data"] == first.body["data"]
    assert again.body["extensions"]["idempotency"]["replayed"] is True
    assert await client.list_titles() == ["Once"]


async def test_subscribers_get_each_event_once(at: Installation) -> None:
    client = await at.create_client()
    seen: list[list[str]] = [[], []]

    async def listen(harness: Harness, titles: list[str]) -> None:
        context = harness.server_context
        caller = await context.authenticator.authenticate(f"Bearer {client.token}")
        events: Any = await context.engine.subscribe(Request(WATCH), caller, request_id="a-test")
        async with aclosing(events):
            listening.release()
            async for each in events:
                event = orjson.loads(each)
                titles.append(event["data"]["goalChanged"]["goal"]["title"])

    listening = asyncio.Semaphore(0)
    tasks = [
        asyncio.create_task(listen(harness, titles))
        for harness, titles in zip((at.first, at.second), seen, strict=True)
    ]
    for _ in tasks:
        await listening.acquire()
    expected: list[str] = []
    for number, target in enumerate(("north", "home", "north")):
        for title in (f"{number} before", f"{number} and again"):
            assert (await client.create_goal(title)).is_acknowledged
            expected.append(title)
        await at.move(client.slug, target)
    assert (await client.create_goal("Last")).is_acknowledged
    expected.append("Last")

    async with asyncio.timeout(20):
        while not all("Last" in each for each in seen):  # noqa: ASYNC110 - streams have no event
            await asyncio.sleep(0.02)
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert seen == [expected, expected]


async def test_a_suspension_during_the_move_lasts(
    at: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await at.create_client()
    switch = tenant_move.TenantMove.switch

    async def suspend(move: Any) -> None:
        await tenants.suspend_tenant(at.database, client.slug)
        assert (await client.execute(READ_VIEWER)).code == "TENANT_SUSPENDED"
        await switch(move)

    monkeypatch.setattr(tenant_move.TenantMove, "switch", suspend)
    await at.move(client.slug, "north")

    assert (await client.execute(READ_VIEWER)).code == "TENANT_SUSPENDED"
    await tenants.resume_tenant(at.database, client.slug)
    assert (await client.create_goal("Again")).is_acknowledged


async def test_a_suspension_waits_for_the_seconds_in_which_nothing_can_be_written(
    at: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await at.create_client()
    verify = tenant_move.TenantMove._verify

    async def suspend(move: Any) -> None:
        await verify(move)
        with pytest.raises(TenantReadOnly):  # it is an entry of the tenant's journal, too
            await tenants.suspend_tenant(at.database, client.slug)
        assert (await client.execute(READ_VIEWER)).code is None

    monkeypatch.setattr(tenant_move.TenantMove, "_verify", suspend)
    await at.move(client.slug, "north")
    assert (await client.create_goal("Not suspended")).is_acknowledged


async def test_a_copy_that_differs_is_not_switched_to(
    at: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await at.create_client()
    assert (await client.create_goal("Right")).is_acknowledged
    before = await at.hash_rows(client.slug, "home")
    catch_up = tenant_move.TenantMove._catch_up

    async def spoil(move: Any) -> None:
        await catch_up(move)
        async with at._enter(client.slug, "north") as (connection, record):
            await connection.execute(
                "UPDATE goals SET title = 'Wrong' WHERE tenant_id = $1", record.id
            )

    with monkeypatch.context() as patch:
        patch.setattr(tenant_move.TenantMove, "_catch_up", spoil)
        with pytest.raises(Invalid, match=r"differ: 1 of goals\. It stays in home\."):
            await at.move(client.slug, "north")

    assert await at.locate(client.slug) == "home"
    assert await at.hash_rows(client.slug, "home") == before
    assert (await client.create_goal("Still here")).is_acknowledged
    await at.move(client.slug, "north")
    assert set(await client.list_titles()) == {"Right", "Still here"}


async def test_rows_that_cannot_be_changed_in_place_are_copied_anew(
    at: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that exchange unique values with one another, for instance."""
    client = await at.create_client()
    assert (await client.create_goal("Old")).is_acknowledged
    prepare = tenant_move.TenantMove.prepare

    async def prepare_then_change(move: Any) -> None:
        await prepare(move)
        assert (await client.create_goal("New")).is_acknowledged

    async def fail(*_: Any) -> None:
        raise UniqueViolationError

    monkeypatch.setattr(tenant_move.TenantMove, "prepare", prepare_then_change)
    monkeypatch.setattr(tenant_move, "apply_differences", fail)
    await at.move(client.slug, "north")

    assert set(await client.list_titles()) == {"Old", "New"}


async def count_statements(at: Installation, slug: str, to: str, patch: pytest.MonkeyPatch) -> int:
    """Move a tenant; return the number of statements that the command sends."""
    killer = Killer(0)
    with patch.context() as patched:
        patched.setattr(tenant_moves, "open_connection", killer.open)
        await at.move(slug, to)
    return killer.count


async def test_a_move_that_is_killed_at_any_statement_can_be_finished(
    at: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await at.create_client()
    assert (await client.create_goal("0", key="0")).is_acknowledged
    statements = await count_statements(at, client.slug, "north", monkeypatch)
    step = select_scale(max(1, statements // 10), 1)
    place, other, titles = "north", "home", ["0"]
    for number in range(1, statements, step):
        with monkeypatch.context() as patch:
            patch.setattr(tenant_moves, "open_connection", Killer(number).open)
            with pytest.raises((Killed, StateConflict, InterfaceError)):
                await at.move(client.slug, other)
        read = await client.execute(READ_VIEWER)
        assert (read.status, read.code) in ((200, None), (503, "UNAVAILABLE")), (number, read)
        tried = await client.create_goal(str(number), key=str(number))
        assert tried.is_acknowledged or tried.code == "UNAVAILABLE", (number, tried)

        await at.move(client.slug, other)

        assert await at.locate(client.slug) == other
        assert not any((await at.hash_rows(client.slug, place)).values()), number
        assert (str(number) in await client.list_titles()) == tried.is_acknowledged
        assert (await client.create_goal(str(number), key=str(number))).is_acknowledged
        titles.append(str(number))
        assert sorted(await client.list_titles()) == sorted(titles), number
        place, other = other, place
    print_result(f"{statements} statements, killed at every {step}.")


async def test_changes_during_moves_back_and_forth_happen_once_each(at: Installation) -> None:
    client = await at.create_client()
    writers = RetryingClients(client)
    moves = select_scale(2, 40)

    async def move_often() -> None:
        for number in range(moves):
            await writers.wait_for_acknowledgement()
            await at.move(client.slug, "home" if number % 2 else "north")
        await writers.wait_for_acknowledgement()

    await writers.run_changes_during(move_often())

    assert await at.locate(client.slug) == "home"
    await writers.assert_consistent(at.database.serving_url)
    assert await writers.count_goals() == dict.fromkeys(writers.created_titles, 1)
    numbers = await at.read_numbers(client.slug, "home")
    assert numbers == tuple(range(1, len(numbers) + 1))
    print_result(
        f"{moves} moves during {writers.acknowledged_count} changes, {writers.retry_count}"
        " repetitions."
    )


async def test_a_tenant_is_backed_up_from_where_it_lives_with_its_issuers(
    at: Installation, tmp_path: Path
) -> None:
    client = await at.create_client("north")
    assert (await client.create_goal("Kept")).is_acknowledged
    path = tmp_path / "tenant.trellis"

    await tenant_files.write_export(at.database, client.slug, path)

    with gzip.open(path) as file:
        head, *rows = file.read().splitlines()
    assert [each["issuer"] for each in orjson.loads(head)["issuers"]] == [
        build_issuer_name(client.slug)
    ]
    assert any(b'"title":"Kept"' in each for each in rows)


async def test_a_plan_changes_nothing(at: Installation) -> None:
    client = await at.create_client()
    before = await at.hash_rows(client.slug, "home")

    plan = await tenant_moves.plan_move(at.database, client.slug, "north")

    assert (plan.source, plan.target) == ("home", "north")
    assert plan.row_count > 0
    assert await at.hash_rows(client.slug, "home") == before
    async with open_connection(at.database.others["north"].required_owner_url) as north:
        assert await TenantRegistry(north).find_tenant(client.slug) is None


async def test_what_cannot_be_moved_is_said(at: Installation) -> None:
    client = await at.create_client()
    with pytest.raises(NotFound, match="There is no tenant nobody-here"):
        await at.move("nobody-here", "north")
    with pytest.raises(NotFound, match="The database south is not configured"):
        await at.move(client.slug, "south")


async def test_two_commands_do_not_move_one_tenant_at_once(
    at: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await at.create_client()
    verify = tenant_move.TenantMove._verify

    async def move_again(move: Any) -> None:
        with pytest.raises(StateConflict, match="Another command is moving"):
            await at.move(client.slug, "home")
        await verify(move)

    monkeypatch.setattr(tenant_move.TenantMove, "_verify", move_again)
    await at.move(client.slug, "north")

    assert await at.locate(client.slug) == "north"


async def test_a_move_to_where_the_tenant_lives_gives_up_a_move(at: Installation) -> None:
    client = await at.create_client()
    async with at._enter(client.slug, "home") as (connection, record):
        await connection.execute(tenant_move.FREEZE, record.id)
    assert (await client.create_goal("Refused")).code == "UNAVAILABLE"

    result = await at.move(client.slug, "home")

    assert (result.source, result.target) == (None, "home")
    assert (await client.create_goal("Accepted")).is_acknowledged


async def test_a_tenant_moves_to_another_server(
    at: Installation, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("south")
    with EmbeddedPostgres(home, is_durable=False) as south:
        await asyncio.to_thread(migrate, south.owner)
        database = Database(
            at.database.serving_url,
            at.database.owner_url,
            {**at.database.others, "south": Database(south.serving, south.owner, name="south")},
        )
        client = await at.create_client()
        assert (await client.create_goal("Far away")).is_acknowledged
        await tenant_moves.move_tenant(database, client.slug, "south", ignore_progress)
        assert (await client.execute(READ_VIEWER)).code == "UNAVAILABLE"  # not configured there

        served = {name: {"serving_url": each.serving_url} for name, each in database.others.items()}
        urls = DatabaseUrls(owner=at.database.required_owner_url, serving=at.database.serving_url)
        directory = at.first.settings.directory
        async with a_trellis(urls, directory, databases=served) as third:
            there = Client(third.http, client.token, client.slug)
            assert await there.list_titles() == ["Far away"]
            assert (await there.create_goal("Farther")).is_acknowledged
        await tenant_moves.move_tenant(database, client.slug, "north", ignore_progress)
    assert set(await client.list_titles()) == {"Far away", "Farther"}
