"""`make probe`: all id attacks, through filters of any depth, ten times over."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from api.schema import get_schema
from persistence.embedded import EmbeddedPostgres
from persistence.kernel.pools import connect, create_read_pool, create_write_pool
from persistence.kernel.schema.migrations import migrate
from tests.factories.row_hashes import hash_tables
from tests.id_attacks.attack import run_attacks
from tests.id_attacks.targets import find_targets
from tests.leaks.markers import load_marked_datasets
from tests.reads.engine_fixture import an_engine

HOPS = 6


async def main(owner_url: str, serving_url: str, least: int) -> int:
    """Attack until this many attacks were made; return the exit status."""
    owner, pool = await connect(owner_url), await create_read_pool(serving_url)
    writing = await create_write_pool(serving_url)
    total, seed, wrong, began = 0, 0, 0, time.monotonic()
    while total < least and not wrong:
        worlds = await load_marked_datasets(owner, pool)
        async with owner.transaction(readonly=True):
            before = await hash_tables(owner, worlds["birch"].tenant_id)
        places = list(find_targets(get_schema()._schema, hops=HOPS))
        engine = an_engine(pool, limits=None, write_pool=writing)
        found = await run_attacks(engine, worlds, places, seed)
        async with owner.transaction(readonly=True):
            is_unchanged = before == await hash_tables(owner, worlds["birch"].tenant_id)
        total, seed, wrong = total + found.total, seed + 1, len(found.failures) + (not is_unchanged)
        print(f"{total:,} probes of {len(places):,} places, {time.monotonic() - began:.0f} s")
        print("\n".join(found.failures[:20]))
        print(f"the other tenant is {'unchanged' if is_unchanged else 'CHANGED'}; {wrong} wrong")
    await pool.close()
    await writing.close()
    await owner.close()
    return int(bool(wrong))


if __name__ == "__main__":
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with (
        tempfile.TemporaryDirectory() as home,
        EmbeddedPostgres(Path(home), is_durable=False) as at,
    ):
        migrate(at.owner)
        sys.exit(asyncio.run(main(at.owner, at.serving, most)))
