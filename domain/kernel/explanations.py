"""Explanations of access decisions, for readers who may not know every fact.

`explain_rule` walks the rule that decides, and asks `is_allowed` about each of its leaves. A leaf
that the reader may not know about has no answer (None), and groups combine answers as Kleene's
three-valued logic does. So an explanation never depends on a fact that is hidden from its reader.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, product
from typing import Any, TypeAlias

from domain.kernel.access import (
    EVERYBODY,
    NOBODY,
    OVER_EVERYONE,
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
    IsAnother,
    IsOneOf,
    Lacks,
    Leads,
    Manages,
    MemberOf,
    Relationships,
    Rule,
    expand_grant,
    is_allowed,
    list_attributes,
)
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.permissions import Permission, Reach
from domain.kernel.rule_sentences import (
    ACCOUNT_SENTENCE,
    AccessRuleKind,
    describe_change,
    describe_group,
    get_rule_kind,
)

MAX_CHANGES = 20
"""Ways to another decision that an explanation lists; those with the fewest conditions first."""
MAX_WAYS = 5 * MAX_CHANGES
"""Ways of a part of a rule that are combined with those of the others: all pairs are too many."""


Ways: TypeAlias = list[frozenset[str]]
"""Ways to another decision, each as all that has to become true."""


@dataclass(frozen=True)
class Explanation:
    """A rule, and whether it holds; None where the reader may not know. `fact` is what is compared.

    `change` says what would make a leaf hold.
    """

    kind: AccessRuleKind
    sentence: str
    holds: bool | None
    fact: str | None = None
    change: str | None = None
    parts: tuple["Explanation", ...] = ()

    def list_changes(self) -> list[str]:
        """List what would make it hold: each entry is enough, and needs all that it names."""
        if self.holds:
            return []
        texts = (" and ".join(sorted(each)) for each in _list_needs(self))
        return list(dict.fromkeys(texts))[:MAX_CHANGES]


def _list_needs(explanation: Explanation) -> Ways:
    """List the ways to make it hold, each as what still has to become true."""
    if explanation.holds:
        return [frozenset()]
    if explanation.change is not None:
        return [frozenset({explanation.change})]
    if explanation.kind is AccessRuleKind.ANY_OF:
        return _select_smallest(chain.from_iterable(map(_list_needs, explanation.parts)))
    if explanation.kind is AccessRuleKind.OTHER_OBJECT:
        ways = chain.from_iterable(map(_list_needs, explanation.parts))
        place = explanation.sentence
        return [frozenset(f"{place}: {need}" for need in each) for each in ways]
    found: Ways = [frozenset()] if explanation.parts else []
    for part in explanation.parts:
        pairs = product(found[:MAX_WAYS], _list_needs(part)[:MAX_WAYS])
        found = _select_smallest(first | second for first, second in pairs)
    return found


def _select_smallest(ways: Iterable[frozenset[str]]) -> Ways:
    """Return the ways that contain no other one, those with the fewest conditions first."""
    found: Ways = []
    for each in sorted(dict.fromkeys(ways), key=len):
        if not any(known <= each for known in found):
            found.append(each)
    return found


@dataclass(frozen=True)
class Reader:
    """Who reads an explanation of what a person may do, and what they may know of the facts.

    They see the object, and the account of the person with its roles. `relationships` are those
    that the rules of seeing its parents need.
    """

    actor: Actor
    relationships: Relationships
    is_the_person: bool

    def may_know(self, rule: Rule, subject: Any) -> bool:
        """Return whether the reader may know if a leaf of a rule holds for this object.

        Whatever nobody declared as a fact that everyone knows who sees the object is hidden.
        """
        is_open = list_attributes(rule) <= {"id", *subject.KNOWN_FACTS}
        match rule:
            case Is() | IsAccount() | IsAnother() | IsOneOf():
                return is_open or self.is_the_person
            case Manages() | Leads() | MemberOf() | InGrantedSubtree():
                return is_open and (self.is_the_person or self._reads_directory())
            case Has() | Lacks() | HasStarted():
                return is_open
            case InheritedFrom(_, parent):
                return is_open and self._may_see(getattr(subject, parent))
            case _:
                return True

    def _may_see(self, parent: Any) -> bool:
        """Return whether the reader sees a parent; that there is none is an open fact."""
        return parent is None or is_allowed(parent.SEE, self.actor, parent, self.relationships)

    def _reads_directory(self) -> bool:
        """Return whether the reader sees everyone, and so all lines, teams and units of today."""
        return OVER_EVERYONE in self.actor.get_reaches(Permission.DIRECTORY_READ)


@dataclass(frozen=True)
class _Explainer:
    """The explanation of rules for one person to one reader."""

    actor: Actor
    relationships: Relationships
    reader: Reader

    def explain(self, rule: Rule, subject: Any) -> Explanation:
        """Return the explanation of a rule for an object."""
        kind, sentence = get_rule_kind(rule), describe_group(rule, type(subject).SEE)
        match rule:
            case AnyOf(rules) | AllOf(rules):
                parts = tuple(self.explain(each, subject) for each in rules)
                return Explanation(kind, sentence, _combine(kind, parts), parts=parts)
            case Holds():
                return self._explain_grant(rule, subject, sentence)
            case InheritedFrom():
                return self._explain_inherited(rule, subject, sentence)
            case _:
                change = describe_change(kind, rule)
                if not self.reader.may_know(rule, subject):
                    return Explanation(kind, sentence, None, change=change)
                holds = is_allowed(rule, self.actor, subject, self.relationships)
                return Explanation(kind, sentence, holds, _find_fact(rule, subject), change)

    def _explain_grant(self, rule: Holds, subject: Any, sentence: str) -> Explanation:
        """Return what a person's grants of a permission cover of an object."""
        reaches = self.actor.get_reaches(rule.permission)
        covered = expand_grant(rule, reaches)
        kind = AccessRuleKind.PERMISSION
        fact, change = _describe_reaches(reaches), describe_change(kind, rule)
        if any(each.permission is rule.permission for each in self.actor.temporary_grants):
            fact += ", in part by a role that ends"
        if covered in (EVERYBODY, NOBODY):
            return Explanation(
                AccessRuleKind.PERMISSION, sentence, covered == EVERYBODY, fact, change
            )
        inner = self.explain(covered, subject)
        return Explanation(
            AccessRuleKind.PERMISSION, sentence, inner.holds, fact, change, inner.parts
        )

    def _explain_inherited(self, rule: InheritedFrom, subject: Any, sentence: str) -> Explanation:
        parent = getattr(subject, rule.parent)
        if not self.reader.may_know(rule, subject):
            return Explanation(AccessRuleKind.OTHER_OBJECT, sentence, None, change=sentence)
        if parent is None:
            return Explanation(AccessRuleKind.OTHER_OBJECT, sentence, holds=False)
        inner = self.explain(rule.rule, parent)
        return Explanation(AccessRuleKind.OTHER_OBJECT, sentence, inner.holds, parts=(inner,))


