"""The permissions of the program, as rows of the oracle."""

from typing import Any

from domain.kernel.fields import to_camel_case
from domain.permission_rules import (
    CONCEPTS,
    AccessRight,
    PermissionRule,
    RuleStep,
    list_permission_rules,
)

TypedRow = tuple[str, dict[str, Any]]
KINDS = ("PermissionRule", "PermissionCondition")


def list_rules(_: Any, __: Any, entity: str | None = None) -> list[TypedRow]:
    """Return the rules of a type of object, or of all."""
    return [
        _describe(each)
        for kind in CONCEPTS
        for each in list_permission_rules(kind)
        if entity in (None, kind.NAME)
    ]


def _describe(rule: PermissionRule) -> TypedRow:
    name: str | None = rule.name.upper() or None
    if rule.right is AccessRight.SEE_FIELD:
        name = to_camel_case(rule.name)
    needed = rule.list_permissions()
    return "PermissionRule", {
        "entity": rule.concept.NAME,
        "right": rule.right,
        "name": name,
        "who": [
            " and ".join(each) or "everyone in the tenant" for each in rule.list_alternatives()
        ],
        "states": [each.upper() for each in rule.states],
        "permissions": [each.replace(":", "_") for each in needed],
        "needed": needed,
        "conditions": [_describe_step(each) for each in rule.list_steps()],
    }


def _describe_step(step: RuleStep) -> TypedRow:
    permission = step.permission and step.permission.replace(":", "_")
    return "PermissionCondition", {**vars(step), "permission": permission}
