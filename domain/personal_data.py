"""Personal data: what an export of a person has, and how an erasure is counted.

Persistence fills both mappings from its declarations of tables.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.kernel.unit_of_work import Work


@dataclass(frozen=True)
class Section:
    """The rows of a table that name the person in a column, and the statement that reads them."""

    table: str
    column: str
    statement: str


EXPORT_STATEMENTS: dict[bool, list[Section]] = {}
"""The sections of an export: False for one that a person asks for about themselves, else True."""
HASH_STATEMENTS: dict[str, str] = {}
"""The statement with the hashes of all rows about a person, by table."""


async def read_sections(
    work: Work, person_id: UUID, *, is_office: bool
) -> AsyncIterator[tuple[Section, list[str]]]:
    """Yield each section that has rows, with its rows as JSON."""
    for section in EXPORT_STATEMENTS[is_office]:
        given = {"person_id": person_id, "today": work.actor.today}
        rows = await work.run_statement(section.statement, **given)
        if rows:
            yield section, [row[0] for row in rows]


async def hash_rows(work: Work, person_id: UUID) -> Mapping[str, Mapping[str, str]]:
    """Return the hashes of all rows about a person: by table and by a hash of their keys."""
    found: dict[str, Mapping[str, Any]] = {}
    for table, statement in HASH_STATEMENTS.items():
        found[table] = dict(await work.run_statement(statement, person_id=person_id))  # type: ignore[arg-type]
    return found
