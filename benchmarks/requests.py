"""Requests: the document and variables of each case for each of its tenants."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg

from benchmarks.cases import Case
from benchmarks.dataset.loading import BenchDatabase
from benchmarks.personas import Persona

ID_PREFIX = re.compile(r"^[a-z]+_(?=[0-9a-f]{8}-[0-9a-f-]{27}$)")


@dataclass(frozen=True)
class RequestSpec:
    """One request: its persona and its variables."""

    persona: str
    variables: Mapping[str, Any]


async def load_requests(
    bench: BenchDatabase, cases: Iterable[Case], personas: Mapping[str, Persona]
) -> dict[str, list[RequestSpec]]:
    """Return all requests of all cases; neighbouring ones have different tenants."""
    connection = await asyncpg.connect(bench.superuser_url)
    try:
        return {case.name: await _load_case_requests(connection, case, personas) for case in cases}
    finally:
        await connection.close()


async def _load_case_requests(
    connection: asyncpg.Connection, case: Case, personas: Mapping[str, Persona]
) -> list[RequestSpec]:
    columns = []
    for key in (f"{slug}:{case.persona}" for slug in case.slugs):
        variables = await _load_variables(connection, case.variables_sql, personas[key])
        columns.append([RequestSpec(key, each) for each in variables])
    return [each for row in zip(*columns, strict=False) for each in row]


async def _load_variables(
    connection: asyncpg.Connection, statement: str | None, persona: Persona
) -> list[dict[str, Any]]:
    if statement is None:
        return [{}]
    # Both parameters are named, so that a statement may do without either.
    parameters = "WITH known AS (SELECT $1::uuid, $2::uuid) "
    rows = await connection.fetch(parameters + statement, persona.tenant_id, persona.person_id)
    return [json.loads(row[0]) for row in rows]


def strip_id_prefixes(value: Any) -> Any:
    """Return the variables with ids of the tables, for contenders without id prefixes."""
    if isinstance(value, Mapping):
        return {key: strip_id_prefixes(each) for key, each in value.items()}
    if isinstance(value, list):
        return [strip_id_prefixes(each) for each in value]
    return ID_PREFIX.sub("", value) if isinstance(value, str) else value
