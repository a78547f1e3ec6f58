"""Importing an exported tenant, and restoring one beside or in place of the living tenant.

Ids are unique within a tenant only: the tenant is the first column of every key. So a copy keeps
all ids, and only the id of the tenant itself is replaced, wherever a row contains it. Thus ids in
the journal, in formulas and in other systems stay valid.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import asyncpg
from sqlalchemy import Table

from domain.kernel.audit_chain import LOCK as AUDIT_CHAIN
from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import TenantId
from domain.tenants import TenantRegistration
from persistence.kernel.pools import Connection
from persistence.kernel.schema.migrations import get_expected_revision
from persistence.tenant_lifecycle.contents import is_kept_in_place, is_left_out_beside
from persistence.tenant_lifecycle.exporting import list_box_tables
from persistence.tenant_lifecycle.file_format import (
    DAMAGED,
    Head,
    TableDigest,
    name_other_tenant,
    open_file,
    read_table,
)
from persistence.tenant_rows import (
    BATCH_SIZE,
    delete_rows,
    enter_tenant,
    insert_rows,
    is_self_referencing,
    list_tenant_tables,
    stream_rows,
    thaw_clocks,
)
from persistence.unit_of_work.locks import lock_names

INSERT_DIRECTORY_ROWS = (
    "INSERT INTO directory.{0} SELECT * FROM json_populate_recordset(NULL::directory.{0}, $1)"
)
TENANT_EXISTS = "SELECT EXISTS (SELECT 1 FROM directory.tenants WHERE id = $1 OR slug = $2)"
FIND_ISSUER = "SELECT issuer FROM directory.issuers WHERE issuer = ANY($1) LIMIT 1"
LOCK_CLOCKS = "SELECT clock, number FROM tenant_clocks WHERE tenant_id = $1 FOR UPDATE"
DELETE_CLOCKS = "DELETE FROM tenant_clocks WHERE tenant_id = $1"
ADVANCE_CLOCK = """
INSERT INTO tenant_clocks AS known (tenant_id, clock, number) VALUES ($1, $2, $3 + 1)
ON CONFLICT (tenant_id, clock) DO UPDATE SET number = greatest(known.number, $3) + 1
"""
MARK_TEXTS = "UPDATE directory.tenants SET text_version = $2 WHERE id = $1"
CANCEL_BOXES = (
    "UPDATE {0} SET status = 'cancelled' WHERE tenant_id = $1 AND status IN ('open', 'closed')"
)

ContentErrors = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.InsufficientPrivilegeError,
)
"""What PostgreSQL raises for rows that it cannot or may not store."""

IsOwnIssuer = Callable[[str, str], bool]
"""Returns whether an issuer's name may belong to the tenant with this slug."""


@dataclass(frozen=True)
class Imported:
    """The rows that were stored, the issuers that were not taken, and the boxes of ballots."""

    slug: str
    row_count: int
    skipped_issuers: Sequence[str]
    open_boxes: Sequence[UUID]


async def import_tenant(
    connection: Connection, path: Path, *, is_own_issuer: IsOwnIssuer | None = None
) -> Imported:
    """Import a tenant that does not exist, with its own id. Raises Invalid, and changes nothing.

    The issuers are taken only with `is_own_issuer`. The connection is of the role that owns the
    schema.
    """
    with _open_checked(path) as (head, file):
        async with connection.transaction():
            await check_is_free(connection, head.tenant)
            await _insert_directory_rows(
                connection, "tenants", [{**head.tenant_row, "database": None}]
            )
            if is_own_issuer is not None:
                await check_issuers(connection, head, is_own_issuer)
                await _insert_directory_rows(connection, "issuers", head.issuers)
            await enter_tenant(connection, head.tenant.id)
            count = await _Loader(connection, head.tenant.id, file).load()
            await thaw_clocks(connection, head.tenant.id)
    skipped = head.issuer_names if is_own_issuer is None else ()
    return Imported(head.tenant.slug, count, skipped, head.open_boxes)


async def restore_beside(
    connection: Connection, path: Path, tenant: TenantRegistration
) -> Imported:
    """Restore a file as another tenant, which is registered and has no rows. Raises Invalid.

    What connects the tenant with others is left out: keys of service clients, webhooks, and sealed
    ballots. What was open for ballots is cancelled. Workers seal the journal anew.
    """
    with _open_checked(path) as (head, file):
        async with connection.transaction():
            await enter_tenant(connection, tenant.id)
            loader = _Loader(connection, tenant.id, file, head.tenant.id, is_left_out_beside)
            count = await loader.load()
            for each in list_box_tables():
                await connection.execute(CANCEL_BOXES.format(each.name), tenant.id)
            await thaw_clocks(connection, tenant.id)
            await connection.execute(MARK_TEXTS, tenant.id, head.tenant_row["text_version"])
    return Imported(tenant.slug, count, head.issuer_names, head.open_boxes)


