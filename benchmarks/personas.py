"""Personas: the callers, with a token for Trellis and plain facts for the other contenders."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import asyncpg

from api.identity import built_in_issuer
from benchmarks.cases import EMPLOYEE, HR, MANAGER, Case
from benchmarks.dataset.loading import BENCH_DIRECTORY, BenchDatabase
from benchmarks.dataset.sizes import DatasetPart
from benchmarks.dataset.tenants import build_email

PERSONAS_FILE = BENCH_DIRECTORY / "personas.json"


@dataclass(frozen=True)
class Persona:
    """A person in one tenant, with the facts that Trellis would look up."""

    key: str
    kind: str
    tenant_id: str
    person_id: str
    organizations: list[str]
    teams_led: list[str]
    token: str


def find_person_number(kind: str, part: DatasetPart) -> int:
    """Return the position of such a person among the people of a tenant."""
    return {MANAGER: 1, HR: part.person_count - 2, EMPLOYEE: part.person_count - 1}[kind]


async def load_personas(bench: BenchDatabase, cases: Iterable[Case]) -> dict[str, Persona]:
    """Return all personas of these cases, and write them to a file for the contenders."""
    connection = await asyncpg.connect(bench.superuser_url)
    try:
        found = {
            (persona := await _load_persona(connection, bench, case, slug)).key: persona
            for case in cases
            for slug in case.slugs
        }
    finally:
        await connection.close()
    PERSONAS_FILE.write_text(json.dumps({key: asdict(each) for key, each in found.items()}))
    return found


def read_personas(path: Path = PERSONAS_FILE) -> dict[str, Persona]:
    """Return the personas from the file, in the process of a contender."""
    return {key: Persona(**fields) for key, fields in json.loads(path.read_text()).items()}


async def _load_persona(
    connection: asyncpg.Connection, bench: BenchDatabase, case: Case, slug: str
) -> Persona:
    email = build_email(slug, find_person_number(case.persona, case.part))
    row = await connection.fetchrow(PERSONA_SQL, slug, email)
    assert row, f"{email} is nobody."
    return Persona(
        key=f"{slug}:{case.persona}",
        kind=case.persona,
        tenant_id=row["tenant_id"],
        person_id=row["person_id"],
        organizations=row["organizations"],
        teams_led=row["teams_led"],
        token=built_in_issuer.issue_token(bench.settings, slug, email),
    )


PERSONA_SQL = """
SELECT p.tenant_id::text, p.id::text AS person_id,
       ARRAY(SELECT c.ancestor_id::text FROM organization_closure c
             WHERE c.tenant_id = p.tenant_id AND c.descendant_id = p.organization_id)
           AS organizations,
       ARRAY(SELECT m.team_id::text FROM team_memberships m
             WHERE m.tenant_id = p.tenant_id AND m.person_id = p.id AND m.role = 'lead')
           AS teams_led
FROM directory.tenants t JOIN people p ON p.tenant_id = t.id
WHERE t.slug = $1 AND p.work_email = $2
"""
