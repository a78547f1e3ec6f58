"""The CPU time of a database: that of the serving role's connections, on all servers of a cluster.

All servers must run on this machine, on Linux.
"""

import asyncio

from benchmarks.processes import read_cpu_nanoseconds
from persistence.kernel.engine_kind import EngineKind
from persistence.kernel.pools import SERVING_ROLE, open_connection

CONNECTIONS = f"""
SELECT coalesce(string_agg(pid::text, ' '), '') FROM pg_stat_activity
WHERE datname = current_database() AND usename = '{SERVING_ROLE}'
"""
ON_OTHER_SERVERS = "SELECT result FROM run_command_on_workers($1)"


def read_database_cpu(owner_url: str) -> dict[int, int]:
    """Return the CPU time of each connection so far, in nanoseconds, by its process."""
    return {pid: read_cpu_nanoseconds(pid) for pid in asyncio.run(list_connections(owner_url))}


def compute_used(before: dict[int, int], after: dict[int, int]) -> int:
    """Return the nanoseconds between two readings, also of connections opened in between."""
    return sum(now - before.get(pid, 0) for pid, now in after.items())


def analyze(owner_url: str) -> None:
    """Give the planner statistics now. They would come at some time between the bursts."""

    async def vacuum() -> None:
        async with open_connection(owner_url) as connection:
            await connection.execute("SET statement_timeout = 0")
            await connection.execute("VACUUM ANALYZE")

    asyncio.run(vacuum())


async def list_connections(owner_url: str) -> list[int]:
    """Return the processes of the serving role's connections."""
    async with open_connection(owner_url) as connection:
        found = [await connection.fetchval(CONNECTIONS)]
        if connection.engine_kind is EngineKind.CITUS:
            found += [row[0] for row in await connection.fetch(ON_OTHER_SERVERS, CONNECTIONS)]
    return [int(pid) for pids in found for pid in pids.split()]
