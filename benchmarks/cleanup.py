"""Tidying: what cases that write leave behind is taken away, so that the next finds the same."""

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
    """The moment from which on things are tidied away."""
    connection = await asyncpg.connect(bench.superuser_url)
    try:
        return await connection.fetchval("SELECT now()")
    finally:
        await connection.close()


async def delete_rows_since(bench: BenchDatabase, since: object) -> None:
    """Take away all goals, check-ins and journal entries since then."""
    connection = await asyncpg.connect(bench.superuser_url)
    try:
        await connection.execute("SET session_replication_role = replica")
        # Who was stopped may still be writing: a thing is taken away with all its parts, or stays.
        async with connection.transaction(isolation="repeatable_read"):
            for statement in DELETE_STATEMENTS:
                await connection.execute(statement, since)
        await connection.execute("VACUUM goals, key_results, check_ins, check_in_values, journal")
    finally:
        await connection.close()
