"""Backups: one tenant as a file of its own, and a whole database by PostgreSQL's own programs.

A tenant's file holds its rows as PostgreSQL writes them in JSON, one to a line, with the number and
the digest of each table's; whoever restores it reads the rows back and compares. Python never looks
into a row. The journal's places are moved below those of the new server's transactions, in their
order: otherwise its followers would be told all of it as news once the server had counted so far.
"""

import gzip
import hashlib
import json
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from domain.kernel.errors import Code, Invalid, NotFound
from persistence.directory import TenantRegistry
from persistence.embedded.binaries import newest
from persistence.everything import metadata
from persistence.kernel.engine import strip_driver
from persistence.kernel.mapping import Connection
from persistence.kernel.serving import get_expected_revision

FORM = "trellis-tenant-1"
PORTION = 1_000
REVISION = "SELECT version_num FROM directory.alembic_version"
LISTED = "SELECT row_to_json(t) FROM directory.tenants t WHERE id = $1"
ISSUERS = "SELECT coalesce(json_agg(i), '[]') FROM directory.issuers i WHERE tenant_id = $1"
LIST = "INSERT INTO directory.{0} SELECT * FROM json_populate_recordset(NULL::directory.{0}, $1)"
KNOWN = "SELECT EXISTS (SELECT 1 FROM directory.tenants WHERE id = $1 OR slug = $2)"
FILL = "INSERT INTO {0} SELECT * FROM json_populate_recordset(NULL::{0}, $1)"
BEHIND = """
UPDATE journal SET xid = xid - 1 - (SELECT max(xid) FROM journal WHERE tenant_id = $1)
WHERE tenant_id = $1
"""
BEHIND_FOR_ALL = "UPDATE journal SET xid = xid - 1 - (SELECT max(xid) FROM journal)"
IS_EMPTY = "SELECT to_regclass('directory.tenants') IS NULL"


@dataclass
class Rows:
    """How many rows of one table went by, and their digest."""

    table: str
    count: int = 0

    def __post_init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, line: bytes) -> None:
        self.count += 1
        self._digest.update(line + b"\n")

    def told(self) -> bytes:
        """Both, as the line that follows a table's rows."""
        told = {"table": self.table, "rows": self.count, "sha256": self._digest.hexdigest()}
        return json.dumps(told).encode()


# -- one tenant ---------------------------------------------------------------------------------


async def back_up_tenant(connection: Connection, slug: str, path: Path) -> int:
    """Write everything of a tenant into a file, as it is at one moment; how many rows.

    The connection is the owner's. Raises NotFound.
    """
    tenant = await TenantRegistry(connection).find_tenant(slug)
    if tenant is None:
        raise NotFound(f"There is no tenant {slug}.", "slug")
    partial = path.with_suffix(path.suffix + ".partial")
    with gzip.open(partial, "wb") as file:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            count = await _write(connection, tenant.id, file)
    partial.chmod(0o600)
    partial.replace(path)
    return count


async def restore_tenant(connection: Connection, path: Path) -> tuple[str, int]:
    """Bring a tenant back that is not there; its short name, and how many rows it has.

    The connection is the owner's. Raises Invalid; then nothing has changed.
    """
    with gzip.open(path, "rb") as file:
        head = json.loads(file.readline())
        if head.get("form") != FORM:
            raise Invalid(f"{path} is no backup of a tenant.")
        async with connection.transaction():
            return head["tenant"]["slug"], await _read(connection, head, file)


async def _write(connection: Connection, tenant_id: UUID, file: gzip.GzipFile) -> int:
    await _enter(connection, tenant_id)
    head = {
        "form": FORM,
        "revision": await connection.fetchval(REVISION),
        "tenant": json.loads(await connection.fetchval(LISTED, tenant_id)),
        "issuers": json.loads(await connection.fetchval(ISSUERS, tenant_id)),
    }
    file.write(json.dumps(head).encode() + b"\n")
    count = 0
    for table in _tables():
        rows = Rows(table.name)
        async for line in _lines(connection, table, tenant_id):
            rows.add(line)
            file.write(line + b"\n")
        file.write(b"=" + rows.told() + b"\n")
        count += rows.count
    return count


