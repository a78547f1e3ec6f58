"""Backups of one tenant into a file, and of a whole database with PostgreSQL's programs.

A tenant's file contains its rows as PostgreSQL's JSON, one on each line, and the count and digest
of each table. A restore reads the rows back and compares. Python never parses a row. The digests
find damage, not forgery: so a restore refuses whatever names another tenant, and takes the issuers,
whose tokens open the tenant, only when it is asked to.

The tenant's clocks are rows like others, so the journal keeps its numbers.
"""

import gzip
import hashlib
import json
import os
import subprocess
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Table

from domain.kernel.errors import Code, Invalid, NotFound
from domain.kernel.identity import TenantId
from domain.tenants import TenantRegistration, TenantStatus
from persistence.embedded.binaries import find_newest_program
from persistence.kernel.engine_kind import EngineKind
from persistence.kernel.pools import Connection, connect, strip_driver
from persistence.kernel.schema.migrations import get_expected_revision
from persistence.tenant_registry import TenantRegistry
from persistence.tenant_rows import (
    BATCH_SIZE,
    enter_tenant,
    insert_rows,
    is_self_referencing,
    list_tenant_tables,
    stream_rows,
    thaw_clocks,
)

FORMAT = "trellis-tenant-1"
SELECT_REVISION = "SELECT version_num FROM directory.alembic_version"
SELECT_TENANT = "SELECT row_to_json(t) FROM directory.tenants t WHERE id = $1"
SELECT_ISSUERS = "SELECT coalesce(json_agg(i), '[]') FROM directory.issuers i WHERE tenant_id = $1"
INSERT_DIRECTORY_ROWS = (
    "INSERT INTO directory.{0} SELECT * FROM json_populate_recordset(NULL::directory.{0}, $1)"
)
TENANT_EXISTS = "SELECT EXISTS (SELECT 1 FROM directory.tenants WHERE id = $1 OR slug = $2)"
FIND_ISSUER = "SELECT issuer FROM directory.issuers WHERE issuer = ANY($1) LIMIT 1"
DISTRIBUTED_MESSAGE = (
    "This database is distributed, and pg_dump would leave out the rows on its servers. Back up"
    " each tenant, or all servers to one restore point; see docs/operations/scaling.md."
)
DATABASE_IS_EMPTY = "SELECT to_regclass('directory.tenants') IS NULL"

ContentErrors = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.InsufficientPrivilegeError,
)
"""What PostgreSQL raises for rows that it cannot or may not store."""

IsOwnIssuer = Callable[[str, str], bool]
"""Returns whether an issuer's name may belong to the tenant with this slug."""


@dataclass(frozen=True)
class RestoredTenant:
    """A restored tenant, and the issuers in its file that were not taken."""

    slug: str
    row_count: int
    skipped_issuers: Sequence[str]


@dataclass(frozen=True)
class _Head:
    """The first line of a tenant's file: its rows in the directory."""

    revision: str
    tenant: TenantRegistration
    tenant_row: dict[str, Any]
    issuers: list[dict[str, Any]]

    @property
    def issuer_names(self) -> list[str]:
        """The names of the issuers, each once."""
        return sorted({str(each["issuer"]) for each in self.issuers})


@dataclass
class TableDigest:
    """The number of a table's rows, and their digest."""

    table: str
    count: int = 0

    def __post_init__(self) -> None:
        self._digest = hashlib.sha256()

    def add_row(self, line: bytes) -> None:
        """Add a row, given as its line without the line break."""
        self.count += 1
        self._digest.update(line + b"\n")

    def render_trailer(self) -> bytes:
        """Return the line that follows the rows of a table in the file."""
        trailer = {"table": self.table, "rows": self.count, "sha256": self._digest.hexdigest()}
        return json.dumps(trailer).encode()


# -- one tenant ---------------------------------------------------------------------------------


async def back_up_tenant(
    connection: Connection, slug: str, path: Path, *, home: "Connection | None" = None
) -> int:
    """Write one consistent snapshot of a tenant into a file, and return the number of rows.

    The connection must be of the role that owns the schema. `home` is one to the home database,
    which has the issuers, if the tenant lives in another. Raises NotFound.
    """
    tenant = await TenantRegistry(connection).find_tenant(slug)
    if tenant is None:
        raise NotFound(f"There is no tenant {slug}. Check its slug.", "slug")
    with replace_when_complete(path) as partial, gzip.open(partial, "wb") as file:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return await _write_tenant(connection, tenant.id, file, home or connection)


async def restore_tenant(
    connection: Connection, path: Path, *, is_own_issuer: IsOwnIssuer | None = None
) -> RestoredTenant:
    """Restore a tenant that does not exist. The issuers are taken only with `is_own_issuer`.

    The connection must be of the role that owns the schema. Raises Invalid, and changes nothing
    then.
    """
    try:
        with gzip.open(path, "rb") as file:
            head = _parse_head(file.readline(), path)
            async with connection.transaction():
                await _check_head(connection, head)
                await _insert_directory_rows(
                    connection, "tenants", [{**head.tenant_row, "database": None}]
                )
                if is_own_issuer is not None:
                    await _check_issuers(connection, head, is_own_issuer)
                    await _insert_directory_rows(connection, "issuers", head.issuers)
                count = await _read_rows(connection, head.tenant.id, file)
    except ContentErrors as error:
        raise Invalid(f"The backup is damaged: {error}.") from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Invalid("The backup is damaged: it is incomplete.") from error
    skipped = tuple(head.issuer_names) if is_own_issuer is None else ()
    return RestoredTenant(head.tenant.slug, count, skipped)


