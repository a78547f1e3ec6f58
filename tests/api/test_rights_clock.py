"""Whatever alters who may do what advances the tenant's clock of rights."""

from datetime import timedelta
from typing import Any

import asyncpg
import orjson
import pytest

from api.kernel.schema.mutations import MUTATIONS
from persistence.access.actor_query import SELECT_ACTORS, actors_params
from persistence.kernel.clocks import Clock, select_number
from persistence.kernel.wire_format import to_snake_case
from tests.api.company import MEMBER_NAMES, Company
from tests.api.mutation_inputs import build_input
from tests.api.permission_matrix import find_subject
from tests.api.permissions import INPUTS
from tests.factories.actors import NOW

VERBS = sorted({row.split()[0] for row in INPUTS} - {"invitationAccept"})
"""Who accepts an invitation has no account; `test_invitations` reads with the new rights."""
UNRELATED_VERBS = {each for each in VERBS if each.startswith(("goal", "kpi"))}
RELATED_ROWS = """
SELECT md5(string_agg(listed.row, ',' ORDER BY listed.row)) FROM (
    SELECT to_jsonb(r)::text AS row FROM reporting_closure r WHERE r.tenant_id = $1
    UNION ALL SELECT to_jsonb(c)::text FROM organization_closure c WHERE c.tenant_id = $1
    UNION ALL SELECT to_jsonb(t)::text FROM team_closure t WHERE t.tenant_id = $1
    UNION ALL SELECT to_jsonb(m)::text FROM team_memberships m WHERE m.tenant_id = $1
    UNION ALL SELECT to_jsonb(g)::text FROM role_grants g WHERE g.tenant_id = $1) listed
"""


async def read_rights(pool: asyncpg.Pool, company: Company) -> tuple[int, Any]:
    """Read the number of the clock, and everything that says what each member may do."""
    tenant_id = company.tenant_id
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        number = await connection.fetchval(select_number(Clock.RIGHTS, "$1"), tenant_id)
        parameters = actors_params(tenant_id, [*MEMBER_NAMES, "ruler"], NOW + timedelta(days=1))
        rows = await connection.fetch(SELECT_ACTORS, *parameters)
        actors = {subject: orjson.loads(row) | {"rights_number": None} for subject, row in rows}
        for each in actors.values():
            for name in ("grants", "leads", "organizations"):
                each[name] = sorted(map(str, each[name] or []))
        return number, (actors, await connection.fetchval(RELATED_ROWS, tenant_id))


@pytest.mark.parametrize("verb", VERBS)
async def test_a_mutation_that_alters_rights_advances_the_clock(
    company: Company, pool: asyncpg.Pool, verb: str
) -> None:
    number, rights = await read_rights(pool, company)
    subject = find_subject(verb)
    made = MUTATIONS[to_snake_case(verb)].objects_field or subject
    payload = await company.mutate("ruler", verb, f"{made} {{ id }}", **build_input(company, verb))
    new_number, new_rights = await read_rights(pool, company)

    assert payload["errors"] == []
    if verb in UNRELATED_VERBS:
        assert (new_number, new_rights) == (number, rights)
    elif new_rights != rights:
        assert new_number > number
