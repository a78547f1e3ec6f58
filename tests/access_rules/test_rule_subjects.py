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
from persistence.access.relationships import Subjects, collect_subjects

PERSON, TEAM, UNIT, OTHER = (generate_id() for _ in range(4))
ROW = SimpleNamespace(person_id=PERSON, team_id=TEAM, unit_id=UNIT, nobody_id=None)
PART = SimpleNamespace(whole_id=OTHER, whole=ROW)
PLACE = OwnerAttributes(person="person_id", team="team_id", organization="unit_id")
READ = Permission.GOALS_READ
ALL = Subjects({PERSON}, {TEAM}, {UNIT})

NAMED: list[tuple[Rule, Subjects]] = [
    (Manages("person_id"), Subjects(people={PERSON})),
    (Manages("nobody_id"), Subjects()),
    (Leads(PLACE), ALL),
    (MemberOf(PLACE), ALL),
    (InGrantedSubtree(PLACE, READ), ALL),
    (Holds(READ, over=PLACE), ALL),
    (MemberOf(OwnerAttributes(person="person_id")), Subjects(people={PERSON})),
    (MemberOf(OwnerAttributes(team="team_id")), Subjects(teams={TEAM})),
    (MemberOf(OwnerAttributes(organization="unit_id")), Subjects(organizations={UNIT})),
    (
        AnyOf((Manages("person_id"), Leads(OwnerAttributes(team="team_id")))),
        Subjects({PERSON}, {TEAM}),
    ),
    (
        AllOf((Manages("person_id"), Leads(OwnerAttributes(team="team_id")))),
        Subjects({PERSON}, {TEAM}),
    ),
    (Is("person_id"), Subjects()),
    (IsOneOf("viewer_ids"), Subjects()),
    (Has("status", "active"), Subjects()),
    (HasStarted("starts_on"), Subjects()),
    (EVERYBODY, Subjects()),
]


@pytest.mark.parametrize(("rule", "named"), NAMED)
def test_a_word_names(rule: Rule, named: Subjects) -> None:
    assert collect_subjects([rule], ROW) == named
    assert collect_subjects([InheritedFrom("whole_id", "whole", rule)], PART) == named
    assert bool(collect_subjects([rule], ROW)) == (named != Subjects())
