"""Python for one aggregate and SQL for a whole table evaluate a rule alike."""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql.base import PGDialect

from domain.goals import Goal, GoalStatus, KeyResult, Visibility
from domain.goals.policy import OWNER_ATTRIBUTES
from domain.kernel.access import (
    EVERYBODY,
    NOBODY,
    Actor,
    AllOf,
    AnyOf,
    Has,
    HasStarted,
    Holds,
    InheritedFrom,
    Is,
    IsOneOf,
    Leads,
    Manages,
    MemberOf,
    OwnerAttributes,
    Rule,
    is_allowed,
)
from domain.kernel.identity import generate_id
from domain.kernel.permissions import Permission
from domain.members import Member
from domain.organizations import Organization
from domain.people import Person
from domain.teams import Membership, Team
from persistence.access.relationships import collect_subjects, load_relationships
from persistence.access.rule_simplifier import simplify
from persistence.access.rules_to_sql import compile_rule
from persistence.goals import goals, key_results
from persistence.members import members
from persistence.organizations import organizations
from persistence.people import people
from persistence.teams import team_memberships, teams
from persistence.unit_of_work import work as unit
from tests.conftest import SAVE
from tests.factories.actor_facts import LiteralSqlFacts
from tests.factories.actors import NOW, TODAY, an_actor
from tests.factories.random_tenants import RandomTenant, a_world
from tests.factories.statements import fetch_rows
from tests.factories.tenants import a_registered_tenant

SLOW_SETTINGS = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

OWNER_ATTRIBUTES = (
    OWNER_ATTRIBUTES,
    OwnerAttributes(person="owner_person_id"),
    OwnerAttributes(team="owner_team_id"),
    OwnerAttributes(organization="owner_organization_id"),
    OwnerAttributes(person="owner_person_id", team="owner_team_id"),
    OwnerAttributes(),
)

SIMPLE_RULES: some.SearchStrategy[Rule] = some.one_of(
    some.sampled_from(
        [
            EVERYBODY,
            NOBODY,
            Is("owner_person_id"),
            IsOneOf("viewer_ids"),
            Manages("owner_person_id"),
            *(Leads(place) for place in OWNER_ATTRIBUTES),
            *(MemberOf(place) for place in OWNER_ATTRIBUTES),
            *(Has("visibility", each) for each in Visibility),
            Has("status", GoalStatus.ACTIVE, GoalStatus.MISSED),
            HasStarted("starts_on"),
            HasStarted("due_on"),
        ]
    ),
    some.builds(Holds, some.sampled_from(Permission), some.sampled_from(OWNER_ATTRIBUTES)),
)
RULES = some.recursive(
    SIMPLE_RULES,
    lambda inner: some.builds(
        lambda kind, rules: kind(tuple(rules)),
        some.sampled_from([AnyOf, AllOf]),
        some.lists(inner, max_size=3),
    ),
    max_leaves=8,
)


def list_declared_rules() -> Iterator[tuple[Table, Rule]]:
    """List every rule of the domain, with the table that it is compiled for."""
    kept: list[tuple[Any, Table]] = [
        (Goal, goals),
        (Person, people),
        (Team, teams),
        (Organization, organizations),
        (Member, members),
    ]
    for kind, table in kept:
        yield table, kind.SEE
        yield table, kind.SEE_HISTORY
        yield table, kind.SEE_PLANNED
        yield from ((table, rule) for rule in kind.GUARDED.values())
        yield from ((table, action.rule) for action in kind.ACTIONS)
    yield key_results, KeyResult.SEE
    yield team_memberships, Membership.SEE
    yield team_memberships, Membership.GUARDED["ends_on"]


def list_rows(world: RandomTenant, table: Table) -> list[Any]:
    """List the aggregates of a table; parts with the aggregate that holds them."""
    match table.name:
        case "key_results":
            return [
                SimpleNamespace(**vars(part), goal=goal)
                for goal in world.goals
                for part in goal.key_results
            ]
        case "team_memberships":
            return [
                SimpleNamespace(**vars(part), team=team)
                for team in world.teams
                for part in team.memberships
            ]
        case "organizations":
            return list(world.units)
        case name:
            found: list[Any] = getattr(world, name)
            return found


async def create_random_tenant(
    writing: asyncpg.Pool, owner: asyncpg.Connection, seed: int
) -> RandomTenant:
    world = a_world(await a_registered_tenant(owner), seed)
    async with unit.work(writing, an_actor(world.tenant_id), now=NOW) as open:
        for each in world.list_aggregates():
            await open.add(each, to=SAVE)
    return world


