"""The catalogue keeps what the tables promise: the tenant leads everything, nobody sees past it."""

from collections.abc import AsyncIterator
from typing import cast

import asyncpg
import pytest
from anyio import create_task_group, to_thread
from sqlalchemy import make_url
from sqlalchemy.schema import DropTable

from alembic import command
from persistence.embedded import Addresses
from persistence.everything import metadata
from persistence.kernel.engine import (
    SERVING_ROLE,
    connect,
    plain_url,
    serving_password,
    serving_url,
)
from persistence.kernel.mapping import Connection
from persistence.kernel.serving import (
    POLICY,
    UNPROTECTED,
    Unfit,
    check_serving,
    configuration,
    ensure_roles,
    migrate,
)
from tests.make import first_schema

TENANT_TABLES = """
WITH tables AS (
    SELECT c.oid, c.relname, a.attnum AS tenant
    FROM pg_class c
    LEFT JOIN pg_attribute a
      ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped AND a.attnotnull
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
)
"""

LINT = {
    "a table without a tenant": "SELECT relname FROM tables WHERE tenant IS NULL",
    "an index that the tenant does not lead": """
        SELECT i.indexrelid::regclass::text FROM tables t JOIN pg_index i ON i.indrelid = t.oid
        WHERE i.indkey[0] <> t.tenant""",
    "a pointer that the tenant does not lead": """
        SELECT k.conname FROM tables t
        JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'f'
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = k.confkey[1]
        WHERE k.conkey[1] <> t.tenant OR a.attname <> 'tenant_id'""",
    "a pointer without an index": """
        SELECT k.conname FROM tables t
        JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'f'
        WHERE NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = t.oid
                          AND i.indkey[0] = t.tenant AND i.indkey[1] = k.conkey[2])""",
    "an index over a type that is not leakproof": """
        SELECT i.indexrelid::regclass::text || '.' || a.attname
        FROM tables t JOIN pg_index i ON i.indrelid = t.oid
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (i.indkey::int2[])
        JOIN pg_type y ON y.oid = a.atttypid
        WHERE y.typtype = 'e' OR y.typcategory = 'A' OR y.typname IN ('numeric', 'jsonb')""",
    "a view, a sequence, a trigger, a rule or a function": """
        SELECT relname::text FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('r', 'i')
        UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT typname FROM pg_type
        WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd', 'r')""",
    "a constraint that is deferrable or excludes": """
        SELECT k.conname FROM tables t JOIN pg_constraint k ON k.conrelid = t.oid
        WHERE k.condeferrable OR k.contype = 'x'""",
    "more than the serving role needs": f"""
        SELECT relname FROM tables
        WHERE has_table_privilege('{SERVING_ROLE}', oid, 'TRUNCATE')
           OR has_table_privilege('{SERVING_ROLE}', oid, 'REFERENCES')
           OR has_table_privilege('{SERVING_ROLE}', oid, 'TRIGGER')
        UNION ALL SELECT 'schema public'
        WHERE has_schema_privilege('{SERVING_ROLE}', 'public', 'CREATE')
        UNION ALL SELECT 'temporary tables'
        WHERE has_database_privilege('{SERVING_ROLE}', current_database(), 'TEMP')
        UNION ALL SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = 'directory'::regnamespace AND c.relkind = 'r'
          AND has_table_privilege('{SERVING_ROLE}', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')""",
}


@pytest.mark.anyio
@pytest.mark.parametrize("defect", LINT)
async def test_the_schema_has_no(owner: asyncpg.Connection, defect: str) -> None:
    assert [row[0] for row in await owner.fetch(TENANT_TABLES + LINT[defect])] == []


@pytest.mark.anyio
async def test_every_table_is_protected_in_the_one_form(owner: asyncpg.Connection) -> None:
    assert await owner.fetch(UNPROTECTED, POLICY) == []
    count = await owner.fetchval(
        "SELECT count(*) FROM pg_policies WHERE schemaname = 'public' AND qual = $1", POLICY
    )
    assert count == len([each for each in metadata.tables.values() if each.schema is None])


