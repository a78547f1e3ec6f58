"""Personas: the people who ask, with a token for Trellis and bare facts for the others."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import asyncpg

from api.identity import built_in
from benchmarks.cases import EMPLOYEE, HR, MANAGER, Case
from benchmarks.dataset.loading import HOME, Bench
from benchmarks.dataset.sizes import Part
from benchmarks.dataset.tenants import email_of

FACTS = HOME / "personas.json"


@dataclass(frozen=True)
class Persona:
    """Somebody in one tenant, with what Trellis would look up about them."""

    key: str
    kind: str
    tenant_id: str
    person_id: str
    organizations: list[str]
    teams_led: list[str]
    token: str


def number_of(kind: str, part: Part) -> int:
    """The position of such a person among the people of a tenant."""
    return {MANAGER: 1, HR: part.people - 2, EMPLOYEE: part.people - 1}[kind]


async def personas(bench: Bench, cases: Iterable[Case]) -> dict[str, Persona]:
    """Everybody who asks in these cases, also written down for the contenders to read."""
    connection = await asyncpg.connect(bench.superuser)
    try:
        found = {
            (persona := await _persona(connection, bench, case, slug)).key: persona
            for case in cases
            for slug in case.slugs
        }
    finally:
        await connection.close()
    FACTS.write_text(json.dumps({key: asdict(each) for key, each in found.items()}))
    return found


def written_down(path: Path = FACTS) -> dict[str, Persona]:
    """The same, in the process of a contender."""
    return {key: Persona(**facts) for key, facts in json.loads(path.read_text()).items()}


async def _persona(connection: asyncpg.Connection, bench: Bench, case: Case, slug: str) -> Persona:
    email = email_of(slug, number_of(case.persona, case.part))
    row = await connection.fetchrow(WHO, slug, email)
    assert row, f"{email} is nobody."
    return Persona(
        key=f"{slug}:{case.persona}",
        kind=case.persona,
        tenant_id=row["tenant_id"],
        person_id=row["person_id"],
        organizations=row["organizations"],
        teams_led=row["teams_led"],
        token=built_in.token(bench.settings, slug, email),
    )


WHO = """
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
