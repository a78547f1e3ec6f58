"""The meaning of each access rule: for one row, and for a grant of each population."""

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
    IsAccount,
    IsNamedByGrant,
    IsOneOf,
    Lacks,
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
from domain.kernel.permissions import Grant, Permission, Population, Reach
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
ANY_OWNER = OwnerAttributes(person="person_id", team="team_id", organization="unit_id")

PERSON_ROW = SimpleNamespace(
    person_id=OWNER, team_id=None, unit_id=None, viewer_ids={ME}, status="active", is_open=True
)
OWN_ROW = SimpleNamespace(**vars(PERSON_ROW) | {"person_id": ME, "viewer_ids": set()})
TEAM_ROW = SimpleNamespace(**vars(PERSON_ROW) | {"person_id": None, "team_id": TEAM})
UNIT_ROW = SimpleNamespace(**vars(PERSON_ROW) | {"person_id": None, "unit_id": UNIT})
UNOWNED_ROW = SimpleNamespace(**vars(PERSON_ROW) | {"person_id": None, "viewer_ids": set()})

NAMED_ROW, OTHER_ROW = SimpleNamespace(id=ME), SimpleNamespace(id=OWNER)
NAMING: Any = Grant(READ, Population.KPI, kpi_id=ME)

ANONYMOUS: Any = Actor(tenant_id=generate_id(), today=TODAY)  # type: ignore[arg-type]
EMPLOYEE: Any = replace(ANONYMOUS, person_id=ME)
ACCOUNT: Any = replace(EMPLOYEE, member_id=generate_id())
LEAD: Any = replace(EMPLOYEE, teams_led=frozenset({ABOVE}))
UNIT_MEMBER: Any = replace(EMPLOYEE, organizations=frozenset({UNIT, COMPANY}))
RELATIONSHIPS = Relationships(
    managers={OWNER: frozenset({ME})},
    teams={TEAM: frozenset({TEAM, ABOVE}), OWNER: frozenset({TEAM, ABOVE})},
    organizations={OWNER: UNIT, TEAM: UNIT, UNIT: UNIT},
    organization_paths={UNIT: frozenset({UNIT, COMPANY})},
)


def build_actor(*grants: Grant) -> Actor:
    actor: Actor = replace(EMPLOYEE, grants=frozenset(grants))
    return actor


def build_actor_over_unit(unit: Any, permission: Permission = READ) -> Actor:
    return build_actor(Grant(permission, Population.ORGANIZATION, unit))


