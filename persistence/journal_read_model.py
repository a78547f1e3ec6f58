"""The read model of the journal: who may read the history of a subject sees its entries."""

from collections.abc import Callable
from enum import StrEnum

from sqlalchemy import (
    FromClause,
    Text,
    and_,
    case,
    cast,
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
from persistence.change_cursors import add_cursor
from persistence.journal_access import (
    build_history_condition,
    build_visibility,
    is_visible_now,
    list_journaled_models,
    satisfies,
    was_deleted,
    was_hidden,
)
from persistence.kernel.journal import journal
from persistence.kernel.schema.tables import EnumText
from persistence.kernel.sql_literals import literal_text
from persistence.kernel.wire_format import camel_case_sql, encode_id_sql, to_snake_case
from persistence.reading.read_model import (
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
        lambda row, entry, context: and_(
            entry.c.entity == literal_text(read_model.entity),
            entry.c.entity_id == row.c.id,
            build_history_condition(read_model, context.facts, entry),
        ),
        inherits_visibility=True,
        see=read_model.history,
    )


def add_changes(read_model: ReadModel) -> None:
    """Add the model of a change: the object, or the id of one that is gone or hidden.

    Its rows are journal entries, and those that tell the actor nothing are not visible.
    """
    name = to_snake_case(read_model.name)
    change = ReadModel(f"{read_model.name}Change", journal)
    add_cursor(change)
    outcomes = {f"hidden_{name}_id": was_hidden}
    if read_model.aggregate is not None and read_model.aggregate.can_be_deleted():
        outcomes[f"deleted_{name}_id"] = was_deleted
    change.one(name, read_model, lambda entry, row, _: row.c.id == entry.c.entity_id)
    for field, condition in outcomes.items():
        change.value(field, _build_id_getter(read_model, condition), prefix=read_model.prefix)
    change.visibility_condition = lambda facts, entry: and_(
        entry.c.entity == literal_text(read_model.entity),
        or_(
            is_visible_now(read_model, facts, entry),
            *(condition(read_model, facts, entry) for condition in outcomes.values()),
        ),
    )


def _build_id_getter(
    read_model: ReadModel, condition: Callable[[ReadModel, ActorFacts, Row], Sql]
) -> Callable[[Row, FieldContext], Sql]:
    """Return the id of an entry's subject where the condition holds."""
    return lambda entry, context: case(
        (condition(read_model, context.facts, entry), entry.c.entity_id)
    )


def _select_changes(entry: Row, context: FieldContext) -> FromClause:
    """Return the changes of an entry without the fields that the actor may not see."""
    change = func.jsonb_each(entry.c.changes).table_valued("key", "value").render_derived()
    key, value = cast(change.c.key, Text), change.c.value
    hidden = [
        and_(
            entry.c.entity == literal_text(model.entity),
            key.in_([literal_text(name) for name in _list_guarded_fields(model, rule)]),
            not_(satisfies(model, context.facts, entry, rule)),
        )
        for model in list_journaled_models()
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


def _build_subject_id(entry: Row, _: FieldContext) -> Sql:
    """Return the global id of the subject, whether it still exists or not."""
    return case(
        *(
            (
                entry.c.entity == literal_text(model.entity),
                encode_id_sql(model.prefix, entry.c.entity_id),
            )
            for model in list_journaled_models()
        )
    )


JOURNAL.visibility_condition = build_visibility
for name in ("entity", "action"):
    JOURNAL.value(name, _build_enum_getter(name))
JOURNAL.value("subject_id", _build_subject_id)
add_cursor(JOURNAL)
JOURNAL.declared_fields["subject"] = UnionOf(lambda entry: entry.c.entity, SUBJECT_RELATIONS)
JOURNAL.computed_list("changes", CHANGE, _select_changes)
for name in ("field", "before", "after"):
    CHANGE.value(name)
ROOT.many("audit_log", JOURNAL)
