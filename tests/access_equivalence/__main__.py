"""The three readers of access rules compared, at length.

python -m tests.access_equivalence [decisions] [first seed]

Each process uses organizations of its own. Ends with 1 where the readers disagree.
"""

import asyncio
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from persistence.embedded import DatabaseUrls, EmbeddedPostgres
from persistence.kernel.pools import (
    connect,
    create_read_pool,
    create_write_pool,
    derive_serving_url,
)
from persistence.kernel.schema.migrations import migrate
from tests.access_equivalence.equivalence import Tally, compare_readers

SEED_DISTANCE = 1_000_000
"""The distance between the first seeds of two processes."""


async def _compare_share(at: DatabaseUrls, decisions: int, seed: int) -> Tally:
    owner = await connect(at.owner)
    async with (
        await create_read_pool(at.serving) as pool,
        await create_write_pool(at.serving) as writing,
    ):
        try:
            return await compare_readers(
                owner, pool, writing, decisions=decisions, seed=seed, people=40
            )
        finally:
            await owner.close()


def _run_share(at: DatabaseUrls, decisions: int, seed: int) -> Tally:
    return asyncio.run(_compare_share(at, decisions, seed))


def main() -> int:
    """Make the decisions, and print the disagreements."""
    decisions, seed = [int(each) for each in sys.argv[1:]] + [5_000_000, 1][len(sys.argv) - 1 :]
    jobs, started = os.cpu_count() or 1, time.monotonic()
    given = os.environ.get("TRELLIS_TEST_DATABASE_URL")
    with tempfile.TemporaryDirectory(prefix="trellis-decisions-") as home:
        if given:
            migrate(given)
            tallies = _run_all_shares(
                DatabaseUrls(given, derive_serving_url(given)), decisions, seed, jobs
            )
        else:
            with EmbeddedPostgres(Path(home), is_durable=False) as at:
                migrate(at.owner)
                tallies = _run_all_shares(at, decisions, seed, jobs)
    whole = sum(tallies, Tally())
    print(f"{whole}, in {time.monotonic() - started:,.0f} seconds")
    for each in whole.disagreements[:20]:
        print(each)
    return bool(whole.disagreements)


def _run_all_shares(at: DatabaseUrls, decisions: int, seed: int, jobs: int) -> list[Tally]:
    with ProcessPoolExecutor(jobs) as pool:
        shares = [
            pool.submit(_run_share, at, -(-decisions // jobs), seed + SEED_DISTANCE * number)
            for number in range(jobs)
        ]
        return [each.result() for each in shares]


if __name__ == "__main__":
    sys.exit(main())
