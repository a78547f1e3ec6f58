"""Rules simplified for one caller: decided parts dropped, no duplicates, the cheapest first."""

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
    Lacks,
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
EMPLOYEE: Any = Actor(tenant_id=generate_id(), today=TODAY, has_reports=False)  # type: ignore[arg-type]
MANAGER: Any = replace(EMPLOYEE, has_reports=True, teams_led=frozenset({generate_id()}))
READER: Any = replace(EMPLOYEE, grants=frozenset({Grant(READ)}))
IS_PERSON, IS_VIEWER, MANAGES_PERSON = Is("person_id"), IsOneOf("viewer_ids"), Manages("person_id")
LEADS_TEAM = Leads(OwnerAttributes(team="team_id"))
MEMBER_OF_UNIT = MemberOf(OwnerAttributes(organization="unit_id"))
IS_ACTIVE, IS_MISSED = Has("status", "active"), Has("status", "missed")
HAS_STARTED = HasStarted("starts_on")
IS_ACTIVE_OR_MISSED = Has("status", "active", "missed")

CASES: list[tuple[Rule, Actor, Rule]] = [
    (IS_PERSON, EMPLOYEE, IS_PERSON),
    (MANAGES_PERSON, MANAGER, MANAGES_PERSON),
    (MANAGES_PERSON, EMPLOYEE, NOBODY),
    (LEADS_TEAM, MANAGER, LEADS_TEAM),
    (LEADS_TEAM, EMPLOYEE, NOBODY),
    (
        Leads(OwnerAttributes(person="person_id")),
        MANAGER,
        Leads(OwnerAttributes(person="person_id")),
    ),
    (Leads(OwnerAttributes(organization="unit_id")), MANAGER, NOBODY),
    (MemberOf(OwnerAttributes()), MANAGER, NOBODY),
    (InGrantedSubtree(OwnerAttributes(), READ), MANAGER, NOBODY),
    (MEMBER_OF_UNIT, EMPLOYEE, MEMBER_OF_UNIT),
    (
        InGrantedSubtree(OwnerAttributes(team="team_id"), READ),
        EMPLOYEE,
        InGrantedSubtree(OwnerAttributes(team="team_id"), READ),
    ),
    (Holds(READ), READER, EVERYBODY),
    (Holds(READ), EMPLOYEE, NOBODY),
    (
        InheritedFrom("goal_id", "goal", IS_PERSON),
        EMPLOYEE,
        InheritedFrom("goal_id", "goal", IS_PERSON),
    ),
    (InheritedFrom("goal_id", "goal", MANAGES_PERSON), EMPLOYEE, NOBODY),
    (InheritedFrom("goal_id", "goal", Holds(READ)), READER, EVERYBODY),
    (
        InheritedFrom("goal_id", "goal", IS_PERSON | IS_PERSON),
        EMPLOYEE,
        InheritedFrom("goal_id", "goal", IS_PERSON),
    ),
    (AnyOf(()), EMPLOYEE, NOBODY),
    (AllOf(()), EMPLOYEE, EVERYBODY),
    (IS_VIEWER | IS_PERSON, EMPLOYEE, AnyOf((IS_PERSON, IS_VIEWER))),
    (IS_VIEWER & IS_PERSON, EMPLOYEE, AllOf((IS_PERSON, IS_VIEWER))),
    (
        IS_VIEWER | (IS_PERSON | MEMBER_OF_UNIT),
        EMPLOYEE,
        AnyOf((IS_PERSON, MEMBER_OF_UNIT, IS_VIEWER)),
    ),
    (
        IS_VIEWER & (IS_PERSON & MEMBER_OF_UNIT),
        EMPLOYEE,
        AllOf((IS_PERSON, MEMBER_OF_UNIT, IS_VIEWER)),
    ),
    (IS_PERSON | NOBODY, EMPLOYEE, IS_PERSON),
    (IS_PERSON & NOBODY, EMPLOYEE, NOBODY),
    (IS_PERSON | EVERYBODY, EMPLOYEE, EVERYBODY),
    (IS_PERSON & EVERYBODY, EMPLOYEE, IS_PERSON),
    (IS_PERSON | IS_PERSON, EMPLOYEE, IS_PERSON),
    (IS_VIEWER & HAS_STARTED, EMPLOYEE, AllOf((HAS_STARTED, IS_VIEWER))),
    (HAS_STARTED | (IS_VIEWER & HAS_STARTED), EMPLOYEE, HAS_STARTED),
    # An AllOf costs all of its words, an AnyOf only the cheapest.
    (
        (IS_PERSON & IS_VIEWER) | MEMBER_OF_UNIT,
        EMPLOYEE,
        AnyOf((MEMBER_OF_UNIT, AllOf((IS_PERSON, IS_VIEWER)))),
    ),
    (
        (IS_PERSON | IS_VIEWER) & MEMBER_OF_UNIT,
        EMPLOYEE,
        AllOf((AnyOf((IS_PERSON, IS_VIEWER)), MEMBER_OF_UNIT)),
    ),
    # What the words before have answered is not asked again.
    (IS_PERSON | (IS_PERSON & IS_VIEWER), EMPLOYEE, IS_PERSON),
    (IS_PERSON & (IS_PERSON | IS_VIEWER), EMPLOYEE, IS_PERSON),
    (
        IS_PERSON | (IS_VIEWER & (IS_PERSON | MEMBER_OF_UNIT)),
        EMPLOYEE,
        AnyOf((IS_PERSON, AllOf((MEMBER_OF_UNIT, IS_VIEWER)))),
    ),
    (IS_ACTIVE & IS_ACTIVE_OR_MISSED, EMPLOYEE, IS_ACTIVE),
    (IS_ACTIVE & (IS_VIEWER | IS_ACTIVE_OR_MISSED), EMPLOYEE, IS_ACTIVE),
    (IS_ACTIVE & (IS_VIEWER | IS_MISSED), EMPLOYEE, AllOf((IS_ACTIVE, IS_VIEWER))),
    (IS_ACTIVE & IS_MISSED, EMPLOYEE, NOBODY),
    (IS_ACTIVE | IS_ACTIVE_OR_MISSED, EMPLOYEE, AnyOf((IS_ACTIVE, IS_MISSED))),
    (
        IS_ACTIVE | (IS_VIEWER & IS_ACTIVE_OR_MISSED),
        EMPLOYEE,
        AnyOf((IS_ACTIVE, AllOf((IS_MISSED, IS_VIEWER)))),
    ),
    (IS_ACTIVE | (IS_VIEWER & IS_ACTIVE), EMPLOYEE, IS_ACTIVE),
    (
        IS_ACTIVE_OR_MISSED & (IS_VIEWER | Has("status", "missed", "active")),
        EMPLOYEE,
        IS_ACTIVE_OR_MISSED,
    ),
    (
        IS_ACTIVE_OR_MISSED & (IS_VIEWER | IS_ACTIVE),
        EMPLOYEE,
        AllOf((IS_ACTIVE_OR_MISSED, AnyOf((IS_ACTIVE, IS_VIEWER)))),
    ),
    (
        IS_ACTIVE & (IS_VIEWER | Has("kind", "active")),
        EMPLOYEE,
        AllOf((IS_ACTIVE, AnyOf((Has("kind", "active"), IS_VIEWER)))),
    ),
]


@pytest.mark.parametrize(("rule", "actor", "words"), CASES)
def test_a_rule_is_simplified_to(rule: Rule, actor: Actor, words: Rule) -> None:
    assert simplify(rule, LiteralSqlFacts(actor)) == words


def test_whatever_looks_into_another_table_costs_more_than_what_does_not() -> None:
    assert {each for each, cost in COST.items() if cost == 1} == {Has, HasStarted, Lacks}
    assert (
        COST[Is]
        < COST[MemberOf]
        < min(COST[each] for each in (IsOneOf, Manages, InGrantedSubtree, Leads))
    )
    assert max(COST, key=COST.__getitem__) is InheritedFrom
