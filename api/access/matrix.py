"""All permissions as data: the rules of the program, and the grants of the tenant's roles."""

from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from api.access.actions import AccessRight, AccessRuleKind
from api.kernel.schema.declarations import argument, list_of, part, queries, value
from domain.kernel.permissions import Permission
from persistence.permission_rules import PERMISSION_CONDITION, PERMISSION_RULE
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.roles import RoleGrant

    JournalEntity: TypeAlias = StrEnum


@part(PERMISSION_CONDITION)
class PermissionCondition:
    """A rule inside a rule, or the whole."""

    depth: int = value(
        "0 for the whole rule. Those inside a rule follow it and have one more than it has."
    )
    kind: AccessRuleKind = value("The kind of the rule.")
    sentence: str = value("The rule in words.")
    permission: Permission | None = value("The permission it asks for. Null for other kinds.")


@part(PERMISSION_RULE)
class PermissionRule:
    """Who may do one thing with the objects of a type."""

    entity: "JournalEntity" = value("The type of the objects.")
    right: AccessRight = value("What the rule allows.")
    name: str | None = value(
        "The action as in `viewerCan`, the field, or the action of the entries. Null for other"
        " rights. Some actions are part of others, and no mutation has their name."
    )
    who: list[str] = value(
        "The rule in words: each item is enough. Empty for nobody. `viewerCan` also leaves out"
        " actions that the state of related objects blocks."
    )
    states: list[str] = value("The states in which the action may start. Empty for every state.")
    permissions: list[Permission] = value(
        "The permissions that may be needed, in some of the cases of `who` or in all."
    )
    conditions: list[PermissionCondition] = list_of(
        "The rule as a tree: each rule is followed by those inside it.", usual_size=6
    )
    grants: list["RoleGrant"] = list_of(
        "The grants of the tenant's roles that have one of these permissions. Empty for a viewer"
        " who may not see roles.",
        usual_size=3,
    )


@queries(ROOT)
class PermissionQueries:
    """Root field of permissions."""

    permission_matrix: list[PermissionRule] = list_of(
        "Who may see and do what, by type of object. It is the same in each tenant, but for"
        " `grants`.",
        usual_size=20,
        entity=argument("JournalEntity", "Only rules of this type. Default: all types."),
    )