async def assert_readers_agree(
    open: unit.Work, world: RandomTenant, actor: Actor, table: Table, rule: Rule
) -> None:
    row = table.alias()
    passing = select(row.c.id).where(
        row.c.tenant_id == world.tenant_id, compile_rule(rule, LiteralSqlFacts(actor), row)
    )
    by_sql: set[UUID] = {
        each["id"] for each in await fetch_rows(await open.get_connection(), passing)
    }
    subjects = list_rows(world, table)
    asked = simplify(rule, LiteralSqlFacts(actor))
    looked_up = await load_relationships(
        await open.get_connection(), world.tenant_id, TODAY, collect_subjects([asked], *subjects)
    )
    walked = world.compute_relationships()
    by_python = {each.id for each in subjects if is_allowed(rule, actor, each, looked_up)}
    by_walking = {each.id for each in subjects if is_allowed(rule, actor, each, walked)}
    assert by_sql == by_python == by_walking, rule


@pytest.mark.anyio
@SLOW_SETTINGS
@given(seed=some.integers(0, 10_000))
async def test_the_readers_agree_about_every_rule_of_the_domain(
    writing: asyncpg.Pool, owner: asyncpg.Connection, seed: int
) -> None:
    world = await create_random_tenant(writing, owner, seed)
    actors = [world.draw_actor() for _ in range(3)]
    async with unit.work(writing, an_actor(world.tenant_id), now=NOW) as open:
        for table, rule in dict.fromkeys(list_declared_rules()):
            for actor in actors:
                await assert_readers_agree(open, world, actor, table, rule)


@pytest.mark.anyio
@SLOW_SETTINGS
@given(seed=some.integers(0, 10_000), rules=some.lists(RULES, min_size=10, max_size=30))
async def test_the_readers_agree_about_any_rule(
    writing: asyncpg.Pool, owner: asyncpg.Connection, seed: int, rules: list[Rule]
) -> None:
    world = await create_random_tenant(writing, owner, seed)
    async with unit.work(writing, an_actor(world.tenant_id), now=NOW) as open:
        for rule in rules:
            actor = world.draw_actor()
            await assert_readers_agree(open, world, actor, goals, rule)
            await assert_readers_agree(
                open, world, actor, key_results, InheritedFrom("goal_id", "goal", rule)
            )


@given(rule=RULES, seed=some.integers(0, 100))
@settings(max_examples=50, deadline=None)
def test_every_table_of_a_predicate_carries_the_tenant(rule: Rule, seed: int) -> None:
    actor = a_world(generate_id(), seed).draw_actor()  # type: ignore[arg-type]
    row = goals.alias()
    facts = LiteralSqlFacts(actor)
    statement = select(row.c.id).where(
        row.c.tenant_id == facts.tenant(), compile_rule(rule, facts, row)
    )
    text = str(
        statement.compile(
            dialect=PGDialect()  # type: ignore[no-untyped-call]
        )
    )

    for alias in set(re.findall(r"(?<!END) AS (\w+)", text)):
        assert f"{alias}.tenant_id = %(" in text
    assert not re.search(r"%\(\w+\)s(::\w+)? IS NULL", text)


def test_alternatives_are_deduplicated_and_cheap_ones_come_first() -> None:
    actor = an_actor(generate_id())  # type: ignore[arg-type]
    chain = Manages("owner_person_id")
    rule = (chain | Is("owner_person_id")) | (chain | NOBODY) | Holds(Permission.GOALS_READ)

    assert simplify(rule, LiteralSqlFacts(actor)) == AnyOf((Is("owner_person_id"), chain))
    assert simplify(rule | EVERYBODY, LiteralSqlFacts(actor)) == EVERYBODY
    assert simplify(rule & NOBODY, LiteralSqlFacts(actor)) == NOBODY
    assert (
        simplify(InheritedFrom("goal_id", "goal", EVERYBODY), LiteralSqlFacts(actor)) == EVERYBODY
    )


def test_conditions_implied_by_their_siblings_are_dropped() -> None:
    actor = LiteralSqlFacts(an_actor(generate_id()))  # type: ignore[arg-type]
    mine, named = Is("owner_person_id"), IsOneOf("viewer_ids")
    begun, public = Has("status", "active", "achieved"), Has("visibility", "public")
    shared = Has("visibility", "public", "organization")

    assert simplify(mine | shared | begun & (public | named), actor) == AnyOf(
        (shared, mine, AllOf((begun, named)))
    )
    assert simplify(public | shared & named, actor) == AnyOf(
        (public, AllOf((Has("visibility", "organization"), named)))
    )
    assert simplify(public & (shared | named), actor) == public
    assert simplify(mine | mine & named, actor) == mine
    assert simplify(public & Has("visibility", "private") & named, actor) == NOBODY
