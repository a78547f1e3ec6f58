"""`python -m benchmarks.tenant_clone`: seconds to export, restore and clone the demo's company.

It starts an embedded database in a new directory, loads the demo, and prints a line for each act.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

from api.commands import tenant_clones, tenant_files
from api.commands.database_url import Database
from api.demo.loading import load_demo
from api.settings import Settings
from domain.platform import FirstAdmin
from persistence.embedded import EmbeddedPostgres
from persistence.kernel.schema.migrations import migrate
from persistence.unit_of_work.ballot_keys import keep_ballot_keys

SLUG = "meridian"
Result = TypeVar("Result")


def main() -> None:
    """Measure everything once."""
    with tempfile.TemporaryDirectory(prefix="trellis-clone-") as directory:
        settings = Settings(directory=Path(directory))
        keep_ballot_keys(settings.ballot_key_folder, ["The secret of this benchmark."])
        with EmbeddedPostgres(Path(directory) / "postgres") as embedded:
            migrate(embedded.owner)
            asyncio.run(_measure(Database(embedded.serving, embedded.owner), settings))


async def _measure(database: Database, settings: Settings) -> None:
    await _time("demo loaded", load_demo(database, settings, lambda *_: None))
    path = settings.directory / "export"
    exported = await _time("exported", tenant_files.write_export(database, SLUG, path))
    print(f"rows\t{exported.row_count}\tMB\t{path.stat().st_size / 1e6:.1f}")
    restoring = tenant_files.restore_beside(database, settings, path, f"{SLUG}-beside")
    await _time("restored beside", restoring)
    admin = FirstAdmin("Sandbox", "Admin", "admin@sandbox.example")
    for with_people in (False, True):
        slug = f"{SLUG}-{'people' if with_people else 'configuration'}"
        sandbox = tenant_clones.Sandbox(slug, "Sandbox", admin, with_people)
        cloning = tenant_clones.clone_tenant(database, settings, SLUG, sandbox)
        cloned = await _time(f"cloned as {slug}", cloning)
        print(f"rows\t{cloned.row_count}")


async def _time(name: str, act: Awaitable[Result]) -> Result:
    began = time.monotonic()
    result = await act
    print(f"{name}\t{time.monotonic() - began:.1f} s", flush=True)
    return result


if __name__ == "__main__":
    main()
