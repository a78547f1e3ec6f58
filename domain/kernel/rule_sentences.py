"""The kind and the sentence of each access rule, for permission tables and explanations.

This is the only place that puts rules into words.
"""

from enum import StrEnum

from domain.kernel.access import (
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
    Rule,
)
from domain.kernel.aggregate import Aggregate, Part, find_kind, get_part_kind
from domain.kernel.permissions import Population


class AccessRuleKind(StrEnum):
    """The kind of an access rule."""

    ANY_OF = "any_of"
    ALL_OF = "all_of"
    PERSON = "person"
    OWN_ACCOUNT = "own_account"
    OTHER_PERSON = "other_person"
    LISTED_PERSON = "listed_person"
    MANAGER = "manager"
    LEAD = "lead"
    UNIT_MEMBER = "unit_member"
    PERMISSION = "permission"
    SUBTREE = "subtree"
    NAMED_BY_GRANT = "named_by_grant"
    VALUE = "value"
    NO_VALUE = "no_value"
    DAY_HAS_COME = "day_has_come"
    OTHER_OBJECT = "other_object"
    ACCOUNT = "account"


_KINDS: dict[type[Rule], AccessRuleKind] = {
    AnyOf: AccessRuleKind.ANY_OF,
    AllOf: AccessRuleKind.ALL_OF,
    Is: AccessRuleKind.PERSON,
    IsAccount: AccessRuleKind.OWN_ACCOUNT,
    IsAnother: AccessRuleKind.OTHER_PERSON,
    IsOneOf: AccessRuleKind.LISTED_PERSON,
    Manages: AccessRuleKind.MANAGER,
    Leads: AccessRuleKind.LEAD,
    MemberOf: AccessRuleKind.UNIT_MEMBER,
    Holds: AccessRuleKind.PERMISSION,
    InGrantedSubtree: AccessRuleKind.SUBTREE,
    IsNamedByGrant: AccessRuleKind.NAMED_BY_GRANT,
    Has: AccessRuleKind.VALUE,
    Lacks: AccessRuleKind.NO_VALUE,
    HasStarted: AccessRuleKind.DAY_HAS_COME,
    InheritedFrom: AccessRuleKind.OTHER_OBJECT,
}

ACCOUNT_SENTENCE = "an active account of a person who has not left"

_ROLES_OF_THE_PERSON = frozenset(
    {
        AccessRuleKind.PERSON,
        AccessRuleKind.OWN_ACCOUNT,
        AccessRuleKind.OTHER_PERSON,
        AccessRuleKind.LISTED_PERSON,
        AccessRuleKind.MANAGER,
        AccessRuleKind.LEAD,
        AccessRuleKind.UNIT_MEMBER,
    }
)
"""Kinds whose sentence says what a person is to the object."""


def get_rule_kind(rule: Rule) -> AccessRuleKind:
    """Return the kind of a rule. Raises KeyError for a rule that is not in the vocabulary."""
    return _KINDS[type(rule)]


def describe_condition(rule: Rule) -> str:  # noqa: C901, PLR0911, PLR0912 (one case for each word)
    """Describe a rule in words. Of a group of alternatives it says that seeing is one of them."""
    match rule:
        case AnyOf():
            return "may see it"  # the only alternatives that are not expanded
        case Is("id"):
            return "the person"
        case Is(attribute):
            return f"the {_humanize(attribute)}"
        case IsAccount(attribute):
            return f"the account that is the {_humanize(attribute)}"
        case IsAnother(attribute):
            return f"not the {_humanize(attribute)}"
        case IsOneOf(attribute):
            return f"one of the {_humanize(attribute)}s"
        case Manages(attribute):
            return f"a manager above {describe_condition(Is(attribute))}"
        case Leads():
            return "a lead of the team or of a team above it"
        case MemberOf():
            return "a person in the organization or below it"
        case Has(attribute, values):
            return f"{_humanize(attribute)} is {' or '.join(values)}"
        case HasStarted(attribute):
            return f"the day {_humanize(attribute)} has come"
        case Lacks(attribute):
            return f"it has no {_humanize(attribute)}"
        case Holds(permission):
            return f"`{permission}`"
        case InheritedFrom(_, parent, inner):
            kind = find_kind(parent) or get_part_kind(parent)
            if name := _name_rule(kind, inner):
                return f"may {name} the {_humanize(parent)}"
            return f"for the {_humanize(parent)}: {describe_alternative(inner)}"
        case InGrantedSubtree(_, permission):
            return f"in an organization to which a role limits `{permission}`"
        case IsNamedByGrant(permission):
            return f"named by a grant of `{permission}`"
        case _:
            raise TypeError(f"{rule!r} has no description. Add a case.")


def describe_alternative(rule: Rule, *, is_nested: bool = False) -> str:
    """Describe a rule in one line, with groups inside of groups in parentheses."""
    match rule:
        case AllOf(()):
            return "everyone in the tenant"
        case AnyOf(rules) | AllOf(rules):
            word = " or " if isinstance(rule, AnyOf) else " and "
            text = word.join(describe_alternative(each, is_nested=True) for each in rules)
            return f"({text})" if is_nested and len(rules) > 1 else text
        case _:
            return describe_condition(rule)


def describe_group(rule: Rule, see: Rule) -> str:
    """Describe a rule as `describe_condition` does, and groups of rules by how they combine."""
    match rule:
        case AnyOf(()):
            return "nobody"
        case AllOf(()):
            return "everyone in the tenant"
        case AnyOf() | AllOf() if rule == see:
            return "may see it"
        case AnyOf():
            return "at least one of these"
        case AllOf():
            return "all of these"
        case _:
            return describe_condition(rule)


def describe_change(kind: AccessRuleKind, rule: Rule) -> str:
    """Describe what would make a rule hold, as an instruction."""
    sentence = describe_condition(rule)
    if kind is AccessRuleKind.OTHER_PERSON:
        return f"be somebody else: {sentence}"
    if kind in _ROLES_OF_THE_PERSON:
        return f"be {sentence}"
    return _describe_grant(rule) if isinstance(rule, Holds) else sentence


def _describe_grant(rule: Holds) -> str:
    """Describe the grants that would cover the object."""
    owner, places = rule.over, ["everyone"]
    if owner.person or owner.team or owner.organization:
        places.append("an organization that contains it")
    if owner.person or owner.team:
        places.append("the teams that the person leads, if it belongs to one")
    if owner.person:
        places.append("the reporting chain, if it belongs to somebody below the person")
    if rule.by_id:
        places.append(f"it alone, by the population `{Population.KPI}`")
    where = "any population" if rule.anywhere else ", or ".join(places)
    return f"hold a role with `{rule.permission}` over {where}"


def _name_rule(concept: type[Aggregate | Part], rule: Rule) -> str | None:
    """Return what a rule of a concept allows, such as to see or to edit it, or None."""
    if rule == concept.SEE or not issubclass(concept, Aggregate):
        return "see"
    return next((each.name for each in concept.ACTIONS if each.rule == rule), None)


def _humanize(attribute: str) -> str:
    return attribute.removesuffix("_ids").removesuffix("_id").replace("_", " ")
