"""The resolver: which query it builds, and when it loads an actor again."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.kernel.identity import TenantId, generate_id
from persistence.access.actor_cache import ActorCache, rights_number_sql
from persistence.access.actor_query import AccessDenied, actor_sql
from persistence.access.actor_resolver import ActorResolver
from tests.factories.actors import NOW

pytestmark = pytest.mark.anyio

TENANT = TenantId(generate_id())
ROW = f"""{{"tenant_status": "active", "location": null, "rights_number": 5,
"time_zone": "UTC",
"member_id": "{generate_id()}", "member_status": "active", "person_id": "{generate_id()}",
"left_on": null, "organizations": [], "grants": null, "leads": null, "has_reports": false,
"planned_organizations": null, "first_move_on": null, "client_status": null,
"seconds_to_change": null,
"last_day": null}}""".encode()


class QueryLog:
    """Answers queries from a list of results, and records which were run."""

    def __init__(self, *results: Any) -> None:
        self.results = list(results)
        self.queries: list[Callable[[int], str]] = []

    async def run(self, build_sql: Callable[[int], str], *parameters: Any) -> Any:
        assert parameters[0] == TENANT
        self.queries.append(build_sql)
        return self.results.pop(0)


def create_resolver(cache: ActorCache) -> ActorResolver:
    return ActorResolver(cache, TENANT, "mara", NOW)


async def test_an_unknown_caller_is_loaded_and_a_cached_one_is_checked() -> None:
    cache, log = ActorCache(), QueryLog(ROW, 5)
    first = create_resolver(cache)
    assert first.unverified_actor is None
    actor = await first.resolve(log.run)
    assert first.unverified_actor == actor

    assert await create_resolver(cache).resolve(log.run) == actor
    assert log.queries == [actor_sql, rights_number_sql]


async def test_an_actor_whose_rights_may_have_changed_is_loaded_again() -> None:
    cache, log = ActorCache(), QueryLog(ROW, 6, ROW)
    await create_resolver(cache).resolve(log.run)
    await create_resolver(cache).resolve(log.run)
    assert log.queries == [actor_sql, rights_number_sql, actor_sql]


async def test_a_caller_who_was_removed_is_denied() -> None:
    cache, log = ActorCache(), QueryLog(ROW, None, None)
    await create_resolver(cache).resolve(log.run)
    with pytest.raises(AccessDenied):
        await create_resolver(cache).resolve(log.run)
    assert create_resolver(cache).unverified_actor is None
