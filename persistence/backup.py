"""Backups of a whole database with PostgreSQL's programs, and files that appear when complete."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.kernel.errors import Invalid
from persistence.embedded.binaries import find_newest_program
from persistence.kernel.engine_kind import EngineKind
from persistence.kernel.pools import Connection, connect, strip_driver

DISTRIBUTED_MESSAGE = (
    "This database is distributed, and pg_dump would leave out the rows on its servers. Back up"
    " each tenant, or all servers to one restore point; see docs/operations/scaling.md."
)
DATABASE_IS_EMPTY = "SELECT to_regclass('directory.tenants') IS NULL"


async def back_up_database(url: str, path: Path) -> None:
    """Write a whole database into a file, as a role that bypasses row-level security.

    Raises Invalid.
    """
    connection = await connect(url)
    await connection.close()
    if connection.engine_kind is EngineKind.CITUS:
        raise Invalid(DISTRIBUTED_MESSAGE)
    with replace_when_complete(path) as partial:
        _run_postgres_program("pg_dump", url, "--format=custom", f"--file={partial}")


async def restore_database(connection: Connection, url: str, path: Path) -> None:
    """Restore a whole database into an empty one, as a role that bypasses row-level security.

    The owner's role and the serving role must exist. Raises Invalid.
    """
    if not await connection.fetchval(DATABASE_IS_EMPTY):
        raise Invalid("This database contains Trellis already. Restore into an empty one.")
    _run_postgres_program("pg_restore", url, "--single-transaction", "--exit-on-error", str(path))


def _run_postgres_program(name: str, url: str, *options: str) -> None:
    database_url = strip_driver(url)
    environment = dict(os.environ)
    if database_url.password:
        environment["PGPASSWORD"] = str(
            database_url.password
        )  # `ps` would show an argument to all users
    url_without_password = database_url._replace(password=None).render_as_string()
    result = subprocess.run(  # noqa: S603 - a program of PostgreSQL
        [find_newest_program(name), f"--dbname={url_without_password}", *options],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        messages = result.stderr.strip().splitlines() or ["there was no output."]
        raise Invalid(f"{name} failed: {messages[-1]}")


@contextmanager
def replace_when_complete(path: Path) -> Iterator[Path]:
    """Yield a new file that only its owner may read, and rename it to `path` at the end.

    If the block raises, the new file is deleted.
    """
    partial = path.with_suffix(path.suffix + ".partial")
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield partial
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    partial.replace(path)


def require_database_backup(path: Path) -> None:
    """Raise Invalid unless a file is a backup of a whole database."""
    with path.open("rb") as file:
        signature = file.read(5)
    if signature[:2] == b"\x1f\x8b":  # gzip
        message = "is the export of a tenant. Use `trellis tenant import` or `restore`."
        raise Invalid(f"{path} {message}")
    if signature != b"PGDMP":
        raise Invalid(f"{path} is not a backup of Trellis. Choose another file.")
