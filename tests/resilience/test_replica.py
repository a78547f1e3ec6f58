"""A replica serves only reads that are current on it; without it the primary serves all."""

import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from anyio import fail_after, sleep, to_thread

from api.kernel.execution.engine import Engine
from api.kernel.execution.request_context import Stores
from api.schema import get_schema
from domain.kernel.identity import TenantId
from persistence.embedded import DatabaseUrls, get_superuser_url
from persistence.embedded.binaries import choose_binaries
from persistence.embedded.data_directory import ensure_private_directory
from persistence.embedded.os_user import choose_server_user
from persistence.kernel.pools import connect, create_read_pool, strip_driver
from persistence.kernel.schema.startup_check import check_database_ready
from persistence.reading import replica
from persistence.reading.reader import Reader
from persistence.reading.replica import RETRY_DELAY, Replica
from tests.api.world import World, a_world
from tests.conftest import SaveAggregates
from tests.factories.actors import NOW
from tests.factories.journal_entries import an_entry
from tests.factories.tenants import a_registered_tenant

pytestmark = pytest.mark.anyio

STANDBY_PORT = 5433
READ_QUERY = "query($id: ID!) { goal(by: {id: $id}) { title } }"
EDIT_MUTATION = "mutation($input: GoalEditInput!) { goalEdit(input: $input) { errors { code } } }"
REMOVE_MUTATION = (
    "mutation($input: MemberRemoveInput!) { memberRemove(input: $input) { errors { code } } }"
)
DATA_LOCATIONS = "SELECT current_setting('data_directory'), current_setting('hba_file')"
REPLICATION_RULE = "local replication postgres trust\n"


async def poll_until_found(ask: Callable[[], Awaitable[Any]], seconds: float = 10.0) -> Any:
    """Poll until the result is truthy; return it."""
    with fail_after(seconds):
        while not (found := await ask()):  # noqa: ASYNC110 - another server has no event for it
            await sleep(0.02)
    return found


class Standby:
    """A standby of the primary, whose replay can be paused."""

    def __init__(self, serving: str, told: Any) -> None:
        self.serving = serving
        self._admin_connection = told

    async def pause_replay(self) -> None:
        """Pause the replay."""
        await self._admin_connection.execute("SELECT pg_wal_replay_pause()")
        paused = "SELECT pg_get_wal_replay_pause_state() = 'paused'"
        await poll_until_found(lambda: self._admin_connection.fetchval(paused))

    async def resume_replay(self) -> None:
        """Resume the replay."""
        await self._admin_connection.execute("SELECT pg_wal_replay_resume()")


@pytest.fixture(scope="module")
async def standby(addresses: DatabaseUrls, anyio_backend: str) -> AsyncIterator[Standby]:
    """Start a replica beside the primary, on another port."""
    above = get_superuser_url(addresses.owner)
    if above is None:
        pytest.skip("This server has no superuser that we know.")
    primary = await connect(above)
    data, access = map(Path, await primary.fetchrow(DATA_LOCATIONS))
    account = choose_server_user(data)
    ensure_private_directory(copy := data.with_name("standby"), account)
    program = choose_binaries(
        account, data.parent, int((data / "PG_VERSION").read_text())
    ).get_program
    with access.open("a") as known:
        known.write(REPLICATION_RULE)
    await primary.execute("SELECT pg_reload_conf()")
    place = strip_driver(above).query
    reached = f"host={place['host']} port={place['port']} user=postgres"
    copying = [program("pg_basebackup"), "-D", copy, "-R", "-c", "fast", "-d", reached]
    done = await to_thread.run_sync(account.run_command, copying)
    assert not done.returncode, done.stderr
    settings = {
        "port": STANDBY_PORT, "unix_socket_directories": place["host"], "listen_addresses": "",
        "hba_file": access, "ident_file": access.with_name("ident.conf"), "fsync": "off",
    }  # fmt: skip
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    process = subprocess.Popen(  # noqa: ASYNC220 - it starts at once, and runs on
        [program("postgres"), "-D", copy, *words],
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=None if account.is_current else account.uid,
        group=None if account.is_current else account.gid,
        extra_groups=None if account.is_current else [],
    )
    try:
        told = await _connect_with_retries(above.replace("port=5432", f"port={STANDBY_PORT}"))
        yield Standby(addresses.serving.replace("port=5432", f"port={STANDBY_PORT}"), told)
        await told.close()
    finally:
        await primary.close()
        process.kill()
        process.wait(30)


async def _connect_with_retries(url: str) -> Any:
    async def attempt() -> Any:
        try:
            return await connect(url)
        except (OSError, asyncpg.PostgresError):
            return None

    return await poll_until_found(attempt, seconds=30)


@pytest.fixture
async def world(pool: Any, writing: Any, keep: SaveAggregates, tenant_id: TenantId) -> World:
    return await a_world(pool, writing, keep, tenant_id)


@pytest.fixture
async def following(
    standby: Standby, pool: Any, writing: Any, world: World
) -> AsyncIterator[list[Any]]:
    """Record the replica's reads and results, for a tenant that reads from it."""
    await standby.resume_replay()
    async with _open_replica(standby.serving) as there:
        given: list[Any] = []
        read = there.read
        await poll_until_found(lambda: read("SELECT to_json(1)", [], world.graph.tenant_id))

        async def noted(*asked: Any) -> Any:
            given.append(await read(*asked))
            return given[-1]

        there.read = noted  # type: ignore[method-assign]
        reader = Reader(pool, replica=there)
        stores = Stores(reader, writing, "secret", clock=lambda: NOW)
        world.graph.engine = Engine(get_schema(), stores)
        await _warm_actor_cache(world)
        yield given
        await standby.resume_replay()


