"""What each word says in SQL, word for word; GOLDEN=write accepts something new."""

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
    Among,
    Has,
    HasCome,
    Holds,
    Is,
    Leads,
    Manages,
    MemberOf,
    Place,
    Rule,
    Via,
    Within,
)
from domain.kernel.identity import new_id
from domain.kernel.permissions import Grant, Permission, Population
from domain.people import Person
from domain.teams import ABOVE, Team
from persistence.goals import goals, key_results
from persistence.kernel.facts import ActorFacts
from persistence.kernel.predicates import predicate
from persistence.members import members
from persistence.organizations import organizations
from persistence.people import people, person_references
from persistence.reading.links import referred
from persistence.teams import teams
from tests.make.actors import TODAY

KEPT = Path(__file__).with_name("said.sql")
READ = Permission.GOALS_READ
SOMEBODY = Actor(
    tenant_id=new_id(),  # type: ignore[arg-type]
    today=TODAY,
    person_id=new_id(),  # type: ignore[arg-type]
    grants=frozenset({Grant(READ, each) for each in Population if each != "everyone"}),
    teams_led=frozenset({new_id()}),  # type: ignore[arg-type]
)
OWNER = Is("owner_person_id")
WORDS: list[tuple[Rule, FromClause]] = [
    (NOBODY, goals),
    (EVERYBODY, goals),
    (OWNER, goals),
    (OWNER | Has("status", "active", "missed"), goals),
    (OWNER | Has("status", "active", "achieved", "missed", "abandoned"), goals),
    (OWNER & Has("visibility", "it's"), goals),
    (Has("is_built_in", "True"), organizations.metadata.tables["roles"]),
    (Has("is_built_in", "False"), organizations.metadata.tables["roles"]),
    (HasCome("starts_on"), goals),
    (Among("viewer_ids"), goals),
    (Manages("owner_person_id"), goals),
    (Leads(Goal.PLACE), goals),
    (Leads(Place(team="owner_team_id")), goals),
    (Leads(Place(person="owner_person_id")), goals),
    (MemberOf(Goal.PLACE), goals),
    (MemberOf(Place(team="owner_team_id")), goals),
    (Within(Goal.PLACE, READ), goals),
    (Within(Place(organization="id"), READ), organizations),
    (Within(Person.PLACE, READ), people),
    (Within(Place(person="id"), READ), people),
    (Within(Place(person="person_id"), READ), members),
    (Within(Team.PLACE, READ), teams),
    (Within(ABOVE, READ), teams),
    (Within(Place(team="id"), READ), teams),
    (Within(Place(team="parent_id"), READ), teams),
    (Within(Place(person="id"), READ), teams),
    (Holds(READ, over=Goal.PLACE), goals),
    (Via("goal_id", "goal", OWNER | Manages("owner_person_id")), key_results),
]


def said(rule: Rule, table: FromClause) -> str:
    row = table.alias("it")
    sql = select(row.c.id).where(predicate(rule, ActorFacts(SOMEBODY), row))
    text = sql.compile(dialect=PGDialect())  # type: ignore[no-untyped-call]
    return f"-- {rule!r}\n{' '.join(str(text).split())}\n"


def test_every_word_says_what_it_said() -> None:
    text = "\n".join(said(*each) for each in WORDS)
    if os.environ.get("GOLDEN") == "write":
        KEPT.write_text(text)
    assert KEPT.read_text() == text, f"{KEPT.name} differs. If it should, run with GOLDEN=write."


def test_somebody_elses_id_is_looked_up_with_its_source_in_the_tenant() -> None:
    ask: Any = SimpleNamespace(facts=ActorFacts(SOMEBODY), text=lambda *path: literal(path[-1]))
    found = referred(ask, person_references, "person_id")
    text = " ".join(str(found.compile(dialect=PGDialect())).split())  # type: ignore[no-untyped-call]
    for column in ("tenant_id", "source", "external_id"):
        assert f".{column} = " in text
