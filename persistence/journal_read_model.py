"""The read model of the journal: who may read the history of a subject sees its entries."""

from collections.abc import Callable
from enum import StrEnum

from sqlalchemy import (
    FromClause,
    Text,
    and_,
    cast,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    type_coerce,
)

from domain.kernel.access import EVERYBODY, Rule
from persistence.access.actor_facts import ActorFacts
from persistence.access.rule_simplifier import simplify
from persistence.access.rules_to_sql import compile_rule
from persistence.kernel.journal import journal
from persistence.kernel.schema.tables import EnumText
from persistence.kernel.sql_literals import literal_text
from persistence.kernel.wire_format import camel_case_sql
from persistence.reading.read_model import (
    READ_MODELS,
    ROOT,
    FieldContext,
    One,
    ReadModel,
    Row,
    Sql,
    UnionOf,
)

JOURNAL = ReadModel("JournalEntry", journal, "journal", order=("-id",))
CHANGE = ReadModel("Change", None)
SUBJECT_RELATIONS: dict[str, One] = {}


def add_history(read_model: ReadModel) -> None:
    """Add the field `history` to a model, and the model to the subjects of entries."""
    SUBJECT_RELATIONS[read_model.entity] = One(
        read_model, lambda entry, row, _: row.c.id == entry.c.entity_id
    )
    read_model.many(
        "history",
        JOURNAL,
        lambda row, entry, _: and_(
            entry.c.entity == literal_text(read_model.entity), entry.c.entity_id == row.c.id
        ),
        inherits_visibility=True,
        see=read_model.history,
    )


def _build_visibility(facts: ActorFacts, entry: Row) -> Sql:
    """Return the condition that the actor may read the history of the entry's subject."""
    return or_(
        false(),
        *(_match_subject(each, facts, entry, each.history) for each in _list_journaled_models()),
    )


def _match_subject(read_model: ReadModel, facts: ActorFacts, entry: Row, rule: Rule) -> Sql:
    assert read_model.table is not None
    row = read_model.table.alias()
    return and_(
        entry.c.entity == literal_text(read_model.entity),
        exists(
            select(literal_column("1"))
            .select_from(row)
            .where(
                row.c.tenant_id == facts.tenant(),
                row.c.id == entry.c.entity_id,
                compile_rule(rule, facts, row),
            )
            .correlate_except(row)
        ),
    )


def _select_changes(entry: Row, context: FieldContext) -> FromClause:
    """Return the changes of an entry without the fields that the actor may not see."""
    change = func.jsonb_each(entry.c.changes).table_valued("key", "value").render_derived()
    key, value = cast(change.c.key, Text), change.c.value
    hidden = [
        and_(
            entry.c.entity == literal_text(model.entity),
            key.in_([literal_text(name) for name in _list_guarded_fields(model, rule)]),
            not_(_match_subject(model, context.facts, entry, rule)),
        )
        for model in _list_journaled_models()
        for rule in dict.fromkeys(model.guarded.values())
        if simplify(rule, context.facts) != EVERYBODY
    ]
    return (
        select(
            camel_case_sql(key).label("field"),
            value.op("->")(literal_column("0")).label("before"),
            value.op("->")(literal_column("1")).label("after"),
        )
        .select_from(change)
        .where(not_(or_(false(), *hidden)))
        .correlate_except(change)
        .subquery()
    )


def _list_guarded_fields(model: ReadModel, rule: Rule) -> list[str]:
    return [name for name, guard in model.guarded.items() if guard == rule]


def _build_enum_getter(column: str) -> Callable[[Row, FieldContext], Sql]:
    """Return a column whose values are an enum of the graph; concepts add to its members."""
    return lambda entry, _: type_coerce(entry.c[column], EnumText(StrEnum))


def _list_journaled_models() -> list[ReadModel]:
    return [each for each in READ_MODELS.values() if each.entity and each.table is not None]


JOURNAL.visibility_condition = _build_visibility
for name in ("entity", "action"):
    JOURNAL.value(name, _build_enum_getter(name))
JOURNAL.declared_fields["subject"] = UnionOf(lambda entry: entry.c.entity, SUBJECT_RELATIONS)
JOURNAL.json_rows("changes", CHANGE, _select_changes)
for name in ("field", "before", "after"):
    CHANGE.value(name)
ROOT.many("audit_log", JOURNAL)
