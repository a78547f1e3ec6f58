"""A rule gives the same answer over the stored access facts of an aggregate as over its row."""

import json
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Text, Uuid, cast, column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from domain.kernel.access import Actor
from domain.kernel.aggregate import Aggregate
from persistence.access.facts_row import FactsRow
from persistence.access.rules_to_sql import compile_rule
from persistence.kernel.access_facts import (
    collect_access_facts,
    encode_access_facts,
    select_access_facts,
)
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.mapping.row_mapper import from_row, parse_row, select_all
from persistence.unit_of_work import work as unit
from persistence.unit_of_work.tracked import TrackedAggregate
from tests.access_equivalence.random_organizations import an_organization
from tests.factories.actor_facts import LiteralSqlFacts
from tests.factories.actor_loading import load_actor_or_denial
from tests.factories.actors import NOW, an_admin
from tests.factories.statements import fetch_rows
from tests.factories.tenants import a_registered_tenant
from tests.reads.dataset_loader import load_dataset

KINDS: list[Any] = [each for each in MAPPINGS if issubclass(each, Aggregate)]


@pytest.mark.anyio
async def test_rules_answer_alike_over_facts_and_over_rows(
    owner: asyncpg.Connection, pool: asyncpg.Pool, writing: asyncpg.Pool
) -> None:
    world = an_organization(await a_registered_tenant(owner), seed=7)
    await load_dataset(owner, pool, world)
    allowed = compared = 0
    async with unit.work(writing, an_admin(world.tenant_id), now=NOW) as begun:  # type: ignore[arg-type]
        connection = await begun.get_connection()
        for kind in KINDS:
            await _compare_with_unloaded(connection, world.tenant_id, kind)
        for subject in list(world.subjects)[:12]:
            actor = await load_actor_or_denial(connection, world.tenant_id, subject, NOW)  # type: ignore[arg-type]
            if not isinstance(actor, Actor):
                continue
            for kind in KINDS:
                by_row, by_facts = await _list_readable(connection, actor, kind)
                assert by_facts == by_row, (subject, kind)
                allowed, compared = allowed + len(by_row), compared + 1
    assert compared >= len(KINDS)
    assert allowed > 100


async def _compare_with_unloaded(connection: Any, tenant_id: Any, kind: Any) -> None:
    """PostgreSQL writes the facts of rows as they are collected from loaded ones."""
    fetched = await connection.fetch(select_all(MAPPINGS[kind]), tenant_id)
    states = [from_row(MAPPINGS[kind], parse_row(each[0]))[1] for each in fetched]
    collected = {
        each.values[1]: json.loads(encode_access_facts([collect_access_facts(kind, each)]))
        for each in states
    }
    written = await connection.fetch(select_access_facts(kind), tenant_id, [*collected])
    assert {id: json.loads(facts) for id, facts in written} == collected, kind


async def _list_readable(
    connection: Any, actor: Actor, kind: Any
) -> tuple[set[tuple[int, Any]], set[tuple[int, Any]]]:
    """Return the number of each rule with the ids that satisfy it, over rows and over facts."""
    fetched = await connection.fetch(select_all(MAPPINGS[kind]), actor.tenant_id)
    rows = [parse_row(each[0]) for each in fetched]
    loaded = [TrackedAggregate.load(*from_row(MAPPINGS[kind], row), actor.today) for row in rows]
    states = {each.aggregate.id: each.stored_state for each in loaded if each.stored_state}
    facts = [encode_access_facts(collect_access_facts(kind, state)) for state in states.values()]
    stored = (
        func.unnest(
            literal(list(states), ARRAY(Uuid())),
            cast(literal(facts, ARRAY(Text())), ARRAY(JSONB())),
        )
        .table_valued(column("id", Uuid()), column("facts", JSONB()))
        .render_derived()
    )
    by_row, by_facts = set(), set()
    for number, rule in enumerate((kind.SEE, kind.SEE_HISTORY, *kind.GUARDED.values())):
        table, sql_facts = MAPPINGS[kind].table.alias(), LiteralSqlFacts(actor)
        mine = (table.c.tenant_id == actor.tenant_id, compile_rule(rule, sql_facts, table))
        found = await fetch_rows(connection, select(table.c.id).where(*mine))
        by_row |= {(number, row["id"]) for row in found}
        row = FactsRow(kind, stored.c.id, stored.c.facts)
        is_satisfied = compile_rule(rule, sql_facts, row)
        found = await fetch_rows(connection, select(stored.c.id).where(is_satisfied))
        by_facts |= {(number, each["id"]) for each in found}
    return by_row, by_facts
