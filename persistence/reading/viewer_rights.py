"""What the viewer may do with a row and why they see it, as rows that SQL computes from the rules.

`viewerCan` lists the actions; `viewerMay` also says why others are missing, and `visibleBecause`
which alternatives of the rule for seeing hold. All three read the same rules, states and blockers.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    FromClause,
    Subquery,
    Text,
    and_,
    case,
    cast,
    func,
    literal_column,
    not_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, array

from domain.kernel.access import AnyOf, Rule
from domain.kernel.actions import Action, ActionRefusal
from domain.kernel.rule_sentences import AccessRuleKind, describe_alternative, get_rule_kind
from persistence.access.joint_facts import NotPreviewable
from persistence.access.rules_to_sql import compile_rule
from persistence.kernel.schema.tables import EnumText
from persistence.kernel.sql_literals import Columns, literal_text, unpack_rows
from persistence.kernel.wire_format import to_enum_name
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql

REASON_COLUMNS: Columns = {"code": EnumText(ActionRefusal), "message": Text()}
VISIBILITY_COLUMNS: Columns = {"kind": EnumText(AccessRuleKind), "sentence": Text()}

VIEWER_ACTION = ReadModel("ViewerAction", None)
ACTION_REASON = ReadModel("ActionReason", None)
VISIBILITY_REASON = ReadModel("VisibilityReason", None)


@dataclass(frozen=True)
class ActionConditions:
    """The conditions of one action: all must hold. None where nothing limits it."""

    action: Action
    rule: Sql
    state: Sql | None
    blocker: Sql | None

    @property
    def whole(self) -> Sql:
        """The condition that the action would succeed."""
        blocker = None if self.blocker is None else not_(self.blocker)
        return and_(self.rule, *(each for each in (self.state, blocker) if each is not None))

    @property
    def reasons(self) -> Sql:
        """The reason for which it would be refused first, in a JSON array; else an empty one."""
        checked = [
            (ActionRefusal.NOT_PERMITTED, func.coalesce(self.rule, False)),
            (ActionRefusal.STATE_CONFLICT, self.state),
            (ActionRefusal.BLOCKED, None if self.blocker is None else not_(self.blocker)),
        ]
        refused = [
            (not_(condition), _write_reasons(code, self.action))
            for code, condition in checked
            if condition is not None
        ]
        return case(*refused, else_=_write_json([]))


def select_rule_results(
    model: ReadModel, row: Row, context: FieldContext, name: str | None = None
) -> Subquery:
    """Return one row with the result of each rule of the actions, evaluated once.

    OFFSET 0 keeps PostgreSQL from copying a rule into every action that uses it.
    """
    columns = [
        compile_rule(rule, context.facts, row).label(f"r{n}")
        for n, rule in enumerate(_list_rules(model))
    ]
    found = select(*columns).correlate_except().offset(literal_column("0"))
    return found.subquery(name)


def build_conditions(
    model: ReadModel, row: Row, rule_results: Subquery, context: FieldContext
) -> Iterator[ActionConditions]:
    """Yield the conditions of each action of a row."""
    rules = _list_rules(model)
    for action in model.viewer_actions:
        state = blocker = None
        if action.states is not None:
            states = [literal_text(each) for each in action.states]
            state = cast(row.c[action.state_attribute], Text).in_(states)
        if action.name in model.blockers:
            blocker = _build_blocker(model, action, row, context)
        result = rule_results.c[f"r{rules.index(action.rule)}"]
        yield ActionConditions(action, result, state, blocker)


def _build_blocker(model: ReadModel, action: Action, row: Row, context: FieldContext) -> Sql:
    """Build the condition that blocks an action. A preview cannot tell where the viewer matters."""
    try:
        return func.coalesce(model.blockers[action.name](row, context), False)
    except NotPreviewable:
        return literal_column("true", Boolean())


def _list_rules(model: ReadModel) -> list[Rule]:
    return list(dict.fromkeys(action.rule for action in model.viewer_actions))


def add_viewer_rights(model: ReadModel) -> None:
    """Let a type say what the viewer may do with its objects, and why they see them."""

    def list_actions(row: Row, context: FieldContext) -> FromClause:
        results = select_rule_results(model, row, context)
        items = [
            func.jsonb_build_object(
                literal_text("action"),
                literal_text(to_enum_name(each.action.name)),
                literal_text("reasons"),
                each.reasons,
                type_=JSONB,
            )
            for each in build_conditions(model, row, results, context)
        ]
        whole = func.jsonb_build_array(*items, type_=JSONB)
        found = select(whole).select_from(results).correlate_except(results)
        return unpack_rows(found.scalar_subquery(), {"action": Text()}, "reasons")

    def list_reasons(row: Row, context: FieldContext) -> FromClause:
        alternatives = model.see.rules if isinstance(model.see, AnyOf) else (model.see,)
        items = [
            case((compile_rule(each, context.facts, row), _write_alternative(each)))
            for each in alternatives
        ]
        holding = func.array_remove(array[Any](items, type_=JSONB), None)
        return unpack_rows(func.to_jsonb(holding, type_=JSONB), VISIBILITY_COLUMNS)

    model.computed_list("viewer_may", VIEWER_ACTION, list_actions)
    model.computed_list("visible_because", VISIBILITY_REASON, list_reasons)


def _write_alternative(rule: Rule) -> Sql:
    kind, sentence = get_rule_kind(rule), describe_alternative(rule)
    return _write_json({"kind": kind, "sentence": sentence})


def _write_reasons(code: ActionRefusal, action: Action) -> Sql:
    return _write_json([{"code": code, "message": _describe_refusal(code, action)}])


def _describe_refusal(code: ActionRefusal, action: Action) -> str:
    match code:
        case ActionRefusal.NOT_PERMITTED:
            return "You may see it, but you may not do this. `accessExplain` says why."
        case ActionRefusal.STATE_CONFLICT:
            states = " or ".join(each.replace("_", " ") for each in action.states or ())
            return f"It must be {states}."
        case ActionRefusal.BLOCKED:
            return "Something that belongs to it prevents this for now."


def _write_json(value: Any) -> Sql:
    return cast(literal_text(json.dumps(value)), JSONB)


VIEWER_ACTION.value("action")
VIEWER_ACTION.value("allowed", lambda row, _: row.c.reasons == _write_json([]))
VIEWER_ACTION.computed_list(
    "reasons", ACTION_REASON, lambda row, _: unpack_rows(row.c.reasons, REASON_COLUMNS)
)
for _model, _columns in ((ACTION_REASON, REASON_COLUMNS), (VISIBILITY_REASON, VISIBILITY_COLUMNS)):
    for _name in _columns:
        _model.value(_name)