async def _read(connection: Connection, head: dict[str, Any], file: gzip.GzipFile) -> int:
    expected = get_expected_revision()
    if head["revision"] != expected:
        raise Invalid(f"The backup is of revision {head['revision']}; this program is {expected}.")
    tenant_id, slug = UUID(head["tenant"]["id"]), head["tenant"]["slug"]
    if await connection.fetchval(KNOWN, tenant_id, slug):
        message = f"There is a tenant {slug} already, or one of the same id."
        raise Invalid(message, "slug", code=Code.NOT_UNIQUE)
    await connection.execute(LIST.format("tenants"), json.dumps([head["tenant"]]).encode())
    await connection.execute(LIST.format("issuers"), json.dumps(head["issuers"]).encode())
    await _enter(connection, tenant_id)
    count = 0
    for table in _tables():
        told = await _fill(connection, table, file)
        rows = Rows(table.name)
        async for line in _lines(connection, table, tenant_id):
            rows.add(line)
        if rows.told() != told:
            raise Invalid(f"The backup is damaged: {table.name} is not what was written.")
        count += rows.count
    await connection.execute(BEHIND, tenant_id)
    return count


async def _fill(connection: Connection, table: Table, file: gzip.GzipFile) -> bytes:
    """Keep the rows of a table; the line that follows them."""
    own = any(each.referred_table is table for each in table.foreign_key_constraints)
    portion: list[bytes] = []
    for line in file:
        if line.startswith(b"="):
            await _keep(connection, table, portion)
            return line[1:].rstrip(b"\n")
        portion.append(line)
        # Rows that point to one another can only come at once.
        if len(portion) == PORTION and not own:
            await _keep(connection, table, portion)
            portion = []
    raise Invalid("The backup is damaged: it ends too soon.")


async def _keep(connection: Connection, table: Table, portion: list[bytes]) -> None:
    if portion:
        await connection.execute(FILL.format(table.name), b"[%b]" % b",".join(portion))


async def _lines(connection: Connection, table: Table, tenant_id: UUID) -> AsyncIterator[bytes]:
    key = ", ".join(column.name for column in table.primary_key)
    rows = f"SELECT row_to_json(t) FROM {table.name} t WHERE tenant_id = $1 ORDER BY {key}"
    async for row in connection.cursor(rows, tenant_id, prefetch=PORTION):
        yield row[0]


async def _enter(connection: Connection, tenant_id: UUID) -> None:
    await connection.execute(f"SET LOCAL app.tenant_id = '{UUID(str(tenant_id))}'")
    await connection.execute("SET LOCAL timezone = 'UTC'")


def _tables() -> Iterator[Table]:
    """Every tenant's table, what is pointed at before what points to it."""
    return (each for each in metadata.sorted_tables if each.schema is None)


# -- the whole ----------------------------------------------------------------------------------


def back_up(url: str, path: Path) -> None:
    """Write a whole database into a file, as a role that row-level security does not hold."""
    partial = path.with_suffix(path.suffix + ".partial")
    _run("pg_dump", url, "--format=custom", f"--file={partial}")
    partial.chmod(0o600)
    partial.replace(path)


async def restore(connection: Connection, url: str, path: Path) -> None:
    """Bring a whole database back into an empty one, as such a role. Raises Invalid.

    The roles are there already: the owner of the schema, and whoever serves.
    """
    if not await connection.fetchval(IS_EMPTY):
        raise Invalid("There is a Trellis in this database already. Restore into an empty one.")
    _run("pg_restore", url, "--single-transaction", "--exit-on-error", str(path))
    await connection.execute(BEHIND_FOR_ALL)


def _run(name: str, url: str, *options: str) -> None:
    plain = strip_driver(url)
    environment = dict(os.environ)
    if plain.password:
        environment["PGPASSWORD"] = str(plain.password)  # not for everybody's eyes in `ps`
    shown = plain._replace(password=None).render_as_string()
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
        [newest(name), f"--dbname={shown}", *options],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it said nothing."]
        raise Invalid(f"{name} failed: {said[-1]}")


def is_whole(path: Path) -> bool:
    """Whether a backup is of a whole database. Raises Invalid for what is no backup."""
    with path.open("rb") as file:
        begin = file.read(5)
    if begin == b"PGDMP":
        return True
    if begin[:2] == b"\x1f\x8b":
        return False
    raise Invalid(f"{path} is no backup of Trellis.")
