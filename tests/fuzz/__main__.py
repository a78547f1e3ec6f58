"""`make fuzz`: the fuzzer with as many documents as given; 20,000 by default."""

import sys
import tempfile
import time
from pathlib import Path

from api.commands.database_url import Database
from persistence.embedded import EmbeddedPostgres
from persistence.kernel.schema.migrations import migrate
from tests.fuzz.fuzzer import serve_target

if __name__ == "__main__":
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with (
        tempfile.TemporaryDirectory() as home,
        EmbeddedPostgres(Path(home), is_durable=False) as at,
    ):
        migrate(at.owner)
        with serve_target(Database(at.serving, at.owner), Path(home) / "trellis") as found:
            began = time.monotonic()
            found.fuzz_documents(most)
            found.fuzz_routes(most // 20)
            print(f"{sum(found.statuses.values()):,} requests in {time.monotonic() - began:.0f} s")
            print(dict(found.statuses))
            print(dict(found.codes.most_common()))
