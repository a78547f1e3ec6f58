"""The permission table: every action and rule of every concept as Markdown, read off the code."""

from collections import defaultdict
from collections.abc import Iterator

from domain.goals import Goal
from domain.kernel.access import (
    EVERYBODY,
    NOBODY,
    AllOf,
    AnyOf,
    Has,
    Holds,
    Is,
    IsOneOf,
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
from domain.roles import BUILT_IN_ROLES, Role
from domain.teams import Team
from domain.tenants import Tenant

CONCEPTS: tuple[type[Aggregate], ...] = (Tenant, Role, Member, Organization, Person, Team, Goal)


def render_permission_table() -> str:
    """Who may do what, and which permissions the built-in roles start with."""
    return "\n".join([*_render_actions(), "", *_render_roles()]) + "\n"


def _render_actions() -> Iterator[str]:
    yield "| concept | may | who |"
    yield "| --- | --- | --- |"
    for concept in CONCEPTS:
        names_by_description = defaultdict(list)
        for name, rule in _list_rules(concept):
            names_by_description[describe_rule(rule)].append(name)
        for description, names in names_by_description.items():
            yield f"| {concept.NAME} | {', '.join(names)} | {description} |"


def _list_rules(concept: type[Aggregate]) -> Iterator[tuple[str, Rule]]:
    yield "*see it*", concept.SEE
    for attribute, rule in concept.GUARDED.items():
        yield f"*see* {attribute}", rule
    if concept.SEE_PLANNED != NOBODY:
        yield "*see what is planned*", concept.SEE_PLANNED
    yield "*see its history*", concept.SEE_HISTORY
    for action in vars(concept).values():
        if isinstance(action, Action):
            states = f" ({' or '.join(action.states)})" if action.states else ""
            yield f"{action.name}{states}", action.rule


def _render_roles() -> Iterator[str]:
    yield "| permission | " + " | ".join(role.key for role in BUILT_IN_ROLES) + " |"
    yield "| --- |" + " --- |" * len(BUILT_IN_ROLES)
    for permission in sorted({each for role in BUILT_IN_ROLES for each in role.permissions}):
        marks = ("●" if permission in role.permissions else "" for role in BUILT_IN_ROLES)
        yield f"| {permission} | " + " | ".join(marks) + " |"


def describe_rule(rule: Rule) -> str:  # noqa: PLR0911 (one case for each word)
    """A rule as a person would say it."""
    match rule:
        case AnyOf(rules):
            return "nobody" if rule == NOBODY else " or ".join(map(describe_rule, rules))
        case AllOf(rules):
            return (
                "everybody"
                if rule == EVERYBODY
                else " and ".join(map(_describe_in_brackets, rules))
            )
        case Is(attribute) | IsOneOf(attribute):
            return "the person" if attribute == "id" else _describe_attribute(attribute)
        case Manages(attribute):
            return f"a manager above {describe_rule(Is(attribute))}"
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


def _describe_attribute(attribute: str) -> str:
    if attribute.endswith("_ids"):
        return f"the named {attribute.removesuffix('_ids')}s"
    return f"the {attribute.removesuffix('_id').replace('_', ' ')}"


def _describe_in_brackets(rule: Rule) -> str:
    return f"({describe_rule(rule)})" if isinstance(rule, AnyOf) else describe_rule(rule)
