"""What each word of a rule means: for one row, and for a grant of each population."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.dialects.postgresql.base import PGDialect

from domain.goals import Goal
from domain.kernel.access import (
    EVERYBODY,
    NOBODY,
    Actor,
    AllOf,
    AnyOf,
    Has,
    HasStarted,
    Holds,
    InGrantedSubtree,
    InheritedFrom,
    Is,
    IsOneOf,
    Leads,
    Manages,
    MemberOf,
    OwnerAttributes,
    Relationships,
    Rule,
    expand_grant,
    is_allowed,
)
from domain.kernel.identity import generate_id
from domain.kernel.permissions import Grant, Permission, Population
from domain.members import Member
from domain.organizations import Organization
from domain.people import Person
from domain.teams import Team
from persistence.access.rules_to_sql import compile_rule
from persistence.goals import goals
from tests.factories.actor_facts import LiteralSqlFacts
from tests.factories.actors import TODAY

DAY = timedelta(1)
READ, EDIT = Permission.GOALS_READ, Permission.GOALS_MANAGE
ME, OWNER, TEAM, ABOVE, UNIT, COMPANY, ELSEWHERE = (generate_id() for _ in range(7))
PERSON_ONLY, TEAM_ONLY, UNIT_ONLY = (
    OwnerAttributes(person="person_id"),
    OwnerAttributes(team="team_id"),
    OwnerAttributes(organization="unit_id"),
)
ANYWHERE = OwnerAttributes(person="person_id", team="team_id", organization="unit_id")

ROW = SimpleNamespace(
    person_id=OWNER, team_id=None, unit_id=None, viewer_ids={ME}, status="active", is_open=True
)
MINE = SimpleNamespace(**vars(ROW) | {"person_id": ME, "viewer_ids": set()})
TEAMS = SimpleNamespace(**vars(ROW) | {"person_id": None, "team_id": TEAM})
UNITS = SimpleNamespace(**vars(ROW) | {"person_id": None, "unit_id": UNIT})
NOBODYS = SimpleNamespace(**vars(ROW) | {"person_id": None, "viewer_ids": set()})

NOONE: Any = Actor(tenant_id=generate_id(), today=TODAY)  # type: ignore[arg-type]
MYSELF: Any = replace(NOONE, person_id=ME)
LEAD: Any = replace(MYSELF, teams_led=frozenset({ABOVE}))
INSIDER: Any = replace(MYSELF, organizations=frozenset({UNIT, COMPANY}))
STANDING = Relationships(
    managers={OWNER: frozenset({ME})},
    teams={TEAM: frozenset({TEAM, ABOVE}), OWNER: frozenset({TEAM, ABOVE})},
    organizations={OWNER: UNIT, TEAM: UNIT, UNIT: UNIT},
    organization_paths={UNIT: frozenset({UNIT, COMPANY})},
)


def holding(*grants: Grant) -> Actor:
    actor: Actor = replace(MYSELF, grants=frozenset(grants))
    return actor


def over(unit: Any, permission: Permission = READ) -> Actor:
    return holding(Grant(permission, Population.ORGANIZATION, unit))


TOLD: list[tuple[Rule, Actor, object, bool]] = [
    (EVERYBODY, NOONE, NOBODYS, True),
    (NOBODY, MYSELF, MINE, False),
    (AnyOf((NOBODY, EVERYBODY)), NOONE, ROW, True),
    (AllOf((NOBODY, EVERYBODY)), NOONE, ROW, False),
    (Is("person_id"), MYSELF, MINE, True),
    (Is("person_id"), MYSELF, ROW, False),
    (Is("person_id"), NOONE, NOBODYS, False),
    (IsOneOf("viewer_ids"), MYSELF, ROW, True),
    (IsOneOf("viewer_ids"), MYSELF, MINE, False),
    (Manages("person_id"), MYSELF, ROW, True),
    (Manages("person_id"), MYSELF, MINE, False),
    (Manages("person_id"), MYSELF, NOBODYS, False),
    (Manages("person_id"), NOONE, ROW, False),
    (Leads(TEAM_ONLY), LEAD, TEAMS, True),
    (Leads(TEAM_ONLY), MYSELF, TEAMS, False),
    (Leads(TEAM_ONLY), LEAD, ROW, False),
    (Leads(PERSON_ONLY), LEAD, ROW, True),
    (Leads(PERSON_ONLY), LEAD, MINE, False),
    (MemberOf(ANYWHERE), INSIDER, ROW, True),
    (MemberOf(ANYWHERE), INSIDER, TEAMS, True),
    (MemberOf(ANYWHERE), INSIDER, UNITS, True),
    (MemberOf(ANYWHERE), INSIDER, MINE, False),
    (MemberOf(ANYWHERE), INSIDER, NOBODYS, False),
    (MemberOf(TEAM_ONLY), INSIDER, ROW, False),
    (MemberOf(ANYWHERE), MYSELF, ROW, False),
    (InGrantedSubtree(ANYWHERE, READ), over(COMPANY), ROW, True),
    (InGrantedSubtree(ANYWHERE, READ), over(UNIT), TEAMS, True),
    (InGrantedSubtree(ANYWHERE, READ), over(ELSEWHERE), ROW, False),
    (InGrantedSubtree(ANYWHERE, READ), over(COMPANY, EDIT), ROW, False),
    (InGrantedSubtree(ANYWHERE, READ), over(COMPANY), NOBODYS, False),
    (Has("status", "active", "missed"), NOONE, ROW, True),
    (Has("status", "missed"), NOONE, ROW, False),
    (Has("is_open", "True"), NOONE, ROW, True),
    (HasStarted("starts_on"), NOONE, SimpleNamespace(starts_on=TODAY), True),
    (HasStarted("starts_on"), NOONE, SimpleNamespace(starts_on=TODAY - DAY), True),
    (HasStarted("starts_on"), NOONE, SimpleNamespace(starts_on=TODAY + DAY), False),
    (HasStarted("ends_on"), NOONE, SimpleNamespace(ends_on=None), False),
    (Holds(READ), holding(Grant(READ)), ROW, True),
    (Holds(READ), holding(Grant(EDIT)), ROW, False),
    (Holds(READ, over=PERSON_ONLY), holding(Grant(READ, Population.SELF)), MINE, True),
    (Holds(READ, over=PERSON_ONLY), holding(Grant(READ, Population.SELF)), ROW, False),
    (
        InheritedFrom("whole_id", "whole", Is("person_id")),
        MYSELF,
        SimpleNamespace(whole=MINE),
        True,
    ),
    (
        InheritedFrom("whole_id", "whole", Is("person_id")),
        MYSELF,
        SimpleNamespace(whole=ROW),
        False,
    ),
]


@pytest.mark.parametrize(("rule", "actor", "row", "answer"), TOLD)
def test_a_word_is_read_for_a_row(rule: Rule, actor: Actor, row: object, answer: object) -> None:
    assert is_allowed(rule, actor, row, STANDING) is answer


SPELLED: dict[tuple[Population, OwnerAttributes], Rule] = {
    (Population.ORGANIZATION, ANYWHERE): InGrantedSubtree(ANYWHERE, READ),
    (Population.ORGANIZATION, PERSON_ONLY): InGrantedSubtree(PERSON_ONLY, READ),
    (Population.ORGANIZATION, TEAM_ONLY): InGrantedSubtree(TEAM_ONLY, READ),
    (Population.ORGANIZATION, UNIT_ONLY): InGrantedSubtree(UNIT_ONLY, READ),
    (Population.TEAMS_LED, ANYWHERE): Leads(ANYWHERE),
    (Population.TEAMS_LED, PERSON_ONLY): Leads(PERSON_ONLY),
    (Population.TEAMS_LED, TEAM_ONLY): Leads(TEAM_ONLY),
    (Population.REPORTING_CHAIN, ANYWHERE): Manages("person_id"),
    (Population.REPORTING_CHAIN, PERSON_ONLY): Manages("person_id"),
    (Population.SELF, ANYWHERE): Is("person_id"),
    (Population.SELF, PERSON_ONLY): Is("person_id"),
}
"""What a grant of each population comes to over rows of each kind; the others come to nothing."""


@pytest.mark.parametrize("population", [each for each in Population if each != "everyone"])
@pytest.mark.parametrize("place", [ANYWHERE, PERSON_ONLY, TEAM_ONLY, UNIT_ONLY, OwnerAttributes()])
def test_a_grant_is_spelled_out(population: Population, place: OwnerAttributes) -> None:
    word = SPELLED.get((population, place))
    words = AnyOf((word,)) if word else NOBODY
    assert expand_grant(Holds(READ, over=place), frozenset({population})) == words
    assert expand_grant(Holds(READ, over=place), frozenset()) == NOBODY
    everyone = frozenset({population, Population.EVERYONE})
    assert expand_grant(Holds(READ, over=place), everyone) == EVERYBODY
    assert (
        expand_grant(Holds(READ, over=place, anywhere=True), frozenset({population})) == EVERYBODY
    )
    assert expand_grant(Holds(READ, over=place, anywhere=True), frozenset()) == NOBODY


def test_rules_are_put_together_with_or_and_and() -> None:
    assert Is("a") | Is("b") == AnyOf((Is("a"), Is("b")))
    assert Is("a") & Is("b") == AllOf((Is("a"), Is("b")))


def test_a_grant_counts_for_its_own_permission() -> None:
    actor = holding(
        Grant(READ),
        Grant(READ, Population.ORGANIZATION, UNIT),  # type: ignore[arg-type]
        Grant(EDIT, Population.ORGANIZATION, COMPANY),  # type: ignore[arg-type]
        Grant(EDIT, Population.SELF),
    )
    assert actor.get_populations(READ) == {Population.EVERYONE, Population.ORGANIZATION}
    assert actor.get_populations(EDIT) == {Population.ORGANIZATION, Population.SELF}
    assert actor.get_populations(Permission.AUDIT_READ) == set()
    assert (actor.get_subtrees(READ), actor.get_subtrees(EDIT)) == ({UNIT}, {COMPANY})


def test_whoever_nobody_knows_better_may_have_reports() -> None:
    assert NOONE.has_reports


def test_what_is_no_word_is_no_rule() -> None:
    with pytest.raises(TypeError, match="not a word"):
        is_allowed(Rule(), MYSELF, ROW, STANDING)
    with pytest.raises(TypeError, match="not a word"):
        compile_rule(Rule(), LiteralSqlFacts(MYSELF), goals.alias())


ALONE: dict[str, tuple[Rule, str]] = {
    "see a person": (Person.SEE, "directory:read people:manage employment:manage"),
    "see a person's history": (Person.SEE_HISTORY, "people:manage employment:manage audit:read"),
    "see employment": (Person.SEE_EMPLOYMENT, "employment:read employment:manage"),
    "see what is planned for a person": (Person.SEE_PLANNED, "people:manage employment:manage"),
    "edit a person": (Person.EDIT.rule, "people:manage"),
    "let somebody leave": (Person.DEPART.rule, "employment:manage"),
    "hire": (Person.HIRE.rule, ""),
    "see a goal": (Goal.SEE, "goals:read goals:manage"),
    "see a goal's history": (Goal.SEE_HISTORY, "goals:manage"),
    "edit a goal": (Goal.EDIT.rule, "goals:manage"),
    "see a team": (Team.SEE, "directory:read teams:manage"),
    "see what is planned for a team": (Team.SEE_PLANNED, "teams:manage"),
    "see a team's history": (Team.SEE_HISTORY, "teams:manage audit:read"),
    "see a unit": (Organization.SEE, "directory:read organizations:manage"),
    "see a unit's history": (Organization.SEE_HISTORY, "organizations:manage audit:read"),
    "see a member": (Member.SEE, "members:read"),
    "see a member's history": (Member.SEE_HISTORY, "audit:read"),
}
"""Which permissions open something by themselves to whoever stands in no relation to it."""

STRANGERS = SimpleNamespace(
    id=OWNER, person_id=OWNER, owner_person_id=OWNER, owner_team_id=None, team_id=None,
    owner_organization_id=None, organization_id=UNIT, parent_id=None, visibility="public",
    status="active", viewer_ids=set(),
)  # fmt: skip


@pytest.mark.parametrize("deed", ALONE)
def test_a_permission_alone_opens(deed: str) -> None:
    rule, permissions = ALONE[deed]
    opening = {
        str(each.value)
        for each in Permission
        if is_allowed(rule, holding(Grant(each)), STRANGERS, Relationships())
    }
    assert opening == set(permissions.split())


def test_a_row_that_names_several_stands_where_the_first_says() -> None:
    rule = MemberOf(Goal.OWNER_ATTRIBUTES)
    said = str(compile_rule(rule, LiteralSqlFacts(INSIDER), goals).compile(dialect=PGDialect()))  # type: ignore[no-untyped-call]
    team, person = said.index("FROM teams"), said.index("FROM people")
    assert "goals.owner_organization_id IS NULL AND" in said[:team]
    assert "goals.owner_team_id IS NULL AND" in said[team:person]
    assert said.count("goals.owner_organization_id IS NULL") == 2
