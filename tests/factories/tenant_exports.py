"""Exported tenants as data, to compare."""

import gzip
import json
from pathlib import Path
from typing import Any

from api.commands import tenant_files
from api.commands.database_url import Database


def read_export(path: Path) -> tuple[dict[str, Any], dict[str, list[bytes]]]:
    """Return the head of an export, and its rows by table."""
    head, *lines = gzip.decompress(path.read_bytes()).splitlines()
    tables: dict[str, list[bytes]] = {}
    for line in lines:
        if line.startswith(b'{"table": '):
            rows = tables[json.loads(line)["table"]] = []
        elif not line.startswith(b'{"end": '):
            rows.append(line)
    return json.loads(head), tables


async def export_rows(database: Database, slug: str, path: Path) -> dict[str, list[bytes]]:
    """Export a tenant, and return its rows by table."""
    await tenant_files.write_export(database, slug, path)
    return read_export(path)[1]