async def restore_in_place(
    connection: Connection, path: Path, tenant: TenantRegistration
) -> Imported:
    """Replace all rows of a tenant by those of its own earlier export. Raises Invalid.

    Slug, status and issuers stay. Changes wait for at most as long as for any lock, and fail then;
    reads go on. The clocks advance beyond both states, so that nobody takes rights or entries for
    current that are not.
    """
    with _open_checked(path) as (head, file):
        if head.tenant.id != tenant.id:
            message = f"The file contains {head.tenant.slug}, which is not the tenant {tenant.slug}"
            raise Invalid(f"{message} here. Restore it beside, with another slug.", "path")
        async with connection.transaction():
            await enter_tenant(connection, tenant.id)
            await lock_names(connection, tenant.id, [f"{AUDIT_CHAIN}:"])  # no worker seals now
            clocks = await connection.fetch(LOCK_CLOCKS, tenant.id)
            await delete_rows(connection, tenant.id, keeps=is_kept_in_place)
            await connection.execute(DELETE_CLOCKS, tenant.id)
            loader = _Loader(connection, tenant.id, file, leaves_out=is_kept_in_place)
            count = await loader.load()
            await thaw_clocks(connection, tenant.id)
            for clock, number in clocks:
                await connection.execute(ADVANCE_CLOCK, tenant.id, clock, number)
            await connection.execute(MARK_TEXTS, tenant.id, head.tenant_row["text_version"])
    return Imported(tenant.slug, count, (), head.open_boxes)


@contextmanager
def _open_checked(path: Path) -> Iterator[tuple[Head, BinaryIO]]:
    """Open a file of the current revision; what PostgreSQL refuses of it raises Invalid."""
    try:
        with open_file(path) as (head, file):
            check_revision(head)
            yield head, file
    except ContentErrors as error:
        raise Invalid(f"{DAMAGED}: {error}.") from error


def check_revision(head: Head) -> None:
    """Raise Invalid unless the file has the revision of this program."""
    expected = get_expected_revision()
    if head.revision != expected:
        message = f"The file has schema revision {head.revision}; this program needs {expected}."
        raise Invalid(f"{message} Import it with the version that wrote it, then upgrade.")


async def check_is_free(connection: Connection, tenant: TenantRegistration) -> None:
    """Raise Invalid if a tenant has the slug or the id."""
    if await connection.fetchval(TENANT_EXISTS, tenant.id, tenant.slug):
        message = f"A tenant with the slug {tenant.slug} or with the same id exists already."
        raise Invalid(
            f"{message} Restore the file beside it, or in place of it.",
            "slug",
            code=Code.NOT_UNIQUE,
        )


async def check_issuers(connection: Connection, head: Head, is_own: IsOwnIssuer) -> None:
    """Raise Invalid if an issuer of the file is that of another tenant."""
    if not all(is_own(each, head.tenant.slug) for each in head.issuer_names):
        raise name_other_tenant("its issuers")
    taken = await connection.fetchval(FIND_ISSUER, head.issuer_names)
    if taken is not None:
        message = f"The issuer {taken!r} belongs to another tenant here."
        raise Invalid(f"{message} Import without the issuers.", code=Code.NOT_UNIQUE)


async def _insert_directory_rows(
    connection: Connection, table: str, rows: Sequence[dict[str, Any]]
) -> None:
    await connection.execute(INSERT_DIRECTORY_ROWS.format(table), json.dumps(rows).encode())


@dataclass
class _Loader:
    """Stores the rows of a file in a tenant, and compares what was stored with them.

    `former_id` is the tenant's id in the file if it was another one.
    """

    connection: Connection
    tenant_id: TenantId
    file: BinaryIO
    former_id: TenantId | None = None
    leaves_out: Callable[[Table], bool] = lambda _: False

    async def load(self) -> int:
        """Store all tables; return the number of rows. Raises Invalid."""
        count = 0
        for table in list_tenant_tables():
            rows = read_table(self.file, table)
            if self.leaves_out(table):
                for _ in rows:  # its digest is checked
                    pass
                continue
            given, stored = TableDigest(table.name), TableDigest(table.name)
            await self._insert(table, rows, given)
            async for row in stream_rows(self.connection, table, self.tenant_id):
                stored.add_row(row)
            if stored.render_end() != given.render_end():
                raise Invalid(f"{DAMAGED}: the rows of {table.name} were not stored as they are.")
            count += stored.count
        return count

    async def _insert(self, table: Table, rows: Iterator[bytes], digest: TableDigest) -> None:
        may_split = not is_self_referencing(table)
        batch: list[bytes] = []
        for each in rows:
            row = self._rename(each)
            digest.add_row(row)
            batch.append(row)
            if may_split and len(batch) == BATCH_SIZE:
                await self._insert_batch(table, batch)
                batch = []
        await self._insert_batch(table, batch)

    def _rename(self, row: bytes) -> bytes:
        """Return a row with the id of this tenant in place of that in the file."""
        if self.former_id is None:
            return row
        return row.replace(str(self.former_id).encode(), str(self.tenant_id).encode())

    async def _insert_batch(self, table: Table, batch: list[bytes]) -> None:
        if batch and not await insert_rows(self.connection, table, self.tenant_id, batch):
            raise name_other_tenant(table.name)
