"""The floor: the best SQL that can be written by hand for each case, behind a bare ASGI callable.

No GraphQL, no token, no limits: it knows who asks and what will be asked. The visibility rule is
obeyed, because whoever writes such an endpoint by hand must obey it, too.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
from starlette.types import Receive, Scope, Send

from benchmarks.contenders import POOL
from benchmarks.contenders.serving import serve
from benchmarks.personas import Persona, written_down
from persistence.kernel.engine import read_pool

# $1 tenant, $2 person, $3 the person's units, $4 the teams that the person leads, $5 today
LED = """
    g.owner_team_id IN (SELECT descendant_id FROM team_closure
                        WHERE tenant_id = $1 AND ancestor_id = ANY($4))"""
NAMED = """
    EXISTS (SELECT 1 FROM goal_viewers v
            WHERE v.tenant_id = $1 AND v.goal_id = g.id AND v.person_id = $2)"""
SEEN_BY_HR = f"""
    (g.visibility <> 'private' OR g.owner_person_id = $2 OR {LED}
     OR g.status <> 'draft' AND {NAMED})"""
SEEN_BY_EMPLOYEE = f"""
    (g.status <> 'draft'
     AND (g.visibility = 'public'
          OR g.visibility = 'organization'
             AND (g.owner_person_id IN (SELECT id FROM people
                                        WHERE tenant_id = $1 AND organization_id = ANY($3))
                  OR g.owner_team_id IN (SELECT id FROM teams
                                         WHERE tenant_id = $1 AND organization_id = ANY($3))
                  OR g.owner_organization_id = ANY($3))
          OR {NAMED})
     OR g.owner_person_id = $2 OR {LED}
     OR g.visibility <> 'private'
        AND g.owner_person_id IN (SELECT descendant_id FROM reporting_closure
                                  WHERE tenant_id = $1 AND ancestor_id = $2
                                    AND starts_on <= $5 AND (ends_on IS NULL OR ends_on > $5)))"""


def _owner(name: str, prefix: str, table: str, column: str) -> str:
    return f"""
    (SELECT row_to_json(o) FROM
        (SELECT '{name}' AS __typename, '{prefix}_' || p.id AS id, p.name FROM {table} p
         WHERE p.tenant_id = $1 AND p.id = g.{column}) o)"""


def _goals_page(seen: str) -> str:
    return f"""
SELECT json_build_object('data', json_build_object('goals', row_to_json(page))) FROM (SELECT
  (SELECT count(*) FROM goals g WHERE g.tenant_id = $1 AND {seen}) AS "totalCount",
  (SELECT coalesce(json_agg(node), '[]') FROM (SELECT
     'goal_' || g.id AS id, g.title, upper(g.status) AS status, g.due_on AS "dueOn",
     CASE g.owner_kind
       WHEN 'person' THEN {_owner("Person", "person", "people", "owner_person_id")}
       WHEN 'team' THEN {_owner("Team", "team", "teams", "owner_team_id")}
       ELSE {_owner("Organization", "org", "organizations", "owner_organization_id")}
     END AS owner,
     (SELECT row_to_json(c) FROM (SELECT coalesce(json_agg(k), '[]') AS nodes FROM
        (SELECT 'keyres_' || r.id AS id, r.title, r.current_value::text AS "currentValue",
                r.target_value::text AS "targetValue", r.unit
         FROM key_results r WHERE r.tenant_id = $1 AND r.goal_id = g.id
         ORDER BY r.position, r.id LIMIT 10) k) c) AS "keyResults"
   FROM goals g WHERE g.tenant_id = $1 AND {seen}
   ORDER BY g.id DESC LIMIT 50) node) AS nodes) page
WHERE $3::uuid[] IS NOT NULL AND $4::uuid[] IS NOT NULL AND $5::date IS NOT NULL
  AND $2::uuid IS NOT NULL"""


@dataclass(frozen=True)
class Answer:
    """A statement, and what it is given."""

    sql: str
    values: Callable[[Persona], tuple[Any, ...]]


def _facts(persona: Persona) -> tuple[Any, ...]:
    return (
        UUID(persona.tenant_id),
        UUID(persona.person_id),
        [UUID(each) for each in persona.organizations],
        [UUID(each) for each in persona.teams_led],
        datetime.now(UTC).date(),
    )


ANSWERS: Mapping[str, Answer] = {
    "goals-page": Answer(_goals_page(SEEN_BY_HR), _facts),
    "goals-page-employee": Answer(_goals_page(SEEN_BY_EMPLOYEE), _facts),
    "goals-page-manager": Answer(_goals_page(SEEN_BY_EMPLOYEE), _facts),
}

NOT_FOUND = b'{"errors":[{"message":"The floor has no such case."}]}'


class Floor:
    """Answers each case with one statement in a transaction of its own."""

    def __init__(self) -> None:
        self._pool: asyncpg.Pool[Any]
        # All that depends on the persona only is made before the first request.
        self._begin: dict[bytes, str] = {}
        self._values: dict[tuple[str, bytes], tuple[Any, ...]] = {}
        for key, persona in written_down().items():
            tenant = UUID(persona.tenant_id)
            self._begin[key.encode()] = f"BEGIN READ ONLY; SET LOCAL app.tenant_id = '{tenant}'"
            for name, answer in ANSWERS.items():
                self._values[name, key.encode()] = answer.values(persona)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        name = scope["path"][1:]
        persona = next((value for key, value in scope["headers"] if key == b"x-persona"), b"")
        answer = ANSWERS.get(name)
        if answer is None or persona not in self._begin:
            await _send(send, 404, NOT_FOUND)
            return
        async with self._pool.acquire() as connection:
            await connection.execute(self._begin[persona])
            body = await connection.fetchval(answer.sql, *self._values[name, persona])
            await connection.execute("COMMIT")
        await _send(send, 200, body)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._pool = await read_pool(os.environ["TRELLIS_SERVING_URL"], least=POOL, most=POOL)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._pool.close()
        await send({"type": "lifespan.shutdown.complete"})


async def _send(send: Send, status: int, body: bytes) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    serve(Floor())