@pytest.mark.anyio
async def test_the_owner_is_held_by_row_level_security_as_well(owner: asyncpg.Connection) -> None:
    with pytest.raises((asyncpg.UndefinedObjectError, asyncpg.InvalidTextRepresentationError)):
        await owner.fetch("SELECT 1 FROM goals")


@pytest.mark.anyio
async def test_the_migration_makes_what_the_tables_say(owner: asyncpg.Connection) -> None:
    """If this fails before the first release: `python -m tests.make.first_schema`."""
    migrated = await described(owner)
    undone = owner.transaction()
    await undone.start()
    try:
        for table in reversed(metadata.sorted_tables):
            await owner.execute(str(DropTable(table).compile(dialect=first_schema.DIALECT)))
        for statement in first_schema.statements():
            await owner.execute(statement)
        declared = await described(owner)
    finally:
        await undone.rollback()
    assert migrated == declared


async def described(connection: asyncpg.Connection) -> list[str]:
    rows = await connection.fetch(
        """
        SELECT c.relname || ' ' || k.conname || ' ' || pg_get_constraintdef(k.oid)
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
        WHERE c.relnamespace IN ('public'::regnamespace, 'directory'::regnamespace)
          AND c.relname <> 'alembic_version'
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
    addresses: Addresses, owner: asyncpg.Connection, pool: asyncpg.Pool
) -> None:
    async with pool.acquire() as lent:
        await check_serving(cast(Connection, lent))
    with pytest.raises(Unfit, match="owns tables"):
        await check_serving(owner)


@pytest.fixture
async def empty(addresses: Addresses, owner: asyncpg.Connection) -> AsyncIterator[str]:
    """Another database of the same server, in which nothing is yet."""
    await owner.execute("CREATE DATABASE trellis_empty")
    yield plain_url(addresses.owner).set(database="trellis_empty").render_as_string(False)
    await owner.execute("DROP DATABASE trellis_empty WITH (FORCE)")


@pytest.mark.anyio
async def test_the_schema_can_be_taken_back_and_made_again(empty: str) -> None:
    await to_thread.run_sync(migrate, empty)
    connection = await connect(empty)
    made = await described(connection)
    await to_thread.run_sync(command.downgrade, configuration(empty), "base")
    assert await described(connection) == []
    await to_thread.run_sync(migrate, empty)
    assert await described(connection) == made
    await connection.close()


@pytest.mark.anyio
async def test_serving_is_refused_on_another_schema_than_the_expected_one(empty: str) -> None:
    await ensure_roles(empty)
    serving, owning = await connect(serving_url(empty)), await connect(empty)
    with pytest.raises(Unfit, match="holds no Trellis schema yet. Run `trellis migrate`"):
        await check_serving(serving)

    await to_thread.run_sync(migrate, empty)
    await check_serving(serving)

    await owning.execute("ALTER TABLE goals NO FORCE ROW LEVEL SECURITY")
    await owning.execute("ALTER POLICY own_rows ON people USING (true)")
    await owning.execute("UPDATE directory.alembic_version SET version_num = '0000'")
    with pytest.raises(Unfit) as raised:
        await check_serving(serving)
    assert "at revision 0000; this program expects 0001" in str(raised.value)
    assert "not forced in its one form on goals, people" in str(raised.value)
    await serving.close()
    await owning.close()


@pytest.mark.anyio
async def test_many_may_make_the_serving_role_at_once(addresses: Addresses, empty: str) -> None:
    async with create_task_group() as group:
        for url in (addresses.owner, empty) * 4:
            group.start_soon(ensure_roles, url)


def test_the_serving_role_is_reached_at_the_owners_address() -> None:
    assert serving_url("postgres://me@/x?host=%2Ftmp%2Fs") == (
        "postgresql://trellis_app@/x?host=%2Ftmp%2Fs"
    )
    url = make_url(serving_url("postgresql+asyncpg://me:secret@db.example:5433/x?ssl=require"))
    assert (url.username, url.host, url.port, url.database, url.query) == (
        "trellis_app",
        "db.example",
        5433,
        "x",
        {"ssl": "require"},
    )
    assert url.password == serving_password("postgresql://other:secret@elsewhere/y")
    assert url.password != "secret"