EVALUATION_CASES: list[tuple[Rule, Actor, object, bool]] = [
    (EVERYBODY, ANONYMOUS, UNOWNED_ROW, True),
    (NOBODY, EMPLOYEE, OWN_ROW, False),
    (AnyOf((NOBODY, EVERYBODY)), ANONYMOUS, PERSON_ROW, True),
    (AllOf((NOBODY, EVERYBODY)), ANONYMOUS, PERSON_ROW, False),
    (Is("person_id"), EMPLOYEE, OWN_ROW, True),
    (Is("person_id"), EMPLOYEE, PERSON_ROW, False),
    (Is("person_id"), ANONYMOUS, UNOWNED_ROW, False),
    (IsAccount("owner_id"), ACCOUNT, SimpleNamespace(owner_id=ACCOUNT.member_id), True),
    (IsAccount("owner_id"), ACCOUNT, SimpleNamespace(owner_id=ME), False),
    (IsAccount("owner_id"), ANONYMOUS, SimpleNamespace(owner_id=None), False),
    (IsOneOf("viewer_ids"), EMPLOYEE, PERSON_ROW, True),
    (IsOneOf("viewer_ids"), EMPLOYEE, OWN_ROW, False),
    (Manages("person_id"), EMPLOYEE, PERSON_ROW, True),
    (Manages("person_id"), EMPLOYEE, OWN_ROW, False),
    (Manages("person_id"), EMPLOYEE, UNOWNED_ROW, False),
    (Manages("person_id"), ANONYMOUS, PERSON_ROW, False),
    (Leads(TEAM_ONLY), LEAD, TEAM_ROW, True),
    (Leads(TEAM_ONLY), EMPLOYEE, TEAM_ROW, False),
    (Leads(TEAM_ONLY), LEAD, PERSON_ROW, False),
    (Leads(PERSON_ONLY), LEAD, PERSON_ROW, True),
    (Leads(PERSON_ONLY), LEAD, OWN_ROW, False),
    (MemberOf(ANY_OWNER), UNIT_MEMBER, PERSON_ROW, True),
    (MemberOf(ANY_OWNER), UNIT_MEMBER, TEAM_ROW, True),
    (MemberOf(ANY_OWNER), UNIT_MEMBER, UNIT_ROW, True),
    (MemberOf(ANY_OWNER), UNIT_MEMBER, OWN_ROW, False),
    (MemberOf(ANY_OWNER), UNIT_MEMBER, UNOWNED_ROW, False),
    (MemberOf(TEAM_ONLY), UNIT_MEMBER, PERSON_ROW, False),
    (MemberOf(ANY_OWNER), EMPLOYEE, PERSON_ROW, False),
    (InGrantedSubtree(ANY_OWNER, READ), build_actor_over_unit(COMPANY), PERSON_ROW, True),
    (InGrantedSubtree(ANY_OWNER, READ), build_actor_over_unit(UNIT), TEAM_ROW, True),
    (InGrantedSubtree(ANY_OWNER, READ), build_actor_over_unit(ELSEWHERE), PERSON_ROW, False),
    (InGrantedSubtree(ANY_OWNER, READ), build_actor_over_unit(COMPANY, EDIT), PERSON_ROW, False),
    (InGrantedSubtree(ANY_OWNER, READ), build_actor_over_unit(COMPANY), UNOWNED_ROW, False),
    (Has("status", "active", "missed"), ANONYMOUS, PERSON_ROW, True),
    (Has("status", "missed"), ANONYMOUS, PERSON_ROW, False),
    (Has("is_open", "True"), ANONYMOUS, PERSON_ROW, True),
    (HasStarted("starts_on"), ANONYMOUS, SimpleNamespace(starts_on=TODAY), True),
    (HasStarted("starts_on"), ANONYMOUS, SimpleNamespace(starts_on=TODAY - DAY), True),
    (HasStarted("starts_on"), ANONYMOUS, SimpleNamespace(starts_on=TODAY + DAY), False),
    (HasStarted("ends_on"), ANONYMOUS, SimpleNamespace(ends_on=None), False),
    (Lacks("ends_on"), ANONYMOUS, SimpleNamespace(ends_on=None), True),
    (Lacks("ends_on"), ANONYMOUS, SimpleNamespace(ends_on=TODAY), False),
    (IsNamedByGrant(READ), build_actor(NAMING), NAMED_ROW, True),
    (IsNamedByGrant(READ), build_actor(NAMING), OTHER_ROW, False),
    (IsNamedByGrant(EDIT), build_actor(NAMING), NAMED_ROW, False),
    (IsNamedByGrant(READ), build_actor(NAMING.restrict_to(UNIT)), NAMED_ROW, False),
    (Holds(READ, by_id=True), build_actor(NAMING), NAMED_ROW, True),
    (Holds(READ), build_actor(NAMING), NAMED_ROW, False),
    (Holds(READ), build_actor(Grant(READ)), PERSON_ROW, True),
    (Holds(READ), build_actor(Grant(EDIT)), PERSON_ROW, False),
    (Holds(READ, over=PERSON_ONLY), build_actor(Grant(READ, Population.SELF)), OWN_ROW, True),
    (Holds(READ, over=PERSON_ONLY), build_actor(Grant(READ, Population.SELF)), PERSON_ROW, False),
    (
        InheritedFrom("whole_id", "whole", Is("person_id")),
        EMPLOYEE,
        SimpleNamespace(whole=OWN_ROW),
        True,
    ),
    (
        InheritedFrom("whole_id", "whole", Is("person_id")),
        EMPLOYEE,
        SimpleNamespace(whole=PERSON_ROW),
        False,
    ),
]


