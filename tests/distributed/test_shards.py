"""On a cluster: every table is distributed, and each copy of it is protected as it is."""

import asyncpg
import pytest

from persistence.distribution import distribute
from persistence.embedded import DatabaseUrls
from persistence.kernel.engine_kind import EngineKind
from persistence.kernel.pools import FastCloseConnection
from persistence.kernel.schema.shard_check import check_shards
from persistence.registry import metadata

pytestmark = pytest.mark.anyio

PLACES = """
SELECT logicalrelid::regclass::text AS name, partmethod::text, colocationid
FROM pg_dist_partition
"""
ON_SHARDS = "SELECT run_command_on_shards('goals', $1)"
PLANTED = {
    "ALTER TABLE %s NO FORCE ROW LEVEL SECURITY": "ALTER TABLE %s FORCE ROW LEVEL SECURITY",
    "ALTER TABLE %s DISABLE ROW LEVEL SECURITY": "ALTER TABLE %s ENABLE ROW LEVEL SECURITY",
    "GRANT TRUNCATE ON %s TO trellis_app": "REVOKE TRUNCATE ON %s FROM trellis_app",
    "GRANT UPDATE (title) ON %s TO PUBLIC": "REVOKE UPDATE (title) ON %s FROM PUBLIC",
    "CREATE POLICY open ON %s USING (true)": "DROP POLICY open ON %s",
}


@pytest.fixture
def cluster(owner: FastCloseConnection) -> asyncpg.Connection:
    """Provide the owner's connection to a cluster; skip where there is none."""
    if owner.engine_kind is EngineKind.PLAIN:
        pytest.skip("Needs a cluster: make test-distributed CLUSTER_URL=postgresql://…")
    return owner


async def test_all_tables_are_distributed_and_tenants_lie_together(
    cluster: asyncpg.Connection, addresses: DatabaseUrls
) -> None:
    places = {
        row["name"]: (row["partmethod"], row["colocationid"]) for row in await cluster.fetch(PLACES)
    }

    assert places.keys() == {each.fullname for each in metadata.sorted_tables}
    of_tenants = {place for name, place in places.items() if "." not in name}
    of_directory = {place for name, place in places.items() if "." in name}
    assert [kind for kind, _ in of_tenants] == ["h"]
    assert [kind for kind, _ in of_directory] == ["n"]
    assert await distribute(addresses.owner) == []


async def test_every_copy_is_protected(cluster: asyncpg.Connection) -> None:
    assert await check_shards(cluster) == []


@pytest.mark.parametrize(("plant", "restore"), PLANTED.items())
async def test_a_copy_with_less_protection_is_found(
    cluster: asyncpg.Connection, plant: str, restore: str
) -> None:
    await cluster.fetch(ON_SHARDS, plant)
    try:
        problems = await check_shards(cluster)
    finally:
        await cluster.fetch(ON_SHARDS, restore)

    shards = await cluster.fetchval(
        "SELECT shard_count FROM citus_tables WHERE table_name = 'goals'::regclass"
    )
    assert len(problems) == shards
    assert all("differs from goals" in each for each in problems)
    assert await check_shards(cluster) == []
