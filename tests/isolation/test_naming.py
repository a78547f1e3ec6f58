"""Each word of a rule names exactly whom and what it asks about."""

from types import SimpleNamespace

import pytest

from domain.kernel.access import (
    EVERYBODY,
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
from domain.kernel.permissions import Permission
from persistence.kernel.standing import Named, named_by

PERSON, TEAM, UNIT, OTHER = (generate_id() for _ in range(4))
ROW = SimpleNamespace(person_id=PERSON, team_id=TEAM, unit_id=UNIT, nobody_id=None)
PART = SimpleNamespace(whole_id=OTHER, whole=ROW)
PLACE = OwnerAttributes(person="person_id", team="team_id", organization="unit_id")
READ = Permission.GOALS_READ
ALL = Named({PERSON}, {TEAM}, {UNIT})

NAMED: list[tuple[Rule, Named]] = [
    (Manages("person_id"), Named(people={PERSON})),
    (Manages("nobody_id"), Named()),
    (Leads(PLACE), ALL),
    (MemberOf(PLACE), ALL),
    (InGrantedSubtree(PLACE, READ), ALL),
    (Holds(READ, over=PLACE), ALL),
    (MemberOf(OwnerAttributes(person="person_id")), Named(people={PERSON})),
    (MemberOf(OwnerAttributes(team="team_id")), Named(teams={TEAM})),
    (MemberOf(OwnerAttributes(organization="unit_id")), Named(organizations={UNIT})),
    (
        AnyOf((Manages("person_id"), Leads(OwnerAttributes(team="team_id")))),
        Named({PERSON}, {TEAM}),
    ),
    (
        AllOf((Manages("person_id"), Leads(OwnerAttributes(team="team_id")))),
        Named({PERSON}, {TEAM}),
    ),
    (Is("person_id"), Named()),
    (IsOneOf("viewer_ids"), Named()),
    (Has("status", "active"), Named()),
    (HasStarted("starts_on"), Named()),
    (EVERYBODY, Named()),
]


@pytest.mark.parametrize(("rule", "named"), NAMED)
def test_a_word_names(rule: Rule, named: Named) -> None:
    assert named_by([rule], ROW) == named
    assert named_by([InheritedFrom("whole_id", "whole", rule)], PART) == named
    assert bool(named_by([rule], ROW)) == (named != Named())
