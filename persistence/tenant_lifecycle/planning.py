"""What an import or a restore would change, found out without changing anything."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Table

from domain.kernel.errors import Invalid
from domain.kernel.identity import TenantId
from persistence.kernel.pools import Connection
from persistence.kernel.schema.migrations import get_expected_revision
from persistence.tenant_lifecycle.file_format import Head, open_file, read_table
from persistence.tenant_lifecycle.importing import TENANT_EXISTS, check_revision
from persistence.tenant_registry import TenantRecord, TenantRegistry
from persistence.tenant_rows import enter_tenant, list_tenant_tables, stream_rows


@dataclass(frozen=True)
class TableChange:
    """A table: its rows now and in the file, and how many of them are equal."""

    table: str
    now: int
    in_file: int
    equal: int

    @property
    def removed(self) -> int:
        """How many rows would be removed, or replaced by another state."""
        return self.now - self.equal

    @property
    def added(self) -> int:
        """How many rows would be added, or take another state."""
        return self.in_file - self.equal


@dataclass
class ImportPlan:
    """What a file contains, what it would change, and all reasons why it would be refused."""

    head: Head
    expected_revision: str
    tables: list[TableChange] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)


def read_head(path: Path) -> Head:
    """Return the head of a file. Raises Invalid."""
    with open_file(path) as (head, _):
        return head


async def plan_import(
    connection: Connection, path: Path, living: TenantRecord | None, *, slug: str | None = None
) -> ImportPlan:
    """Compare a file with the tenant that it would replace, or with none.

    `slug` is that of a tenant that would be made beside. Raises Invalid if it is no such file.
    """
    with open_file(path) as (head, file):
        plan = ImportPlan(head, get_expected_revision())
        try:
            check_revision(head)
        except Invalid as refusal:
            plan.refusals.append(str(refusal))
        plan.refusals += await _list_conflicts(connection, head, living, slug)
        if plan.refusals:
            return plan
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            for table in list_tenant_tables():
                in_file = Counter(hashlib.md5(row).digest() for row in read_table(file, table))  # noqa: S324
                now = await _hash_rows(connection, table, living.id) if living else Counter()
                equal = (in_file & now).total()
                change = TableChange(table.name, now.total(), in_file.total(), equal)
                plan.tables.append(change)
        return plan


async def _list_conflicts(
    connection: Connection, head: Head, living: TenantRecord | None, slug: str | None
) -> list[str]:
    if living is not None:
        if living.id == head.tenant.id:
            return []
        return [f"The file contains another tenant: {head.tenant.slug}."]
    if slug is not None:
        taken = await TenantRegistry(connection).find_tenant(slug)
        return [f"The slug {slug} is taken. Choose another."] if taken else []
    if await connection.fetchval(TENANT_EXISTS, head.tenant.id, head.tenant.slug):
        return [f"A tenant with the slug {head.tenant.slug} or with the same id exists already."]
    return []


async def _hash_rows(connection: Connection, table: Table, tenant_id: TenantId) -> "Counter[bytes]":
    await enter_tenant(connection, tenant_id)
    return Counter(
        [
            hashlib.md5(row).digest()  # noqa: S324 - it compares rows, and protects nothing
            async for row in stream_rows(connection, table, tenant_id)
        ]
    )
