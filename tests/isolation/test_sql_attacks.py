"""No statement of the serving role reaches another tenant's row, in any table or context."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import cache

import asyncpg
import pytest
from sqlalchemy import Column, ForeignKey, MetaData, Table, Text, Uuid

from domain.kernel.identity import generate_id
from persistence.embedded import DatabaseUrls
from persistence.kernel.engine_kind import EngineKind
from persistence.kernel.pools import SERVING_ROLE, FastCloseConnection, connect
from persistence.kernel.schema.row_level_security import protect_table
from persistence.registry import metadata
from tests.factories.row_hashes import hash_tables
from tests.factories.rows import a_row_of_everything, insert_rows
from tests.factories.tenants import a_registered_tenant
from tests.isolation.sql_attacks import (
    DENIED,
    EMPTY_CONTEXT,
    NO_CONTEXT,
    NOTHING,
    OTHER_SERVER,
    REFUSALS_OF_CITUS,
    Connection,
    SqlAttack,
    TenantPair,
    enter_tenant,
    generate_attacks,
    open_rolled_back_transaction,
)

pytestmark = pytest.mark.anyio

TABLES = [each for each in metadata.sorted_tables if each.schema is None]
NAMES = [each.name for each in TABLES]


@cache
def list_reached(table: Table) -> tuple[str, ...]:
    """List what a statement about a table changes: itself, and what is deleted with its rows."""
    reached = [table]
    for each in reached:
        reached += (
            other
            for other in TABLES
            for key in other.foreign_key_constraints
            if key.referred_table is each and key.ondelete and other not in reached
        )
    return tuple(dict.fromkeys(each.name for each in reached))


@dataclass
class SqlAttacker:
    """Three connections of the serving role, one for each context."""

    without_context: Connection
    empty_context: Connection
    in_tenant: Connection
    tenants: TenantPair
    engine_kind: EngineKind
    attack_count: int = 0
    hashes: dict[str, str | None] = field(default_factory=dict)

    async def find_breaches(self, table: Table) -> list[str]:
        """Return what one tenant could do to another through this table."""
        found = []
        for probe in generate_attacks(table, self.tenants):
            told = {
                "no context": await self._attack_without_tenant(
                    probe, self.without_context, NO_CONTEXT
                ),
                "empty context": await self._attack_without_tenant(
                    probe, self.empty_context, EMPTY_CONTEXT
                ),
                "other tenant": await self._attack_as_tenant(probe, table),
            }
            self.attack_count += len(told)
            found += [f"{probe.kind}, {where}: {what}" for where, what in told.items() if what]
        return found

    async def _attack_without_tenant(
        self, probe: SqlAttack, connection: Connection, refusal: str
    ) -> str | None:
        async with open_rolled_back_transaction(connection):
            outcome = await probe.run(connection, self.tenants.other.tenant_id)
        expected = self._refusals(probe) | {refusal, DENIED}
        if self.engine_kind is EngineKind.CITUS:
            expected |= OTHER_SERVER
        return None if outcome in expected else outcome

    async def _attack_as_tenant(self, probe: SqlAttack, table: Table) -> str | None:
        other = self.tenants.other.tenant_id
        async with open_rolled_back_transaction(self.in_tenant):
            if not self.hashes:  # each attack is rolled back, so they stay
                self.hashes = await hash_tables(self.in_tenant, other, NAMES)
            await enter_tenant(self.in_tenant, self.tenants.own.tenant_id)
            outcome = await probe.run(self.in_tenant, other)
            if outcome not in probe.safe_outcomes | self._refusals(probe):
                return outcome
            if outcome == NOTHING:
                found = await hash_tables(self.in_tenant, other, list_reached(table))
                if not found.items() <= self.hashes.items():
                    return "the other tenant has changed"
        return None

    def _refusals(self, probe: SqlAttack) -> frozenset[str]:
        """Return how this kind of database refuses such an attack before it asks a policy."""
        is_plain = self.engine_kind is EngineKind.PLAIN
        return frozenset() if is_plain else REFUSALS_OF_CITUS.get(probe.kind, frozenset())


@pytest.fixture(scope="module")
async def prober(addresses: DatabaseUrls, owner: FastCloseConnection) -> AsyncIterator[SqlAttacker]:
    async with AsyncExitStack() as closing:
        connections = []
        for _ in range(3):
            connections.append(await connect(addresses.serving))
            closing.push_async_callback(connections[-1].close)
        yield await a_prober(owner, *connections)


async def a_prober(
    owner: FastCloseConnection, never: Connection, emptied: Connection, inside: Connection
) -> SqlAttacker:
    own, other = [await a_registered_tenant(owner) for _ in range(2)]
    sides = TenantPair(
        await a_row_of_everything(inside, own, "ours"),
        await a_row_of_everything(inside, other, "theirs"),
    )
    async with emptied.transaction():
        await enter_tenant(emptied, own)
    return SqlAttacker(never, emptied, inside, sides, owner.engine_kind)


async def test_every_table_of_the_catalogue_is_attacked(owner: asyncpg.Connection) -> None:
    found = await owner.fetch(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace ="
        " 'public'::regnamespace"
    )
    assert {row[0] for row in found} == set(NAMES)


@pytest.mark.parametrize("table", TABLES, ids=NAMES)
async def test_nothing_of_another_tenant_is_reached_through(
    prober: SqlAttacker, table: Table
) -> None:
    assert await prober.find_breaches(table) == []


async def test_nothing_has_been_left_out(prober: SqlAttacker) -> None:
    print(f"{prober.attack_count:,} probes of {len(NAMES)} tables")  # noqa: T201
    assert prober.attack_count >= 3 * 16 * len(NAMES)


async def test_row_level_security_cannot_be_switched_off(prober: SqlAttacker) -> None:
    for statement in (
        "SET LOCAL row_security = off; SELECT * FROM goals",
        "SET LOCAL ROLE postgres",
        "SET LOCAL SESSION AUTHORIZATION postgres",
        "ALTER TABLE goals DISABLE ROW LEVEL SECURITY",
        "DROP POLICY own_rows ON goals",
        "CREATE TABLE mine ()",
        "CREATE TEMP TABLE mine ()",
        "INSERT INTO directory.tenants SELECT * FROM directory.tenants",
        "UPDATE directory.issuers SET tenant_id = tenant_id",
    ):
        async with open_rolled_back_transaction(prober.in_tenant):
            await enter_tenant(prober.in_tenant, prober.tenants.own.tenant_id)
            with pytest.raises(asyncpg.PostgresError):
                await prober.in_tenant.execute(statement)


async def test_rows_cannot_be_copied_into_a_table(prober: SqlAttacker) -> None:
    tenant_id = prober.tenants.own.tenant_id
    async with open_rolled_back_transaction(prober.in_tenant):
        await enter_tenant(prober.in_tenant, tenant_id)
        with pytest.raises(asyncpg.FeatureNotSupportedError, match="row-level security"):
            await prober.in_tenant.copy_records_to_table(
                "goals", records=[(tenant_id, generate_id())], columns=("tenant_id", "id")
            )


# -- teeth: each of these openings is found -------------------------------------------------------

TEST_METADATA = MetaData()
TARGET_TABLE = Table(
    "teeth_target",
    TEST_METADATA,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True, unique=True),
)
SELF_TEST_TABLE = Table(
    "teeth",
    TEST_METADATA,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("target_id", Uuid, ForeignKey("teeth_target.id")),
    Column("name", Text),
)
CREATE_TABLES = (
    "CREATE TABLE teeth_target (tenant_id uuid, id uuid UNIQUE, PRIMARY KEY (tenant_id, id))",
    (
        "CREATE TABLE teeth (tenant_id uuid, id uuid, target_id uuid, name text,"
        " PRIMARY KEY (tenant_id, id))"
    ),
    *protect_table("teeth_target"),
    *protect_table("teeth"),
)
GRANT = f"GRANT TRUNCATE ON teeth TO {SERVING_ROLE}"
LENIENT_CONDITION = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
BREACHES = {
    "SELECT, other tenant: reached 1": "ALTER TABLE teeth DISABLE ROW LEVEL SECURITY",
    "COPY out, no context: reached 1": "ALTER TABLE teeth DISABLE ROW LEVEL SECURITY",
    "UPDATE, other tenant: reached 1": (
        "ALTER POLICY own_rows ON teeth USING (true) WITH CHECK (true)"
    ),
    "DELETE, other tenant: reached 1": "ALTER POLICY own_rows ON teeth USING (true)",
    "MERGE, other tenant: the other tenant has changed": (
        "ALTER POLICY own_rows ON teeth USING (true)"
    ),
    "give away, other tenant: reached 1": (
        "ALTER POLICY own_rows ON teeth USING (true) WITH CHECK (true)"
    ),
    "INSERT, other tenant: nothing": "ALTER POLICY own_rows ON teeth WITH CHECK (true)",
    "SELECT, no context: nothing": f"ALTER POLICY own_rows ON teeth USING ({LENIENT_CONDITION})",
    "TRUNCATE, other tenant: nothing": GRANT,
    "reference by target_id: theirs, other tenant: nothing": (
        "ALTER TABLE teeth ADD FOREIGN KEY (target_id) REFERENCES teeth_target (id) NOT VALID"
    ),
}


@pytest.mark.parametrize(("complaint", "opening"), BREACHES.items())
async def test_a_breach_is_found(
    prober: SqlAttacker,
    owner: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    complaint: str,
    opening: str,
) -> None:
    monkeypatch.setattr(f"{__name__}.NAMES", ["teeth", "teeth_target"])
    try:
        for statement in CREATE_TABLES:
            await owner.execute(statement)
        for side in (prober.tenants.own, prober.tenants.other):
            async with prober.in_tenant.transaction():
                await enter_tenant(prober.in_tenant, side.tenant_id)
                for table in (TARGET_TABLE, SELF_TEST_TABLE):
                    side.rows[table.name] = side.build_row(table)
                    await insert_rows(prober.in_tenant, table.name, [side.rows[table.name]])
        await owner.execute(opening)
        assert complaint in await prober.find_breaches(SELF_TEST_TABLE)
    finally:
        await owner.execute("DROP TABLE IF EXISTS teeth, teeth_target")
