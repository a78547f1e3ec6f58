"""Simplification of an access rule for one caller.

All that the caller's known facts decide is decided here, so that a row is compared only with what
is left.
"""

from collections.abc import Iterable, Mapping

from domain.kernel.access import (
    EVERYBODY,
    NOBODY,
    AllOf,
    AnyOf,
    Has,
    HasStarted,
    Holds,
    InGrantedSubtree,
    InheritedFrom,
    Is,
    IsAccount,
    IsAnother,
    IsNamedByGrant,
    IsOneOf,
    Lacks,
    Leads,
    Manages,
    MemberOf,
    OwnerAttributes,
    Rule,
    expand_grant,
)
from persistence.access.actor_facts import KnownFacts

DecidedRules = Mapping[Rule, bool]
"""Rules whose result is known where another rule is evaluated."""

COST: Mapping[type[Rule], int] = {
    Has: 1,
    HasStarted: 1,
    Lacks: 1,
    Is: 2,
    IsAccount: 2,
    IsAnother: 2,
    IsNamedByGrant: 3,
    MemberOf: 4,
    IsOneOf: 8,
    Manages: 8,
    InGrantedSubtree: 8,
    Leads: 10,
    InheritedFrom: 20,
}
"""The estimated cost of a rule for one row, in comparisons. Cheap rules are evaluated first.

`Has` comes before `Is`, because few rows name the actor.
"""


def simplify(rule: Rule, facts: KnownFacts) -> Rule:
    """Return the rule with expanded grants, without repetitions, the cheap alternatives first."""
    return _apply_decided(_expand_grants(rule, facts), {})


def _expand_grants(rule: Rule, facts: KnownFacts) -> Rule:  # noqa: PLR0911 - one case per kind of rule
    match rule:
        case Holds(permission):
            return _expand_grants(expand_grant(rule, facts.reaches(permission)), facts)
        case AnyOf(rules):
            return _combine(AnyOf, rules, facts, neutral=NOBODY, absorbing=EVERYBODY)
        case AllOf(rules):
            return _combine(AllOf, rules, facts, neutral=EVERYBODY, absorbing=NOBODY)
        case MemberOf(OwnerAttributes(None, None, None)) | InGrantedSubtree(
            OwnerAttributes(None, None, None)
        ):
            return NOBODY
        case Leads(OwnerAttributes(person=None, team=None)):
            return NOBODY
        case Leads():
            return rule if facts.leads() else NOBODY
        case Manages():
            return rule if facts.manages() else NOBODY
        case InheritedFrom(attribute, parent, inner):
            simplified = simplify(inner, facts)
            return (
                simplified
                if simplified in (EVERYBODY, NOBODY)
                else InheritedFrom(attribute, parent, simplified)
            )
        case _:
            return rule


def _combine(
    kind: type[AnyOf] | type[AllOf],
    rules: Iterable[Rule],
    facts: KnownFacts,
    *,
    neutral: Rule,
    absorbing: Rule,
) -> Rule:
    flat: dict[Rule, None] = {}
    for each in (_expand_grants(rule, facts) for rule in rules):
        if each == absorbing:
            return absorbing
        for inner in each.rules if isinstance(each, kind) else (each,):
            flat[inner] = None
    if len(flat) == 1:
        return next(iter(flat))
    return kind(tuple(sorted(flat, key=_estimate_cost))) if flat else neutral


def _apply_decided(rule: Rule, decided: DecidedRules) -> Rule:
    """Return the rule without the parts that other rules have decided.

    An alternative is evaluated only where those before it are false, a condition only where those
    before it are true. No rule negates what may be null, so null counts as false
    everywhere.
    """
    if rule in decided:
        return EVERYBODY if decided[rule] else NOBODY
    match rule:
        case AnyOf(rules) | AllOf(rules):
            return _drop_implied(type(rule), rules, decided)
        case Has(attribute, values):
            return _remaining_values(attribute, values, decided)
        case _:
            return rule


def _drop_implied(
    kind: type[AnyOf] | type[AllOf], rules: Iterable[Rule], decided: DecidedRules
) -> Rule:
    neutral, absorbing = (EVERYBODY, NOBODY) if kind is AllOf else (NOBODY, EVERYBODY)
    remaining: list[Rule] = []
    for each in rules:
        simplified = _apply_decided(each, {**decided, **dict.fromkeys(remaining, kind is AllOf)})
        if simplified == absorbing:
            return absorbing
        if simplified != neutral:
            remaining.append(simplified)
    return remaining[0] if len(remaining) == 1 else kind(tuple(remaining))


def _remaining_values(attribute: str, values: tuple[str, ...], decided: DecidedRules) -> Rule:
    """Return the rule with the values that are not decided yet."""
    possible = list(values)
    for rule, holds in decided.items():
        if isinstance(rule, Has) and rule.attribute == attribute:
            if holds and set(rule.values) <= set(possible):
                return EVERYBODY
            possible = [each for each in possible if (each in rule.values) is holds]
    return Has(attribute, *possible) if possible else NOBODY


def _estimate_cost(rule: Rule) -> int:
    """Return the cost: of an AllOf that of all its rules, of an AnyOf that of the cheapest."""
    match rule:
        case AllOf(rules):
            return sum(map(_estimate_cost, rules))
        case AnyOf(rules):
            return min(map(_estimate_cost, rules))
        case _:
            return COST[type(rule)]
