"""Questions: each case put into words and variables for each tenant that is asked."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg

from benchmarks.cases import Case
from benchmarks.dataset.loading import Bench
from benchmarks.personas import Persona

PREFIXED = re.compile(r"^[a-z]+_(?=[0-9a-f]{8}-[0-9a-f-]{27}$)")


@dataclass(frozen=True)
class Question:
    """One request: who asks, and with which variables."""

    persona: str
    variables: Mapping[str, Any]


async def questions(
    bench: Bench, cases: Iterable[Case], personas: Mapping[str, Persona]
) -> dict[str, list[Question]]:
    """All questions of all cases; neighbours are put in different tenants."""
    connection = await asyncpg.connect(bench.superuser)
    try:
        return {case.name: await _of(connection, case, personas) for case in cases}
    finally:
        await connection.close()


async def _of(
    connection: asyncpg.Connection, case: Case, personas: Mapping[str, Persona]
) -> list[Question]:
    columns = []
    for key in (f"{slug}:{case.persona}" for slug in case.slugs):
        found = await _variables(connection, case.variables, personas[key])
        columns.append([Question(key, each) for each in found])
    return [each for row in zip(*columns, strict=False) for each in row]


async def _variables(
    connection: asyncpg.Connection, statement: str | None, persona: Persona
) -> list[dict[str, Any]]:
    if statement is None:
        return [{}]
    # Both parameters are named, so that a statement may do without either.
    known = "WITH known AS (SELECT $1::uuid, $2::uuid) "
    rows = await connection.fetch(known + statement, persona.tenant_id, persona.person_id)
    return [json.loads(row[0]) for row in rows]


def bare(value: Any) -> Any:
    """Ids without their prefixes, for contenders that know the tables' own."""
    if isinstance(value, Mapping):
        return {key: bare(each) for key, each in value.items()}
    if isinstance(value, list):
        return [bare(each) for each in value]
    return PREFIXED.sub("", value) if isinstance(value, str) else value