@pytest.mark.parametrize(("rule", "actor", "row", "answer"), EVALUATION_CASES)
def test_a_rule_is_evaluated_for_a_row(
    rule: Rule, actor: Actor, row: object, answer: object
) -> None:
    assert is_allowed(rule, actor, row, RELATIONSHIPS) is answer


NOWHERE = OwnerAttributes()
EXPANSIONS: dict[tuple[Population, OwnerAttributes], Rule] = {
    (Population.TEAMS_LED, ANY_OWNER): Leads(ANY_OWNER),
    (Population.TEAMS_LED, PERSON_ONLY): Leads(PERSON_ONLY),
    (Population.TEAMS_LED, TEAM_ONLY): Leads(TEAM_ONLY),
    (Population.REPORTING_CHAIN, ANY_OWNER): Manages("person_id"),
    (Population.REPORTING_CHAIN, PERSON_ONLY): Manages("person_id"),
    (Population.SELF, ANY_OWNER): Is("person_id"),
    (Population.SELF, PERSON_ONLY): Is("person_id"),
}
"""The rule that a grant of each population becomes for rows of each kind; others become NOBODY."""


PERSONAL = (Population.TEAMS_LED, Population.REPORTING_CHAIN, Population.SELF)
PLACES = (ANY_OWNER, PERSON_ONLY, TEAM_ONLY, UNIT_ONLY, NOWHERE)


@pytest.mark.parametrize("population", PERSONAL)
@pytest.mark.parametrize("place", PLACES)
def test_a_grant_over_a_population_is_expanded(
    population: Population, place: OwnerAttributes
) -> None:
    word = EXPANSIONS.get((population, place))
    words = AnyOf((word,)) if word else NOBODY
    whole, part = Reach(population), Reach(population, is_limited=True)
    assert expand_grant(Holds(READ, over=place), frozenset({whole})) == words
    assert expand_grant(Holds(READ, over=place), frozenset({whole, part})) == words
    within = InGrantedSubtree(place, READ, population)
    words = AnyOf((AllOf((within, word)),)) if word else NOBODY
    assert expand_grant(Holds(READ, over=place), frozenset({part})) == words


@pytest.mark.parametrize("place", PLACES)
def test_a_grant_over_an_organization_is_expanded(place: OwnerAttributes) -> None:
    words = AnyOf((InGrantedSubtree(place, READ),)) if place != NOWHERE else NOBODY
    part = Reach(Population.ORGANIZATION, is_limited=True)
    assert expand_grant(Holds(READ, over=place), frozenset({part})) == words


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("population", [each for each in Population if each != "everyone"])
def test_a_grant_over_everyone_or_anywhere_covers_every_row(
    population: Population, place: OwnerAttributes
) -> None:
    part = Reach(population, is_limited=True)
    everyone = frozenset({part, Reach(Population.EVERYONE)})
    assert expand_grant(Holds(READ, over=place), everyone) == EVERYBODY
    assert expand_grant(Holds(READ, over=place), frozenset()) == NOBODY
    assert expand_grant(Holds(READ, over=place, anywhere=True), frozenset({part})) == EVERYBODY
    assert expand_grant(Holds(READ, over=place, anywhere=True), frozenset()) == NOBODY


LIMITED_CASES: list[tuple[Population, Actor, object]] = [
    (Population.TEAMS_LED, LEAD, TEAM_ROW),
    (Population.TEAMS_LED, LEAD, PERSON_ROW),
    (Population.REPORTING_CHAIN, EMPLOYEE, PERSON_ROW),
    (Population.SELF, EMPLOYEE, OWN_ROW),
]


