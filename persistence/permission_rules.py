"""The read models of permissions: rules of the program, which every statement gets as a constant.

The grants beside a rule are those of the tenant's roles.
"""

import json
from typing import Any

from sqlalchemy import FromClause, Integer, Text, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB

from domain.kernel.fields import to_camel_case
from domain.kernel.permissions import Permission
from domain.kernel.rule_sentences import AccessRuleKind
from domain.permission_rules import (
    CONCEPTS,
    AccessRight,
    PermissionRule,
    RuleStep,
    list_permission_rules,
)
from persistence.kernel.schema.tables import EnumText
from persistence.kernel.sql_literals import Columns, literal_text, unpack_rows
from persistence.kernel.wire_format import from_enum_name, to_enum_name
from persistence.members import ROLE_GRANT
from persistence.reading.read_model import ROOT, FieldContext, ReadModel, Row

RULE_COLUMNS: Columns = {
    "entity": Text(),
    "right": EnumText(AccessRight),
    "name": Text(),
    "who": JSONB(),
    "states": JSONB(),
    "permissions": JSONB(),
}
STEP_COLUMNS: Columns = {
    "depth": Integer(),
    "kind": EnumText(AccessRuleKind),
    "sentence": Text(),
    "permission": EnumText(Permission),
}


EVERYONE = "everyone in the tenant"


def _describe_rule(rule: PermissionRule) -> dict[str, Any]:
    """Return what is shown of a rule, by its name in the graph."""
    return {
        "entity": rule.concept.NAME,
        "right": rule.right,
        "name": _name_right(rule),
        "who": [
            " and ".join(each) or "everyone in the tenant" for each in rule.list_alternatives()
        ],
        "states": list(map(to_enum_name, rule.states)),
        "permissions": list(map(to_enum_name, rule.list_permissions())),
        "granted": rule.list_permissions(),
        "conditions": list(map(_describe_step, rule.list_steps())),
    }


def _name_right(rule: PermissionRule) -> str | None:
    """Return the name of an action or event as its enum has it, or that of a field."""
    if rule.right is AccessRight.SEE_FIELD:
        return to_camel_case(rule.name)
    return to_enum_name(rule.name) if rule.name else None


def _describe_step(step: RuleStep) -> dict[str, Any]:
    return {name: getattr(step, name) for name in STEP_COLUMNS}


def _list_rules() -> list[dict[str, Any]]:
    return [_describe_rule(each) for kind in CONCEPTS for each in list_permission_rules(kind)]


RULES = literal_text(json.dumps(_list_rules()))


def _select_rules(_: Row, context: FieldContext) -> FromClause:
    """Return the rules of the requested type of object."""
    rows = unpack_rows(cast(RULES, JSONB), RULE_COLUMNS, "granted", "conditions")
    found = select(rows)
    if context.has_argument("entity"):
        found = found.where(rows.c.entity == context.bind_text("entity", parse=from_enum_name))
    return found.subquery()


PERMISSION_RULE = ReadModel("PermissionRule", None)
PERMISSION_CONDITION = ReadModel("PermissionCondition", None)
for model, columns in (
    (PERMISSION_RULE, RULE_COLUMNS),
    (PERMISSION_CONDITION, STEP_COLUMNS),
):
    for name in columns:
        model.value(name)
PERMISSION_RULE.value("entity", lambda row, _: func.upper(row.c.entity, type_=Text))
PERMISSION_RULE.computed_list(
    "conditions",
    PERMISSION_CONDITION,
    lambda row, _: unpack_rows(row.c.conditions, STEP_COLUMNS),
)
PERMISSION_RULE.list_of(
    "grants",
    ROLE_GRANT,
    lambda row, grant, _: row.c.granted.has_key(cast(grant.c.permission, Text)),
    inherits_visibility=False,
)
ROOT.computed_list("permission_matrix", PERMISSION_RULE, _select_rules)
