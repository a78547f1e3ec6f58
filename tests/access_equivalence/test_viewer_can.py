"""`viewerCan` lists exactly the actions that a mutation would not refuse.

`viewerMay` gives the refusal of each other one, and `visibleBecause` why the object is seen.
"""

from collections import Counter
from dataclasses import MISSING
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest

from domain.kernel.access import Actor, Rule, list_attributes, list_inherited
from domain.kernel.aggregate import Aggregate
from domain.kernel.creations import Creation
from domain.kernel.errors import NotFound, NotPermitted, StateConflict
from domain.kpi_reviews import KpiReview
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.reading.read_model import READ_MODELS
from persistence.unit_of_work import work as unit
from tests.access_equivalence.random_organizations import an_organization
from tests.factories.actor_loading import load_actor_or_denial
from tests.factories.actors import NOW
from tests.factories.tenants import a_registered_tenant
from tests.reads.dataset import Row, TenantDataset
from tests.reads.dataset_loader import load_dataset
from tests.reads.engine_fixture import an_engine, execute_document
from tests.reads.oracle.policy.preconditions import is_blocked
from tests.reads.oracle.relationships import DatasetIndex, OracleCaller

CALLERS, ROWS = 8, 8
KINDS: list[Any] = sorted(
    (each for each in MAPPINGS if issubclass(each, Aggregate) and each is not KpiReview),
    key=lambda kind: str(kind.NAME),
)
"""A review that was held never changes, so it has no actions."""
MAY = "viewerMay { action allowed reasons { code } } because: visibleBecause { kind sentence }"
ALL = " ".join(f"... on {each.__name__} {{ {each.__name__}: viewerCan }}" for each in KINDS)
DOCUMENT = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ {ALL} }} }}"
"""One document for all kinds, because each connection prepares its large statement once."""
SEED_WITH_REASONS = 3
"""In one organization, the first caller asks for reasons, too: each kind takes a statement."""


def _write_reasons_of(kind: Any) -> str:
    name = kind.__name__
    return f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {name} {{ {MAY} }} }} }}"


@pytest.mark.anyio
@pytest.mark.parametrize("seed", [3])
async def test_viewer_can_says_what_a_mutation_is_answered(
    owner: asyncpg.Connection, pool: asyncpg.Pool, writing: asyncpg.Pool, seed: int
) -> None:
    world = an_organization(await a_registered_tenant(owner), seed)
    await load_dataset(owner, pool, world)
    engine, seen, facts = an_engine(pool), Counter[str](), DatasetIndex(world)
    asks_for_reasons = seed == SEED_WITH_REASONS
    for subject in list(world.subjects)[:CALLERS]:
        async with pool.acquire() as lent:
            actor = await _load_actor(lent, world, subject)
        if actor is None:
            continue
        who = OracleCaller(facts, subject)
        for kind in KINDS:
            rows = world.tables[MAPPINGS[kind].table.name][:ROWS]
            ids = [f"{READ_MODELS[kind.__name__].prefix}_{row['id']}" for row in rows]
            answer = await execute_document(engine, world, subject, DOCUMENT, {"ids": ids})
            nodes = answer["data"]["nodes"]
            async with unit.work(writing, actor, now=NOW) as begun:
                found = [await _list_refusals(begun, kind, row, who, seen) for row in rows]
            allowed = [node and {*node[kind.__name__]} for node in nodes]
            assert allowed == [each and {name for name in each if not each[name]} for each in found]
            if asks_for_reasons:
                document = _write_reasons_of(kind)
                answer = await execute_document(engine, world, subject, document, {"ids": ids})
                _compare_reasons(answer["data"]["nodes"], found)
        asks_for_reasons = False
    print(f"{seen.total():,} answers: {dict(seen)}")  # noqa: T201
    outcomes = ("allowed", "NotFound", "NotPermitted", "StateConflict")
    assert min(seen[each] for each in (*outcomes, "may create", "may not create")) > 50


def _build_parent(rule: Rule, row: Row, who: OracleCaller) -> SimpleNamespace:
    """Build what a rule looks at of a stored row, with the rows that it inherits from."""
    above = {each.parent: (each, row[each.attribute]) for each in list_inherited(rule)}
    parents = {
        name: _build_parent(each.rule, who.facts.rows_by_id[id], who) if id else None
        for name, (each, id) in above.items()
    }
    return SimpleNamespace(**row, **parents)


def _build_child(creation: Creation, place: Row, who: OracleCaller) -> SimpleNamespace:
    """Build what the rule looks at of a new object under a place."""
    attributes, rule = creation.attributes, creation.action.rule
    parents = {
        each.parent: _build_parent(each.rule, place, who) if each.attribute in attributes else None
        for each in list_inherited(rule)
    }
    return SimpleNamespace(
        **{
            each: place[attributes[each]] if each in attributes else _get_default(creation, each)
            for each in list_attributes(rule)
        },
        **parents,
    )


def _get_default(creation: Creation, attribute: str) -> Any:
    value = creation.get_default(attribute)
    return None if value is MISSING else value


async def _load_actor(connection: Any, world: TenantDataset, subject: str) -> Actor | None:
    async with connection.transaction():
        await connection.execute(f"SET LOCAL app.tenant_id = '{world.tenant_id}'")
        found = await load_actor_or_denial(connection, world.tenant_id, subject, NOW)  # type: ignore[arg-type]
        return found if isinstance(found, Actor) else None


def _compare_reasons(nodes: list[Any], refusals: list[dict[str, str | None] | None]) -> None:
    """Compare `viewerMay` with the refusals, and require a reason for seeing each node."""
    told = [
        node and {each["action"]: _get_code(each) for each in node["viewerMay"]} for node in nodes
    ]
    assert told == refusals
    assert all(node["because"] for node in nodes if node)


def _get_code(action: Any) -> str | None:
    """Return the code of the one reason; None for an action that is allowed."""
    codes = [each["code"] for each in action["reasons"]]
    assert action["allowed"] is (codes == [])
    return None if action["allowed"] else ", ".join(codes)


async def _list_refusals(
    begun: unit.Work, kind: Any, row: Row, who: OracleCaller, seen: Counter[str]
) -> dict[str, str | None] | None:
    """List all actions with why they are refused; None where the row itself is hidden.

    What related rows block is decided by the oracle's preconditions.
    """
    refusals = dict[str, str | None]()
    for creation in READ_MODELS[kind.__name__].creations:
        name = creation.to_action().name.upper()
        child = _build_child(creation, row, who)
        is_permitted = await begun.is_permitted(child, to=creation.action)
        refusals[name] = None if is_permitted else "NOT_PERMITTED"
        if is_permitted and is_blocked(who, kind.__name__, name, row):
            refusals[name] = "BLOCKED"
        seen["may create" if is_permitted else "may not create"] += 1
    for action in kind.ACTIONS:
        name = action.name.upper()
        try:
            await begun.get(kind, row["id"], to=action)
            blocked = is_blocked(who, kind.__name__, name, row)
            refusals[name] = "BLOCKED" if blocked else None
            seen["blocked" if blocked else "allowed"] += 1
        except (NotPermitted, StateConflict) as refusal:
            refusals[name] = refusal.code.name
            seen[type(refusal).__name__] += 1
        except NotFound:
            seen["NotFound"] += 1
            return None
    return refusals
