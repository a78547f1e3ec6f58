"""Markers: a text that no other tenant has, in every column of a world that holds free text."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import CheckConstraint, Text

from persistence.kernel.schema.tables import metadata
from tests.reads.dataset import World, a_world
from tests.reads.dataset_loader import load

MARKER = re.compile(r"cnry([0-9a-f]{32})")
TODAY = date(2026, 6, 15)
ALDER = UUID("0197a000-0000-7000-8000-0000000000a1")
BIRCH = UUID("0197a000-0000-7000-8000-0000000000b2")

WORDS_OF_PROGRAMS = {
    ("tenants", "time_zone"),
    ("tenants", "locale"),
    ("journal", "entity"),
    ("journal", "action"),
    ("words", "entity"),
    ("words", "word"),
}
"""Texts that programs read; words are made from texts that are marked."""


def marker(tenant_id: UUID) -> str:
    """The text that only this tenant has."""
    return f"cnry{tenant_id.hex}"


def strangers(text: str, tenant_id: UUID | None) -> set[str]:
    """The markers in a text that are not the tenant's own; for nobody, all of them."""
    own = tenant_id.hex if tenant_id else ""
    return {found for found in MARKER.findall(text) if found != own}


def free_texts() -> list[tuple[str, str]]:
    """Every column of tenants' tables in which anything may be written."""
    return [
        (table.name, column.name)
        for table in metadata.sorted_tables
        if table.schema is None
        for column in table.columns
        if isinstance(column.type, Text)
        and (table.name, column.name) not in WORDS_OF_PROGRAMS
        and not _is_one_of_few(table, column.name)
    ]


def marked(world: World) -> World:
    """The world with its tenant's marker in every free text."""
    mine = marker(world.tenant_id)
    for table, column in free_texts():
        for row in world.tables.get(table, ()):
            if row.get(column) is not None:
                row[column] = _with(row[column], mine, column)
    for row in world.tables["journal"]:
        row["changes"] = {name: [mine, f"{mine} since"] for name in row["changes"]}
    for row in world.tables["tenants"]:
        row["labels"] = {name: f"{text} {mine}" for name, text in row["labels"].items()}
    world.subjects = {name: _with(name, mine, "subject") for name in world.subjects}
    return world


async def marked_worlds(owner: asyncpg.Connection, pool: Any) -> Mapping[str, World]:
    """Two tenants full of markers, kept in the database."""
    worlds = {
        "alder": marked(a_world("alder", ALDER, 31, TODAY, size=24)),
        "birch": marked(a_world("birch", BIRCH, 32, TODAY, size=24)),
    }
    for world in worlds.values():
        await load(owner, pool, world)
    return worlds


def _with(text: str, mine: str, column: str) -> str:
    if column == "work_email":
        return f"{mine}.{text}"
    return f"{text} {mine}"


def _is_one_of_few(table: Any, column: str) -> bool:
    return any(
        isinstance(each, CheckConstraint) and re.search(rf"\b{column}\b.*\bIN\b", str(each.sqltext))
        for each in table.constraints
    )
