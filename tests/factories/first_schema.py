"""Generator of the first migration's SQL, for use until the first release only.

python -m tests.factories.first_schema
"""

import re
from collections.abc import Collection
from typing import Any

from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.schema import CreateIndex, CreateTable

from persistence.kernel.schema.migrations import MIGRATIONS_DIRECTORY
from persistence.registry import metadata

DIALECT: Any = PGDialect()  # type: ignore[no-untyped-call]
TABLES_OF_LATER_MIGRATIONS = {"idempotency_keys"}
"""Tables that other migrations create."""

TARGET = MIGRATIONS_DIRECTORY / "versions" / "0001_first_schema.sql"


def generate_statements(without: Collection[str] = ()) -> list[str]:
    """Generate the statements that create every table and index, in a valid order."""
    made = []
    for table in metadata.sorted_tables:
        if table.name in without:
            continue
        made.append(str(CreateTable(table).compile(dialect=DIALECT)))
        indexes = sorted(table.indexes, key=lambda each: str(each.name))
        made.extend(str(CreateIndex(each).compile(dialect=DIALECT)) for each in indexes)
    return [re.sub(r"\s*\n\s*\)$", "\n)", _normalize_whitespace(each)) for each in made]


def _normalize_whitespace(statement: str) -> str:
    lines = [line.rstrip().replace("\t", "    ") for line in statement.strip().splitlines()]
    return "\n".join(line for line in lines if line)


if __name__ == "__main__":
    text = ";\n\n".join(generate_statements(TABLES_OF_LATER_MIGRATIONS)) + ";\n"
    TARGET.write_text(text.replace(";\n\nCREATE INDEX", ";\nCREATE INDEX"))