@asynccontextmanager
async def _open_replica(url: str, **more: Any) -> AsyncIterator[Replica]:
    async with await create_read_pool(url, min_size=0) as there:
        yield Replica(there, check_database_ready, **more)


async def _warm_actor_cache(world: World) -> None:
    """Cache the caller's actor, and a snapshot in which the goal exists."""
    for _ in range(2):
        await read_title(world)


async def read_title(world: World) -> str:
    found = await world.graph.query("admin", READ_QUERY, id=world.goal_id)
    return str(found["goal"]["title"])


async def rename_goal(world: World, title: str) -> None:
    told = await world.graph.mutate("admin", EDIT_MUTATION, id=world.goal_id, title=title)
    assert told == {"errors": []}


async def is_read_from_replica(
    world: World, given: list[Any], monkeypatch: pytest.MonkeyPatch
) -> bool:
    """Return whether the replica alone reads the goal, and not the primary."""
    asked: list[str] = []
    reading = world.graph.engine.stores.reader
    confirmed = reading._read_from_replica

    async def noted(*more: Any) -> Any:
        found = await confirmed(*more)
        asked.append("replica" if found else "primary")
        return found

    with monkeypatch.context() as patched:
        patched.setattr(reading, "_read_from_replica", noted)
        await read_title(world)
    return asked == ["replica"]


async def test_a_replica_that_has_seen_everything_answers(
    standby: Standby, world: World, following: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answers() -> bool:
        return await is_read_from_replica(world, following, monkeypatch)

    await poll_until_found(answers)
    value, unseen = following[-1]
    assert b'"title"' in value
    assert unseen > 0


async def test_a_caller_reads_its_own_changes_however_far_the_replica_lags(
    standby: Standby, world: World, following: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    await standby.pause_replay()
    await rename_goal(world, "Another title")

    assert [await read_title(world) for _ in range(3)] == ["Another title"] * 3
    assert not await is_read_from_replica(world, following, monkeypatch)
    assert b"Another title" not in following[-1][0]

    await standby.resume_replay()

    async def answers() -> bool:
        return await is_read_from_replica(world, following, monkeypatch)

    await poll_until_found(answers)
    assert b"Another title" in following[-1][0]


async def test_what_other_tenants_write_is_no_concern(
    standby: Standby,
    world: World,
    following: list[Any],
    owner: Any,
    pool: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def answers() -> bool:
        return await is_read_from_replica(world, following, monkeypatch)

    await poll_until_found(answers)
    await standby.pause_replay()
    other = await a_registered_tenant(owner)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL app.tenant_id = '{other}'")
        await an_entry(connection, other, "person")
    assert await answers()


async def test_a_removal_bites_at_the_next_request_however_far_behind_the_replica_is(
    standby: Standby, world: World, following: list[Any]
) -> None:
    me = "{ viewer { member { id } } }"
    found = await world.graph.query("mara", me)
    await world.graph.query("mara", me)
    await standby.pause_replay()
    removed = await world.graph.mutate("admin", REMOVE_MUTATION, id=found["viewer"]["member"]["id"])
    assert removed == {"errors": []}

    refused = await world.graph.execute("mara", READ_QUERY, id=world.goal_id)

    assert refused.status == 403
    assert b"FORBIDDEN" in refused.body


async def test_a_replica_that_fails_is_left_alone_for_a_while(
    standby: Standby, world: World, following: list[Any]
) -> None:
    now = [0.0]
    gone = standby.serving.replace(f"port={STANDBY_PORT}", "port=5434")
    async with _open_replica(gone, clock=lambda: now[0]) as there:
        world.graph.engine.stores.reader.replica = there
        assert await read_title(world)
        assert there.is_suspended
        now[0] = RETRY_DELAY
        assert not there.is_suspended
        assert await read_title(world)
        assert there.is_suspended


async def test_a_replica_is_not_waited_for(
    standby: Standby, world: World, following: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "READ_TIMEOUT", 0.0)
    there = world.graph.engine.stores.reader.replica
    assert there is not None
    assert await read_title(world)
    assert there.is_suspended


async def test_a_replica_that_is_reached_as_a_superuser_is_not_read_from(
    standby: Standby, world: World, following: list[Any]
) -> None:
    above = standby.serving.replace("trellis_app@", "postgres@")
    async with _open_replica(above) as there:
        world.graph.engine.stores.reader.replica = there
        assert await read_title(world)
        assert there.is_suspended


async def test_a_server_that_follows_no_other_is_not_read_from(
    addresses: DatabaseUrls, world: World, following: list[Any]
) -> None:
    async with _open_replica(addresses.serving) as there:
        world.graph.engine.stores.reader.replica = there
        assert await read_title(world)
        assert there.is_suspended


async def test_a_tenant_that_the_replica_does_not_know_yet_is_read_from_the_primary(
    standby: Standby, owner: Any, tenant_id: TenantId, following: list[Any]
) -> None:
    async with _open_replica(standby.serving) as there:
        assert await there.read("SELECT to_json(1)", [], tenant_id)
        await standby.pause_replay()
        restored = await a_registered_tenant(owner)
        assert await there.read("SELECT to_json(1)", [], restored) is None
        assert not there.is_suspended


async def test_one_statement_that_takes_too_long_leaves_the_replica_to_others(
    standby: Standby, tenant_id: TenantId, following: list[Any]
) -> None:
    async with _open_replica(standby.serving) as there:
        asked = there.read("SELECT to_json(pg_sleep(9)::text)", [], tenant_id)
        async with there.pool.acquire() as connection:
            await connection.execute("SET statement_timeout = 50")
        assert await asked is None
        assert not there.is_suspended
