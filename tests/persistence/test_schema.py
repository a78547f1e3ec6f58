"""The database schema equals the tables: the tenant leads every key, and policies protect all."""

import os
import sys
from collections.abc import AsyncIterator
from typing import cast

import asyncpg
import pytest
from anyio import create_task_group, fail_after, open_process, to_thread
from sqlalchemy import make_url
from sqlalchemy.schema import DropTable

from alembic import command
from persistence.embedded import DatabaseUrls
from persistence.kernel.pools import (
    Connection,
    connect,
    derive_password,
    derive_serving_url,
    strip_driver,
)
from persistence.kernel.schema.database_role import DatabaseNotReady, ensure_roles
from persistence.kernel.schema.migrations import (
    build_alembic_config,
    get_expected_revision,
    migrate,
)
from persistence.kernel.schema.startup_check import check_database_ready, describe_unsafe_version
from persistence.registry import metadata
from tests.factories import first_schema
from tests.factories.databases import drop_database


@pytest.mark.anyio
async def test_the_owner_is_held_by_row_level_security_as_well(owner: asyncpg.Connection) -> None:
    with pytest.raises((asyncpg.UndefinedObjectError, asyncpg.InvalidTextRepresentationError)):
        await owner.fetch("SELECT 1 FROM goals")


@pytest.mark.anyio
async def test_the_migration_makes_what_the_tables_say(owner: asyncpg.Connection) -> None:
    """If this fails before the first release, run `python -m tests.factories.first_schema`."""
    migrated = await describe_schema(owner)
    undone = owner.transaction()
    await undone.start()
    try:
        for table in reversed(metadata.sorted_tables):
            await owner.execute(str(DropTable(table).compile(dialect=first_schema.DIALECT)))
        for statement in first_schema.generate_statements():
            await owner.execute(statement)
        declared = await describe_schema(owner)
    finally:
        await undone.rollback()
    assert migrated == declared


async def describe_schema(connection: asyncpg.Connection) -> list[str]:
    rows = await connection.fetch(
        """
        SELECT c.relname || ' ' || k.conname || ' ' || pg_get_constraintdef(k.oid)
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
        WHERE c.relnamespace IN ('public'::regnamespace, 'directory'::regnamespace)
          AND c.relname <> 'alembic_version'
          AND k.contype <> 'n'  -- is_nullable says it; its name is from before a column was renamed
        UNION ALL
        SELECT indexdef FROM pg_indexes
        WHERE schemaname IN ('public', 'directory') AND tablename <> 'alembic_version'
        UNION ALL
        SELECT format('%s.%s %s %s %s %s', table_schema, table_name, column_name, data_type,
                      is_nullable, column_default || collation_name)
        FROM information_schema.columns
        WHERE table_schema IN ('public', 'directory') AND table_name <> 'alembic_version'
        ORDER BY 1
        """
    )
    return [row[0] for row in rows]


@pytest.mark.anyio
async def test_serving_is_refused_to_those_who_could_see_everything(
    addresses: DatabaseUrls, owner: asyncpg.Connection, pool: asyncpg.Pool
) -> None:
    async with pool.acquire() as lent:
        await check_database_ready(cast(Connection, lent))
    with pytest.raises(DatabaseNotReady, match="owns tables"):
        await check_database_ready(owner)


needs_own_database = pytest.mark.plain_postgresql(
    "The owner of a cluster may not create another database."
)


@pytest.fixture
async def empty(addresses: DatabaseUrls, owner: asyncpg.Connection) -> AsyncIterator[str]:
    """Create another, empty database on the same server."""
    await owner.execute("CREATE DATABASE trellis_empty")
    try:
        yield strip_driver(addresses.owner).set(database="trellis_empty").render_as_string(False)
    finally:
        await drop_database(addresses, "trellis_empty")


@needs_own_database
@pytest.mark.anyio
async def test_the_schema_can_be_taken_back_and_made_again(empty: str) -> None:
    await to_thread.run_sync(migrate, empty)
    connection = await connect(empty)
    made = await describe_schema(connection)
    await to_thread.run_sync(command.downgrade, build_alembic_config(empty), "base")
    assert await describe_schema(connection) == []
    await to_thread.run_sync(migrate, empty)
    assert await describe_schema(connection) == made
    await connection.close()


@needs_own_database
@pytest.mark.anyio
async def test_two_may_migrate_at_once(empty: str) -> None:
    environment = {**os.environ, "DATABASE_URL": empty}
    command_line = [sys.executable, "-m", "api.commands.cli", "migrate"]
    both = [await open_process(command_line, env=environment) for _ in range(2)]
    with fail_after(240):  # a busy machine migrates slowly
        assert [await each.wait() for each in both] == [0, 0]

    connection = await connect(empty)
    is_whole = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_goals_id'::regclass"
    assert await connection.fetchval(is_whole)
    await connection.close()


@needs_own_database
@pytest.mark.anyio
async def test_serving_is_refused_on_another_schema_than_the_expected_one(empty: str) -> None:
    await ensure_roles(empty)
    serving, owning = await connect(derive_serving_url(empty)), await connect(empty)
    with pytest.raises(DatabaseNotReady, match=r"has no Trellis schema\. Run `trellis migrate`"):
        await check_database_ready(serving)

    await to_thread.run_sync(migrate, empty)
    await check_database_ready(serving)

    await owning.execute("ALTER TABLE goals NO FORCE ROW LEVEL SECURITY")
    await owning.execute("ALTER POLICY own_rows ON people USING (true)")
    await owning.execute("UPDATE directory.alembic_version SET version_num = '0000'")
    with pytest.raises(DatabaseNotReady) as raised:
        await check_database_ready(serving)
    expected = f"at revision 0000; this program expects {get_expected_revision()}"
    assert expected in str(raised.value)
    assert "Row-level security is not forced on the owner (L2): goals." in str(raised.value)
    assert "policy differs from the only allowed form (L13): people." in str(raised.value)
    await serving.close()
    await owning.close()


@needs_own_database
@pytest.mark.anyio
async def test_many_may_make_the_serving_role_at_once(addresses: DatabaseUrls, empty: str) -> None:
    async with create_task_group() as group:
        for url in (addresses.owner, empty) * 4:
            group.start_soon(ensure_roles, url)


def test_the_serving_role_is_reached_at_the_owners_address() -> None:
    assert derive_serving_url("postgres://me@/x?host=%2Ftmp%2Fs") == (
        "postgresql://trellis_app@/x?host=%2Ftmp%2Fs"
    )
    url = make_url(
        derive_serving_url("postgresql+asyncpg://me:secret@db.example:5433/x?ssl=require")
    )
    assert (url.username, url.host, url.port, url.database, url.query) == (
        "trellis_app",
        "db.example",
        5433,
        "x",
        {"ssl": "require"},
    )
    assert url.password == derive_password("postgresql://other:secret@elsewhere/y")
    assert url.password != "secret"


@pytest.mark.parametrize(
    ("number", "is_served"),
    [
        (140_030, False),
        (150_013, False),
        (150_014, True),
        (160_009, False),
        (170_006, True),
        (180_000, True),
    ],
)
def test_versions_that_show_statistics_of_hidden_rows_are_not_served(
    number: int, *, is_served: bool
) -> None:
    assert (describe_unsafe_version(number) is None) is is_served