async def _write_tenant(
    connection: Connection, tenant_id: UUID, file: gzip.GzipFile, home: Connection
) -> int:
    await enter_tenant(connection, tenant_id)
    head = {
        "form": FORMAT,
        "revision": await connection.fetchval(SELECT_REVISION),
        "tenant": json.loads(await connection.fetchval(SELECT_TENANT, tenant_id)),
        "issuers": json.loads(await home.fetchval(SELECT_ISSUERS, tenant_id)),
    }
    file.write(json.dumps(head).encode() + b"\n")
    count = 0
    for table in list_tenant_tables():
        rows = TableDigest(table.name)
        async for line in stream_rows(connection, table, tenant_id):
            rows.add_row(line)
            file.write(line + b"\n")
        file.write(b"=" + rows.render_trailer() + b"\n")
        count += rows.count
    return count


def _parse_head(line: bytes, path: Path) -> _Head:
    try:
        head = json.loads(line)
        if head.get("form") != FORMAT:
            raise Invalid(f"{path} is not a backup of a tenant. Choose another file.")
        row = head["tenant"]
        tenant = TenantRegistration(
            id=TenantId(UUID(row["id"])), slug=row["slug"], status=TenantStatus(row["status"])
        )
        issuers = list(head["issuers"])
        if any(UUID(each["tenant_id"]) != tenant.id for each in issuers):
            raise _name_other_tenant("its issuers")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Invalid("The backup is damaged: its first line cannot be read.") from error
    return _Head(head["revision"], tenant, row, issuers)


async def _check_head(connection: Connection, head: _Head) -> None:
    expected = get_expected_revision()
    if head.revision != expected:
        message = f"The backup has schema revision {head.revision}; this program needs {expected}."
        raise Invalid(f"{message} Restore it with the version that wrote it, then upgrade.")
    if await connection.fetchval(TENANT_EXISTS, head.tenant.id, head.tenant.slug):
        message = f"A tenant with the slug {head.tenant.slug} or with the same id exists already."
        raise Invalid(message, "slug", code=Code.NOT_UNIQUE)


async def _check_issuers(connection: Connection, head: _Head, is_own: IsOwnIssuer) -> None:
    if not all(is_own(each, head.tenant.slug) for each in head.issuer_names):
        raise _name_other_tenant("its issuers")
    taken = await connection.fetchval(FIND_ISSUER, head.issuer_names)
    if taken is not None:
        message = f"The issuer {taken!r} belongs to another tenant here."
        raise Invalid(f"{message} Restore without the issuers.", code=Code.NOT_UNIQUE)


async def _insert_directory_rows(
    connection: Connection, table: str, rows: Sequence[dict[str, Any]]
) -> None:
    await connection.execute(INSERT_DIRECTORY_ROWS.format(table), json.dumps(rows).encode())


async def _read_rows(connection: Connection, tenant_id: UUID, file: gzip.GzipFile) -> int:
    await enter_tenant(connection, tenant_id)
    count = 0
    for table in list_tenant_tables():
        trailer = await _insert_table(connection, table, tenant_id, file)
        rows = TableDigest(table.name)
        async for line in stream_rows(connection, table, tenant_id):
            rows.add_row(line)
        if rows.render_trailer() != trailer:
            raise Invalid(f"The backup is damaged: the rows of {table.name} have another digest.")
        count += rows.count
    await thaw_clocks(connection, tenant_id)
    return count


def _name_other_tenant(place: str) -> Invalid:
    return Invalid(
        f"The backup names another tenant in {place}, so nothing was restored. Find out who wrote"
        " this file."
    )


async def _insert_table(
    connection: Connection, table: Table, tenant_id: UUID, file: gzip.GzipFile
) -> bytes:
    """Insert the rows of a table from a file, and return the line that follows them."""
    may_split = not is_self_referencing(table)
    batch: list[bytes] = []
    for line in file:
        if line.startswith(b"="):
            await _insert_batch(connection, table, tenant_id, batch)
            return line[1:].rstrip(b"\n")
        batch.append(line)
        if may_split and len(batch) == BATCH_SIZE:
            await _insert_batch(connection, table, tenant_id, batch)
            batch = []
    raise Invalid("The backup is damaged: it is incomplete.")


async def _insert_batch(
    connection: Connection, table: Table, tenant_id: UUID, batch: list[bytes]
) -> None:
    """Insert rows. Raises Invalid unless each is a row of the tenant."""
    if batch and not await insert_rows(connection, table, tenant_id, batch):
        raise _name_other_tenant(table.name)


# -- the whole database --------------------------------------------------------------------------


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


def is_database_backup(path: Path) -> bool:
    """Return whether a file is a backup of a whole database, not of a tenant. Raises Invalid."""
    with path.open("rb") as file:
        signature = file.read(5)
    if signature == b"PGDMP":
        return True
    if signature[:2] == b"\x1f\x8b":  # gzip
        return False
    raise Invalid(f"{path} is not a backup of Trellis. Choose another file.")
