"""Deletion of the rows that a case has written, so that the next case finds the same data."""

import asyncpg

from benchmarks.dataset.loading import BenchDatabase

DELETE_STATEMENTS = (
    """DELETE FROM check_in_values v USING check_ins c WHERE c.recorded_at >= $1
       AND v.tenant_id = c.tenant_id AND v.check_in_id = c.id""",
    "DELETE FROM check_ins WHERE recorded_at >= $1",
    """DELETE FROM key_results k USING goals g WHERE g.created_at >= $1
       AND k.tenant_id = g.tenant_id AND k.goal_id = g.id""",
    """DELETE FROM words w USING goals g WHERE g.created_at >= $1
       AND w.tenant_id = g.tenant_id AND w.entity = 'goal' AND w.entity_id = g.id""",
    "DELETE FROM goals WHERE created_at >= $1",
    "DELETE FROM journal WHERE recorded_at >= $1",
)


async def read_database_time(bench: BenchDatabase) -> object:
    """Return the database's time, to delete later what is written after it."""
    connection = await asyncpg.connect(bench.superuser_url)
    try:
        return await connection.fetchval("SELECT now()")
    finally:
        await connection.close()


async def delete_rows_since(bench: BenchDatabase, since: object) -> None:
    """Delete all goals, check-ins and journal entries that were written since then."""
    connection = await asyncpg.connect(bench.superuser_url)
    try:
        await connection.execute("SET session_replication_role = replica")
        # A stopped client may still write. One snapshot deletes objects with all their parts.
        async with connection.transaction(isolation="repeatable_read"):
            for statement in DELETE_STATEMENTS:
                await connection.execute(statement, since)
        await connection.execute("VACUUM goals, key_results, check_ins, check_in_values, journal")
    finally:
        await connection.close()
