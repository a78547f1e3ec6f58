"""The golden SQL of each access rule; GOLDEN=write accepts a change."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import FromClause, literal, select
from sqlalchemy.dialects.postgresql.base import PGDialect

from domain.goals import Goal
from domain.kernel.access import (
    EVERYBODY,
    NOBODY,
    Actor,
    Has,
    HasStarted,
    Holds,
    InGrantedSubtree,
    InheritedFrom,
    Is,
    IsAccount,
    IsNamedByGrant,
    IsOneOf,
    Lacks,
    Leads,
    Manages,
    MemberOf,
    OwnerAttributes,
    Rule,
)
from domain.kernel.identity import generate_id
from domain.kernel.permissions import Grant, Permission, Population
from domain.people import Person
from domain.teams import PARENT_OWNER_ATTRIBUTES, Team
from persistence.access.rules_to_sql import compile_rule
from persistence.goals import goals, key_results
from persistence.members import members
from persistence.organizations import organizations
from persistence.people import people, person_references
from persistence.reading.relations import by_external_id
from persistence.teams import teams
from tests.factories.actor_facts import LiteralSqlFacts
from tests.factories.actors import TODAY

GOLDEN_FILE = Path(__file__).with_name("rule_sql.sql")
READ, EDIT = Permission.GOALS_READ, Permission.GOALS_MANAGE
UNIT: Any = generate_id()
ACTOR = Actor(
    tenant_id=generate_id(),  # type: ignore[arg-type]
    today=TODAY,
    person_id=generate_id(),  # type: ignore[arg-type]
    grants=frozenset(
        Grant(*each)
        for population in Population
        if population != "everyone"
        for each in ((READ, population), (EDIT, population, UNIT))
    ),
    teams_led=frozenset({generate_id()}),  # type: ignore[arg-type]
)
OWNER = Is("owner_person_id")
CASES: list[tuple[Rule, FromClause]] = [
    (NOBODY, goals),
    (EVERYBODY, goals),
    (OWNER, goals),
    (OWNER | Has("status", "active", "missed"), goals),
    (OWNER | Has("status", "active", "achieved", "missed", "abandoned"), goals),
    (OWNER & Has("visibility", "it's"), goals),
    (Has("is_built_in", "True"), organizations.metadata.tables["roles"]),
    (Has("is_built_in", "False"), organizations.metadata.tables["roles"]),
    (HasStarted("starts_on"), goals),
    (Lacks("owner_team_id"), goals),
    (IsAccount("member_id"), goals.metadata.tables["role_assignments"]),
    (IsOneOf("viewer_ids"), goals),
    (IsNamedByGrant(READ), goals),
    (Holds(READ, over=Goal.OWNER_ATTRIBUTES, by_id=True), goals),
    (Manages("owner_person_id"), goals),
    (Leads(Goal.OWNER_ATTRIBUTES), goals),
    (Leads(OwnerAttributes(team="owner_team_id")), goals),
    (Leads(OwnerAttributes(person="owner_person_id")), goals),
    (MemberOf(Goal.OWNER_ATTRIBUTES), goals),
    (MemberOf(OwnerAttributes(team="owner_team_id")), goals),
    (InGrantedSubtree(Goal.OWNER_ATTRIBUTES, READ), goals),
    (InGrantedSubtree(OwnerAttributes(organization="id"), READ), organizations),
    (InGrantedSubtree(Person.OWNER_ATTRIBUTES, READ), people),
    (InGrantedSubtree(OwnerAttributes(person="id"), READ), people),
    (InGrantedSubtree(OwnerAttributes(person="person_id"), READ), members),
    (InGrantedSubtree(Team.OWNER_ATTRIBUTES, READ), teams),
    (InGrantedSubtree(PARENT_OWNER_ATTRIBUTES, READ), teams),
    (InGrantedSubtree(OwnerAttributes(team="id"), READ), teams),
    (InGrantedSubtree(OwnerAttributes(team="parent_id"), READ), teams),
    (InGrantedSubtree(OwnerAttributes(person="id"), READ), teams),
    (Holds(READ, over=Goal.OWNER_ATTRIBUTES), goals),
    (Holds(EDIT, over=Goal.OWNER_ATTRIBUTES), goals),
    (Holds(EDIT, over=Team.OWNER_ATTRIBUTES), teams),
    (InheritedFrom("goal_id", "goal", OWNER | Manages("owner_person_id")), key_results),
]


def render_rule(rule: Rule, table: FromClause) -> str:
    row = table.alias("it")
    sql = select(row.c.id).where(compile_rule(rule, LiteralSqlFacts(ACTOR), row))
    text = sql.compile(dialect=PGDialect())  # type: ignore[no-untyped-call]
    return f"-- {rule!r}\n{' '.join(str(text).split())}\n"


def test_every_rule_compiles_to_its_golden_sql() -> None:
    text = "\n".join(render_rule(*each) for each in CASES)
    if os.environ.get("GOLDEN") == "write":
        GOLDEN_FILE.write_text(text)
    assert GOLDEN_FILE.read_text() == text, (
        f"{GOLDEN_FILE.name} differs. If it should, run with GOLDEN=write."
    )


def test_an_external_id_is_looked_up_with_its_source_in_the_tenant() -> None:
    ask: Any = SimpleNamespace(
        facts=LiteralSqlFacts(ACTOR), bind_text=lambda *path: literal(path[-1])
    )
    found = by_external_id(ask, person_references, "person_id")
    text = " ".join(str(found.compile(dialect=PGDialect())).split())  # type: ignore[no-untyped-call]
    for column in ("tenant_id", "source", "external_id"):
        assert f".{column} = " in text
