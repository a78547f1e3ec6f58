"""The permission table in Markdown, derived from the actions and rules of every concept."""

from collections import defaultdict
from collections.abc import Iterator

from domain.kernel.aggregate import Aggregate
from domain.permission_rules import (
    CONCEPTS,
    AccessRight,
    PermissionRule,
    list_permission_rules,
)
from domain.roles import BUILT_IN_ROLES

LINE_BREAK = "<br>"
"""Markdown tables have no other way to start a new line in a cell."""

_LABELS = {
    AccessRight.SEE: "*see it*",
    AccessRight.SEE_FIELD: "*see its* {}",
    AccessRight.SEE_ENTRIES: "*see its entries* {}",
    AccessRight.SEE_PLANNED: "*see what is planned*",
    AccessRight.SEE_HISTORY: "*see its history*",
    AccessRight.ACT: "{}",
}


def render_permission_table() -> str:
    """Return who may do what as Markdown: a table for each concept, then the built-in roles."""
    lines: list[str] = []
    for concept in CONCEPTS:
        lines += [f"### {concept.NAME.capitalize()}", "", *_render_concept(concept), ""]
    return "\n".join([*lines, "### Built-in roles", "", *_render_roles()]) + "\n"


def _render_concept(concept: type[Aggregate]) -> Iterator[str]:
    yield "| action | who |"
    yield "| --- | --- |"
    grouped = defaultdict(list)
    for each in list_permission_rules(concept):
        grouped[each.rule].append(each)
    for rules in grouped.values():
        labels = LINE_BREAK.join(map(_label, rules))
        yield f"| {labels} | {_describe_alternatives(rules[0])} |"


def _label(rule: PermissionRule) -> str:
    states = f" ({' or '.join(rule.states)})" if rule.states else ""
    return _LABELS[rule.right].format(rule.name) + states


def _describe_alternatives(rule: PermissionRule) -> str:
    alternatives = [
        " **and** ".join(each) or "everyone in the tenant" for each in rule.list_alternatives()
    ]
    return LINE_BREAK.join(alternatives) or "nobody"


def _render_roles() -> Iterator[str]:
    yield "| permission | " + " | ".join(role.key for role in BUILT_IN_ROLES) + " |"
    yield "| --- |" + " --- |" * len(BUILT_IN_ROLES)
    for permission in sorted({each for role in BUILT_IN_ROLES for each in role.permissions}):
        marks = ("●" if permission in role.permissions else "" for role in BUILT_IN_ROLES)
        yield f"| {permission} | " + " | ".join(marks) + " |"
