"""Plain rules: what a rule comes to for one caller, in as few words as will do.

Whatever the caller's grants decide is decided here, so that a row is asked only what is left.
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
    IsOneOf,
    Leads,
    Manages,
    MemberOf,
    OwnerAttributes,
    Rule,
    expand_grant,
)
from persistence.kernel.facts import Facts

Known = Mapping[Rule, bool]
"""Words that are answered already where a rule is asked."""

COST: Mapping[type[Rule], int] = {
    Has: 1,
    HasStarted: 1,
    Is: 2,
    MemberOf: 4,
    IsOneOf: 8,
    Manages: 8,
    InGrantedSubtree: 8,
    Leads: 10,
    InheritedFrom: 20,
}
"""What asking a row costs, in comparisons; the cheap is asked first.

What a row is comes before whom it names, for hardly any names the actor.
"""


def plain(rule: Rule, facts: Facts) -> Rule:
    """The rule with grants spelled out, nothing asked twice, and the cheap alternatives first."""
    return _shortened(_spelled(rule, facts), {})


def _spelled(rule: Rule, facts: Facts) -> Rule:  # noqa: PLR0911 - one for each word
    match rule:
        case Holds(permission):
            return _spelled(expand_grant(rule, facts.populations(permission)), facts)
        case AnyOf(rules):
            return _together(AnyOf, rules, facts, unit=NOBODY, absorbing=EVERYBODY)
        case AllOf(rules):
            return _together(AllOf, rules, facts, unit=EVERYBODY, absorbing=NOBODY)
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
        case InheritedFrom(attribute, whole, inner):
            reached = plain(inner, facts)
            return (
                reached
                if reached in (EVERYBODY, NOBODY)
                else InheritedFrom(attribute, whole, reached)
            )
        case _:
            return rule


def _together(
    kind: type[AnyOf] | type[AllOf],
    rules: Iterable[Rule],
    facts: Facts,
    *,
    unit: Rule,
    absorbing: Rule,
) -> Rule:
    flat: dict[Rule, None] = {}
    for each in (_spelled(rule, facts) for rule in rules):
        if each == absorbing:
            return absorbing
        for word in each.rules if isinstance(each, kind) else (each,):
            flat[word] = None
    if len(flat) == 1:
        return next(iter(flat))
    return kind(tuple(sorted(flat, key=_cost))) if flat else unit


def _shortened(rule: Rule, known: Known) -> Rule:
    """The same without what the words beside it answer already.

    An alternative is asked only where those before it do not hold, and a condition only where
    those before it do. (No word says "not", so that nulls cannot tell the two apart.)
    """
    if rule in known:
        return EVERYBODY if known[rule] else NOBODY
    match rule:
        case AnyOf(rules) | AllOf(rules):
            return _told_once(type(rule), rules, known)
        case Has(attribute, values):
            return _narrowed(attribute, values, known)
        case _:
            return rule


def _told_once(kind: type[AnyOf] | type[AllOf], rules: Iterable[Rule], known: Known) -> Rule:
    needless, decisive = (EVERYBODY, NOBODY) if kind is AllOf else (NOBODY, EVERYBODY)
    left: list[Rule] = []
    for each in rules:
        short = _shortened(each, {**known, **dict.fromkeys(left, kind is AllOf)})
        if short == decisive:
            return decisive
        if short != needless:
            left.append(short)
    return left[0] if len(left) == 1 else kind(tuple(left))


def _narrowed(attribute: str, values: tuple[str, ...], known: Known) -> Rule:
    """Which of the values are still in question."""
    possible = list(values)
    for word, holds in known.items():
        if isinstance(word, Has) and word.attribute == attribute:
            if holds and set(word.values) <= set(possible):
                return EVERYBODY
            possible = [each for each in possible if (each in word.values) is holds]
    return Has(attribute, *possible) if possible else NOBODY


def _cost(rule: Rule) -> int:
    """All parts of an AllOf may have to be asked; of an AnyOf, often only the first."""
    match rule:
        case AllOf(rules):
            return sum(map(_cost, rules))
        case AnyOf(rules):
            return min(map(_cost, rules))
        case _:
            return COST[type(rule)]
