"""Markers: a text unique to a tenant, in every free-text column of a dataset."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import CheckConstraint, Text

from persistence.kernel.schema.derived_columns import find_derivation
from persistence.kernel.schema.tables import metadata
from tests.reads.dataset import TenantDataset, a_world
from tests.reads.dataset_loader import load_dataset

MARKER_PATTERN = re.compile(r"cnry([0-9a-f]{32})")
TODAY = date(2026, 6, 15)
ALDER = UUID("0197a000-0000-7000-8000-0000000000a1")
BIRCH = UUID("0197a000-0000-7000-8000-0000000000b2")

MACHINE_READ_COLUMNS = {
    ("tenants", "time_zone"),
    ("tenants", "locale"),
    ("journal", "entity"),
    ("journal", "action"),
    ("redirects", "entity"),
    ("todos", "kind"),
    ("kpi_review_schedules", "rule"),
    ("survey_schedules", "rule"),
    ("feedback_program_schedules", "rule"),
    ("todos", "entity"),
    ("tombstones", "entity"),
    ("words", "entity"),
    ("words", "word"),
    ("review_appeals", "content_hash_before"),
    ("review_appeals", "content_hash_after"),
}
"""Texts that programs read, and the search words derived from marked texts."""

TABLES_WITHOUT_TEXT = {"background_tasks", "ballot_batches", "idempotency_keys", "leaves"}
"""Tables without texts until somebody writes them through the graph, or with sealed ones."""


def build_marker(tenant_id: UUID) -> str:
    """Build the text that is unique to this tenant."""
    return f"cnry{tenant_id.hex}"


def find_foreign_markers(text: str, tenant_id: UUID | None) -> set[str]:
    """Find the markers of other tenants in a text; without a tenant, all markers."""
    own = tenant_id.hex if tenant_id else ""
    return {found for found in MARKER_PATTERN.findall(text) if found != own}


def list_free_text_columns() -> list[tuple[str, str]]:
    """List every free-text column of tenants' tables, without those derived from one."""
    return [
        (table.name, column.name)
        for table in metadata.sorted_tables
        if table.schema is None
        for column in table.columns
        if isinstance(column.type, Text)
        and find_derivation(column) is None
        and (table.name, column.name) not in MACHINE_READ_COLUMNS
        and not _is_enum_column(table, column.name)
    ]


def add_markers(world: TenantDataset) -> TenantDataset:
    """Add the tenant's marker to every free text of the dataset."""
    mine = build_marker(world.tenant_id)
    for table, column in list_free_text_columns():
        for row in world.tables.get(table, ()):
            if row.get(column) is not None:
                row[column] = _append_marker(row[column], mine, column)
    for row in world.tables["journal"]:
        row["changes"] = {name: [mine, f"{mine} since"] for name in row["changes"]}
    for row in world.tables["tenants"]:
        row["labels"] = {name: f"{text} {mine}" for name, text in row["labels"].items()}
    world.subjects = {name: _append_marker(name, mine, "subject") for name in world.subjects}
    return world


async def load_marked_datasets(owner: asyncpg.Connection, pool: Any) -> Mapping[str, TenantDataset]:
    """Load two marked tenants into the database."""
    worlds = {
        "alder": add_markers(a_world("alder", ALDER, 31, TODAY, size=24)),
        "birch": add_markers(a_world("birch", BIRCH, 32, TODAY, size=24)),
    }
    for world in worlds.values():
        await load_dataset(owner, pool, world)
    return worlds


async def find_unmarked_texts(owner: asyncpg.Connection, world: TenantDataset) -> list[str]:
    """Find what has no marker, or one of another tenant, in the free texts of a loaded dataset."""
    found: list[str] = []
    async with owner.transaction(readonly=True):
        await owner.execute(f"SET LOCAL app.tenant_id = '{world.tenant_id}'")
        for table, column in list_free_text_columns():
            statement = f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL"
            texts = [row[0] for row in await owner.fetch(statement)]
            if not texts and table not in TABLES_WITHOUT_TEXT:
                found.append(f"{table}.{column} is empty in {world.slug}")
            found += [
                f"{table}.{column}: {text}"
                for text in texts
                if set(MARKER_PATTERN.findall(text)) != {world.tenant_id.hex}
            ]
    return found


def _append_marker(text: str, mine: str, column: str) -> str:
    if column == "work_email":
        return f"{mine}.{text}"
    return f"{text} {mine}"


def _is_enum_column(table: Any, column: str) -> bool:
    return any(
        isinstance(each, CheckConstraint) and re.search(rf"\b{column}\b.*\bIN\b", str(each.sqltext))
        for each in table.constraints
    )
