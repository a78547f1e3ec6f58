"""The words of access: kinds of rules, what they allow, and what can be asked about an object."""

from collections import defaultdict
from enum import StrEnum

from strawberry.utils.str_converters import to_camel_case

from api.kernel.schema.declarations import graph_enum
from domain.kernel.access import NOBODY
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.rule_sentences import AccessRuleKind
from domain.permission_rules import AccessRight
from persistence.reading.read_model import READ_MODELS, ReadModel

__all__ = ["AccessAction", "AccessRight", "AccessRuleKind", "find_action", "list_nodes"]

graph_enum(
    AccessRight,
    "What a rule allows.",
    see="To see the object.",
    see_field="To see a field that not everyone sees who sees the object. Others get null.",
    see_entries="To see those entries of the history that stand for such a field.",
    see_planned="To see what is planned for a later day.",
    see_history="To see the history, for those who see the object.",
    act="To perform an action, for those who see the object.",
)
graph_enum(
    AccessRuleKind,
    "The kind of a rule of access.",
    any_of="At least one of the rules inside it holds. Without any it never holds.",
    all_of="All rules inside it hold. Without any it always holds.",
    person="The person is the one whom the object names.",
    own_account="The account is the one that the object names.",
    other_person="The person is not the one whom the object names.",
    listed_person="The person is in a list of the object.",
    manager="The person is above the one whom the object names, by primary lines of today.",
    lead="The person leads the team, or a team above it.",
    unit_member="The person works in the organization, or in one below it.",
    permission="A role of the person grants a permission over a population that has the object.",
    subtree="The object is in an organization to which such a role is limited.",
    named_by_grant="A grant names the object by its id.",
    value="A field has one of these values.",
    no_value="A field has no value.",
    day_has_come="A day is today or in the past.",
    other_object="A rule of another object holds, such as that of the KPI of an alert.",
    account="The person has an active account, and has not left.",
)

_READINGS = {
    "see": "See the object.",
    "see_history": "See its history.",
    "see_planned": "See what is planned for a later day.",
}


def list_nodes() -> dict[str, ReadModel]:
    """Return the types of objects that have rules of their own, by the prefix of their ids."""
    return {each.prefix: each for each in READ_MODELS.values() if each.aggregate and each.prefix}


def find_action(kind: type[Aggregate], model: ReadModel, name: str) -> Action | None:
    """Return what a name stands for with objects of a type; None where they have nothing such."""
    readings = {
        "see": kind.SEE,
        "see_history": kind.SEE_HISTORY,
        "see_planned": kind.SEE_PLANNED,
    }
    if name in readings:
        return Action(name, readings[name]) if readings[name] != NOBODY else None
    return next((each for each in model.viewer_actions if each.name == name), None)


def _describe_actions() -> dict[str, str]:
    """Return all names with their descriptions: the mutations that they stand for."""
    mutations = defaultdict[str, list[str]](list)
    for model in list_nodes().values():
        for each in model.actions:
            mutations[each.name].append(f"{each.noun or model.entity}_{each.name}")
        for creation in model.creations:
            mutations[creation.to_action().name].append(creation.verb)
    return _READINGS | {
        name: f"Call {' or '.join(f'`{to_camel_case(each)}`' for each in dict.fromkeys(verbs))}."
        for name, verbs in sorted(mutations.items())
    }


_DESCRIPTIONS = _describe_actions()
AccessAction = StrEnum("AccessAction", {each.upper(): each for each in _DESCRIPTIONS})  # type: ignore[misc]
graph_enum(
    AccessAction,
    "What a person may be able to do with an object. Each type of object has some of these.",
    **_DESCRIPTIONS,
)
