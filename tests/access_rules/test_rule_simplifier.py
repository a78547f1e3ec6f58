"""What a rule comes to for one caller: no word that is decided already, none twice, cheap first."""

from dataclasses import replace
from typing import Any

import pytest

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
    Rule,
)
from domain.kernel.identity import generate_id
from domain.kernel.permissions import Grant, Permission
from persistence.access.rule_simplifier import COST, simplify
from tests.factories.actor_facts import LiteralSqlFacts
from tests.factories.actors import TODAY

READ = Permission.GOALS_READ
PLAIN: Any = Actor(tenant_id=generate_id(), today=TODAY, has_reports=False)  # type: ignore[arg-type]
BOSS: Any = replace(PLAIN, has_reports=True, teams_led=frozenset({generate_id()}))
READER: Any = replace(PLAIN, grants=frozenset({Grant(READ)}))
ME, NAMED, BELOW = Is("person_id"), IsOneOf("viewer_ids"), Manages("person_id")
TEAM = Leads(OwnerAttributes(team="team_id"))
HERE = MemberOf(OwnerAttributes(organization="unit_id"))
OPEN, SHUT = Has("status", "active"), Has("status", "missed")
STARTED = HasStarted("starts_on")
EITHER = Has("status", "active", "missed")

COMES_TO: list[tuple[Rule, Actor, Rule]] = [
    (ME, PLAIN, ME),
    (BELOW, BOSS, BELOW),
    (BELOW, PLAIN, NOBODY),
    (TEAM, BOSS, TEAM),
    (TEAM, PLAIN, NOBODY),
    (Leads(OwnerAttributes(person="person_id")), BOSS, Leads(OwnerAttributes(person="person_id"))),
    (Leads(OwnerAttributes(organization="unit_id")), BOSS, NOBODY),
    (MemberOf(OwnerAttributes()), BOSS, NOBODY),
    (InGrantedSubtree(OwnerAttributes(), READ), BOSS, NOBODY),
    (HERE, PLAIN, HERE),
    (InGrantedSubtree(OwnerAttributes(team="team_id"), READ), PLAIN, InGrantedSubtree(OwnerAttributes(team="team_id"), READ)),
    (Holds(READ), READER, EVERYBODY),
    (Holds(READ), PLAIN, NOBODY),
    (InheritedFrom("goal_id", "goal", ME), PLAIN, InheritedFrom("goal_id", "goal", ME)),
    (InheritedFrom("goal_id", "goal", BELOW), PLAIN, NOBODY),
    (InheritedFrom("goal_id", "goal", Holds(READ)), READER, EVERYBODY),
    (InheritedFrom("goal_id", "goal", ME | ME), PLAIN, InheritedFrom("goal_id", "goal", ME)),
    (AnyOf(()), PLAIN, NOBODY),
    (AllOf(()), PLAIN, EVERYBODY),
    (NAMED | ME, PLAIN, AnyOf((ME, NAMED))),
    (NAMED & ME, PLAIN, AllOf((ME, NAMED))),
    (NAMED | (ME | HERE), PLAIN, AnyOf((ME, HERE, NAMED))),
    (NAMED & (ME & HERE), PLAIN, AllOf((ME, HERE, NAMED))),
    (ME | NOBODY, PLAIN, ME),
    (ME & NOBODY, PLAIN, NOBODY),
    (ME | EVERYBODY, PLAIN, EVERYBODY),
    (ME & EVERYBODY, PLAIN, ME),
    (ME | ME, PLAIN, ME),
    (NAMED & STARTED, PLAIN, AllOf((STARTED, NAMED))),
    (STARTED | (NAMED & STARTED), PLAIN, STARTED),
    # An AllOf costs all of its words, an AnyOf only the cheapest.
    ((ME & NAMED) | HERE, PLAIN, AnyOf((HERE, AllOf((ME, NAMED))))),
    ((ME | NAMED) & HERE, PLAIN, AllOf((AnyOf((ME, NAMED)), HERE))),
    # What the words before have answered is not asked again.
    (ME | (ME & NAMED), PLAIN, ME),
    (ME & (ME | NAMED), PLAIN, ME),
    (ME | (NAMED & (ME | HERE)), PLAIN, AnyOf((ME, AllOf((HERE, NAMED))))),
    (OPEN & EITHER, PLAIN, OPEN),
    (OPEN & (NAMED | EITHER), PLAIN, OPEN),
    (OPEN & (NAMED | SHUT), PLAIN, AllOf((OPEN, NAMED))),
    (OPEN & SHUT, PLAIN, NOBODY),
    (OPEN | EITHER, PLAIN, AnyOf((OPEN, SHUT))),
    (OPEN | (NAMED & EITHER), PLAIN, AnyOf((OPEN, AllOf((SHUT, NAMED))))),
    (OPEN | (NAMED & OPEN), PLAIN, OPEN),
    (EITHER & (NAMED | Has("status", "missed", "active")), PLAIN, EITHER),
    (EITHER & (NAMED | OPEN), PLAIN, AllOf((EITHER, AnyOf((OPEN, NAMED))))),
    (OPEN & (NAMED | Has("kind", "active")), PLAIN,
     AllOf((OPEN, AnyOf((Has("kind", "active"), NAMED))))),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "actor", "words"), COMES_TO)
def test_a_rule_comes_to(rule: Rule, actor: Actor, words: Rule) -> None:
    assert simplify(rule, LiteralSqlFacts(actor)) == words


def test_whatever_looks_into_another_table_costs_more_than_what_does_not() -> None:
    assert {each for each, cost in COST.items() if cost == 1} == {Has, HasStarted}
    assert (
        COST[Is]
        < COST[MemberOf]
        < min(COST[each] for each in (IsOneOf, Manages, InGrantedSubtree, Leads))
    )
    assert max(COST, key=COST.__getitem__) is InheritedFrom
