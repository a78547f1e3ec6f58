"""Rules that a grant over everybody decides, without a look at the object."""

from datetime import date

import pytest

from domain.kernel.access import (
    EVERYBODY,
    NOBODY,
    Actor,
    Grant,
    Has,
    Holds,
    Is,
    OwnerAttributes,
    Rule,
    is_allowed,
)
from domain.kernel.identity import TenantId, generate_id
from domain.kernel.permissions import Permission, Population
from persistence.unit_of_work.granted_rules import GrantedRules
from persistence.unit_of_work.work import NO_RELATIONSHIPS

EDIT = Holds(Permission.PEOPLE_MANAGE, OwnerAttributes(person="id"))
HIRE = Holds(Permission.EMPLOYMENT_MANAGE, OwnerAttributes(person="id"))
ANYWHERE = Holds(Permission.PEOPLE_MANAGE, OwnerAttributes(person="id"), anywhere=True)


def an_actor_over(population: Population) -> Actor:
    """Return somebody who may edit the people of a population."""
    grants = frozenset({Grant(Permission.PEOPLE_MANAGE, population)})
    return Actor(TenantId(generate_id()), date(2026, 6, 1), grants=grants)


@pytest.mark.parametrize(
    ("rule", "is_granted"),
    [
        (EDIT, True),
        (EDIT | HIRE, True),
        (EDIT & HIRE, False),
        (EDIT & Has("status", "open"), False),
        (Is("id"), False),
        (EVERYBODY, True),
        (NOBODY, False),
    ],
)
def test_a_grant_over_everybody_decides_what_asks_for_nothing_else(
    *, rule: Rule, is_granted: bool
) -> None:
    actor = an_actor_over(Population.EVERYONE)

    assert GrantedRules().has(actor, rule) is is_granted
    if is_granted:  # then no object is looked at
        assert is_allowed(rule, actor, None, NO_RELATIONSHIPS)


def test_a_grant_over_some_people_decides_only_what_it_gives_anywhere() -> None:
    actor, rules = an_actor_over(Population.REPORTING_CHAIN), GrantedRules()

    assert [rules.has(actor, each) for each in (EDIT, ANYWHERE, EDIT)] == [False, True, False]


def test_another_actor_is_asked_anew() -> None:
    rules = GrantedRules()

    assert rules.has(an_actor_over(Population.EVERYONE), EDIT)
    assert not rules.has(an_actor_over(Population.SELF), EDIT)
