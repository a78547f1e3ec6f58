"""The permission table: every action and rule of every concept as Markdown, read off the code."""

from collections import defaultdict
from collections.abc import Iterator

from domain.goals import Goal
from domain.kernel.access import (
    EVERYBODY,
    NOBODY,
    AllOf,
    Among,
    AnyOf,
    Has,
    Holds,
    Is,
    Leads,
    Manages,
    MemberOf,
    Rule,
)
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.members import Member
from domain.organizations import Organization
from domain.people import Person
from domain.roles import BUILT_IN, Role
from domain.teams import Team
from domain.tenants import Tenant

CONCEPTS: tuple[type[Aggregate], ...] = (Tenant, Role, Member, Organization, Person, Team, Goal)


def permission_table() -> str:
    """Who may do what, and which permissions the built-in roles start with."""
    return "\n".join([*_actions(), "", *_roles()]) + "\n"


def _actions() -> Iterator[str]:
    yield "| concept | may | who |"
    yield "| --- | --- | --- |"
    for concept in CONCEPTS:
        together = defaultdict(list)
        for name, rule in _rules(concept):
            together[words(rule)].append(name)
        for who, names in together.items():
            yield f"| {concept.NAME} | {', '.join(names)} | {who} |"


def _rules(concept: type[Aggregate]) -> Iterator[tuple[str, Rule]]:
    yield "*see it*", concept.SEE
    for attribute, rule in concept.GUARDED.items():
        yield f"*see* {attribute}", rule
    if concept.PLANS != NOBODY:
        yield "*see what is planned*", concept.PLANS
    yield "*see its history*", concept.HISTORY
    for action in vars(concept).values():
        if isinstance(action, Action):
            states = f" ({' or '.join(action.states)})" if action.states else ""
            yield f"{action.name}{states}", action.rule


def _roles() -> Iterator[str]:
    yield "| permission | " + " | ".join(role.key for role in BUILT_IN) + " |"
    yield "| --- |" + " --- |" * len(BUILT_IN)
    for permission in sorted({each for role in BUILT_IN for each in role.permissions}):
        held = ("●" if permission in role.permissions else "" for role in BUILT_IN)
        yield f"| {permission} | " + " | ".join(held) + " |"


def words(rule: Rule) -> str:  # noqa: PLR0911 (one case for each word)
    """A rule as a person would say it."""
    match rule:
        case AnyOf(rules):
            return "nobody" if rule == NOBODY else " or ".join(map(words, rules))
        case AllOf(rules):
            return "everybody" if rule == EVERYBODY else " and ".join(map(_bracketed, rules))
        case Is(attribute) | Among(attribute):
            return "the person" if attribute == "id" else _name(attribute)
        case Manages(attribute):
            return f"a manager above {words(Is(attribute))}"
        case Leads():
            return "a lead of the team or above it"
        case MemberOf():
            return "those in the organization"
        case Has(attribute, values):
            return f"{attribute} is {' or '.join(values)}"
        case Holds(permission):
            return f"`{permission}`"
        case _:
            raise TypeError(f"{rule!r} has no words yet.")


def _name(attribute: str) -> str:
    if attribute.endswith("_ids"):
        return f"the named {attribute.removesuffix('_ids')}s"
    return f"the {attribute.removesuffix('_id').replace('_', ' ')}"


def _bracketed(rule: Rule) -> str:
    return f"({words(rule)})" if isinstance(rule, AnyOf) else words(rule)
