"""Exporting a tenant: one consistent snapshot of all its rows."""

import gzip
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import Table

from domain.ballots import BallotBox
from domain.kernel.identity import TenantId
from persistence.backup import replace_when_complete
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.pools import Connection
from persistence.tenant_lifecycle.file_format import TableDigest, render_head
from persistence.tenant_rows import enter_tenant, list_tenant_tables, stream_rows

SELECT_REVISION = "SELECT version_num FROM directory.alembic_version"
SELECT_TENANT = "SELECT row_to_json(t) FROM directory.tenants t WHERE id = $1"
SELECT_ISSUERS = """
SELECT coalesce(json_agg(i ORDER BY issuer, tenant_value), '[]')
FROM directory.issuers i WHERE tenant_id = $1
"""
SELECT_OPEN_BOXES = "SELECT id FROM {0} WHERE tenant_id = $1 AND status IN ('open', 'closed')"


@dataclass(frozen=True)
class Exported:
    """What an export wrote: how many rows, and how many boxes with sealed ballots."""

    row_count: int
    open_box_count: int


async def export_tenant(
    connection: Connection,
    tenant_id: TenantId,
    path: Path,
    *,
    home: Connection,
    record: Callable[[], Awaitable[object]],
) -> Exported:
    """Write one snapshot of a tenant into a file that appears when it is complete.

    The connection is of the role that owns the schema, and `home` one to the home database, which
    has the issuers. `record` notes the export in the tenant's journal. It runs after the snapshot,
    so that a second export of the same data has the same rows, and before the file appears.
    """
    with replace_when_complete(path) as partial:
        with gzip.open(partial, "wb") as file:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                written = await _write_tenant(connection, tenant_id, file, home)
        await record()
    return written


async def _write_tenant(
    connection: Connection, tenant_id: TenantId, file: gzip.GzipFile, home: Connection
) -> Exported:
    await enter_tenant(connection, tenant_id)
    boxes = await list_open_boxes(connection, tenant_id)
    head = render_head(
        await connection.fetchval(SELECT_REVISION),
        json.loads(await connection.fetchval(SELECT_TENANT, tenant_id)),
        json.loads(await home.fetchval(SELECT_ISSUERS, tenant_id)),
        boxes,
    )
    file.write(head)
    count = 0
    for table in list_tenant_tables():
        rows = TableDigest(table.name)
        file.write(rows.render_begin())
        async for line in stream_rows(connection, table, tenant_id):
            rows.add_row(line)
            file.write(line + b"\n")
        file.write(rows.render_end())
        count += rows.count
    return Exported(count, len(boxes))


def list_box_tables() -> list[Table]:
    """Return the tables of what has sealed ballots."""
    kinds = (kind for kind in MAPPINGS if isinstance(kind, type) and issubclass(kind, BallotBox))
    return sorted((MAPPINGS[each].table for each in kinds), key=lambda it: it.name)


async def list_open_boxes(connection: Connection, tenant_id: TenantId) -> list[UUID]:
    """Return the surveys and feedback programs of the tenant whose ballots are not counted yet."""
    return [
        row["id"]
        for table in list_box_tables()
        for row in await connection.fetch(SELECT_OPEN_BOXES.format(table.name), tenant_id)
    ]