@dataclass(frozen=True)
class AccessExplanation:
    """Whether a person may do something, as far as the reader may know, and why."""

    is_allowed: bool | None
    explanation: Explanation

    def list_changes(self) -> list[str]:
        """List what would let the person do it; nothing where they may."""
        return [] if self.is_allowed else self.explanation.list_changes()


def build_whole_rule(kind: type[Aggregate], to: Action) -> Rule:
    """Return the rule of all that an action needs: to see the object, its rule and its states."""
    rules = dict.fromkeys((kind.SEE, to.rule))
    states = (Has(to.state_attribute, *to.states),) if to.states else ()
    return AllOf((*rules, *states))


def explain_rule(
    rule: Rule, actor: Actor, subject: Any, relationships: Relationships, reader: Reader
) -> Explanation:
    """Return why a rule holds for an actor and an object, as far as the reader may know."""
    return _Explainer(actor, relationships, reader).explain(rule, subject)


def explain_missing_account() -> Explanation:
    """Return the explanation for a person who cannot sign in, and so may not do anything."""
    return Explanation(
        AccessRuleKind.ACCOUNT, ACCOUNT_SENTENCE, holds=False, change=ACCOUNT_SENTENCE
    )


def _combine(kind: AccessRuleKind, parts: tuple[Explanation, ...]) -> bool | None:
    """Return what a group amounts to: its decisive answer, or None where one may be hidden."""
    decisive = kind is AccessRuleKind.ANY_OF
    answers = {each.holds for each in parts}
    if decisive in answers:
        return decisive
    return None if None in answers else not decisive


def _find_fact(rule: Rule, subject: Any) -> str | None:
    """Return the value that a rule compares, as text."""
    match rule:
        case Has(attribute) | HasStarted(attribute) | Lacks(attribute):
            value = getattr(subject, attribute)
            return None if value is None else str(value)
        case _:
            return None


def _describe_reaches(reaches: frozenset[Reach]) -> str:
    """Describe whom a person's grants of a permission cover."""
    if not reaches:
        return "no role grants it"
    limited = " within an organization"
    texts = {f"{each.population}{limited * each.is_limited}" for each in reaches}
    return f"granted over {', '.join(sorted(texts)).replace('_', ' ')}"
