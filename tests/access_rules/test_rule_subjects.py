"""The subjects that each access rule needs to have loaded."""

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
from domain.kernel.permissions import Permission
from persistence.access.relationships import Subjects, collect_subjects

PERSON, TEAM, UNIT, OTHER = (generate_id() for _ in range(4))
ROW = SimpleNamespace(person_id=PERSON, team_id=TEAM, unit_id=UNIT, nobody_id=None)
PART_ROW = SimpleNamespace(whole_id=OTHER, whole=ROW)
OWNER_ATTRIBUTES = OwnerAttributes(person="person_id", team="team_id", organization="unit_id")
READ = Permission.GOALS_READ
ALL_SUBJECTS = Subjects({PERSON}, {TEAM}, {UNIT})

CASES: list[tuple[Rule, Subjects]] = [
    (Manages("person_id"), Subjects(people={PERSON})),
    (Manages("nobody_id"), Subjects()),
    (Leads(OWNER_ATTRIBUTES), ALL_SUBJECTS),
    (MemberOf(OWNER_ATTRIBUTES), ALL_SUBJECTS),
    (InGrantedSubtree(OWNER_ATTRIBUTES, READ), ALL_SUBJECTS),
    (Holds(READ, over=OWNER_ATTRIBUTES), ALL_SUBJECTS),
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
    (IsAccount("owner_id"), Subjects()),
    (IsOneOf("viewer_ids"), Subjects()),
    (IsNamedByGrant(READ), Subjects()),
    (Has("status", "active"), Subjects()),
    (HasStarted("starts_on"), Subjects()),
    (Lacks("ends_on"), Subjects()),
    (EVERYBODY, Subjects()),
]


@pytest.mark.parametrize(("rule", "named"), CASES)
def test_a_rule_names_its_subjects(rule: Rule, named: Subjects) -> None:
    assert collect_subjects([rule], ROW) == named
    assert collect_subjects([InheritedFrom("whole_id", "whole", rule)], PART_ROW) == named
    assert bool(collect_subjects([rule], ROW)) == (named != Subjects())