@pytest.mark.parametrize(("population", "actor", "row"), LIMITED_CASES)
def test_a_limited_grant_covers_its_population_within_the_subtree_only(
    population: Population, actor: Actor, row: object
) -> None:
    rule = Holds(READ, over=ANY_OWNER)
    placed = replace(RELATIONSHIPS, organizations={**RELATIONSHIPS.organizations, ME: UNIT})

    def covers(*limits: Any) -> bool:
        grants = frozenset(Grant(READ, population, each) for each in limits)
        return is_allowed(rule, replace(actor, grants=grants), row, placed)

    assert covers(None)
    assert covers(UNIT)
    assert covers(COMPANY)
    assert not covers(ELSEWHERE)
    assert covers(ELSEWHERE, COMPANY)
    other = frozenset({Grant(READ, population, ELSEWHERE), Grant(EDIT, population)})  # type: ignore[arg-type]
    assert not is_allowed(rule, replace(actor, grants=other), row, placed)


def test_rules_are_put_together_with_or_and_and() -> None:
    assert Is("a") | Is("b") == AnyOf((Is("a"), Is("b")))
    assert Is("a") & Is("b") == AllOf((Is("a"), Is("b")))


def test_a_grant_counts_for_its_own_permission() -> None:
    actor = build_actor(
        Grant(READ),
        Grant(READ, Population.ORGANIZATION, UNIT),  # type: ignore[arg-type]
        Grant(EDIT, Population.ORGANIZATION, COMPANY),  # type: ignore[arg-type]
        Grant(EDIT, Population.SELF),
    )
    within = Reach(Population.ORGANIZATION, is_limited=True)
    assert actor.get_reaches(READ) == {Reach(Population.EVERYONE), within}
    assert actor.get_reaches(EDIT) == {within, Reach(Population.SELF)}
    assert actor.get_reaches(Permission.AUDIT_READ) == set()
    assert (actor.get_subtrees(READ), actor.get_subtrees(EDIT)) == ({UNIT}, {COMPANY})


def test_an_actor_may_have_reports_by_default() -> None:
    assert ANONYMOUS.has_reports


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(TypeError, match=r"is not an?"):
        is_allowed(Rule(), EMPLOYEE, PERSON_ROW, RELATIONSHIPS)
    with pytest.raises(TypeError, match=r"is not an?"):
        compile_rule(Rule(), LiteralSqlFacts(EMPLOYEE), goals.alias())


PERMISSIONS_BY_RULE: dict[str, tuple[Rule, str]] = {
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
"""The permissions that satisfy each rule for an actor without any relationship."""

UNRELATED_ROW = SimpleNamespace(
    id=OWNER, person_id=OWNER, owner_person_id=OWNER, owner_team_id=None, team_id=None,
    owner_organization_id=None, organization_id=UNIT, parent_id=None, visibility="public",
    status="active", viewer_ids=set(),
)  # fmt: skip


@pytest.mark.parametrize("deed", PERMISSIONS_BY_RULE)
def test_a_permission_alone_grants(deed: str) -> None:
    rule, permissions = PERMISSIONS_BY_RULE[deed]
    opening = {
        str(each.value)
        for each in Permission
        if is_allowed(rule, build_actor(Grant(each)), UNRELATED_ROW, Relationships())
    }
    assert opening == set(permissions.split())


def test_a_row_with_several_owner_columns_belongs_to_the_first() -> None:
    rule = MemberOf(Goal.OWNER_ATTRIBUTES)
    said = str(compile_rule(rule, LiteralSqlFacts(UNIT_MEMBER), goals).compile(dialect=PGDialect()))  # type: ignore[no-untyped-call]
    team, person = said.index("FROM teams"), said.index("FROM people")
    assert "goals.owner_organization_id IS NULL AND" in said[:team]
    assert "goals.owner_team_id IS NULL AND" in said[team:person]
    assert said.count("goals.owner_organization_id IS NULL") == 2


def test_the_journal_names_the_person_and_an_account_without_one() -> None:
    assert ACCOUNT.author_id == ME
    assert replace(ACCOUNT, person_id=None).author_id == ACCOUNT.member_id
    assert ANONYMOUS.author_id is None
