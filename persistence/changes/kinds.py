"""What an entry of the journal tells a reader of the feed about its subject.

An entry tells of the subject as it was after the change, if the reader may see that, and may see
the subject now. Rights, reporting lines and the places of people count as of now, as in the
history (`persistence.journal_access`).
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    Date,
    Select,
    Table,
    Text,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from domain.kernel.access import EVERYBODY
from persistence.access.actor_facts import ActorFacts
from persistence.access.rule_simplifier import simplify
from persistence.access.rules_to_sql import compile_rule
from persistence.changes.feed_models import SHOWN_FIELDS
from persistence.journal_access import (
    build_event_condition,
    describe_subject,
    is_visible_now,
    satisfies,
    was_deleted,
    was_hidden,
)
from persistence.kernel.journal import journal
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.schema.tables import PeriodEnd, shared_alias
from persistence.kernel.sql_literals import literal_text
from persistence.kernel.wire_format import camel_case_sql, get_graph_name
from persistence.reading.read_model import ReadModel, Row, Sql

SUPERSEDED = "superseded_at"
"""The column of versions of a part: when another one took its place."""

FIRST, LAST = "0", "-1"
"""The places of the access facts before and after a change."""


class ChangeKind(StrEnum):
    """What happened to an object, for one reader."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    VISIBILITY_LOST = "visibility_lost"


def build_kind(models: Sequence[ReadModel], facts: ActorFacts, entry: Row) -> Sql:
    """Return the kind of change that an entry is for the actor; null where it tells nothing."""
    return _by_entity(models, entry, lambda model: _build_kind_of(model, facts, entry))


def build_due_kind(models: Sequence[ReadModel], facts: ActorFacts, entry: Row) -> Sql:
    """Return the kind of a change that takes effect: an update of what the actor sees.

    A plan that was given up takes no effect.
    """
    updated = literal_text(ChangeKind.UPDATED)

    def build(model: ReadModel) -> Sql:
        return case(
            (
                and_(
                    is_visible_now(model, facts, entry),
                    shows_effect(model, facts, entry),
                    is_in_force(model, facts, entry),
                ),
                updated,
            )
        )

    return _by_entity(models, entry, build)


def _by_entity(models: Sequence[ReadModel], entry: Row, build: Callable[[ReadModel], Sql]) -> Sql:
    branches = [(entry.c.entity == literal_text(each.entity), build(each)) for each in models]
    return case(*branches) if branches else literal_column("NULL::text", Text())


def _build_kind_of(model: ReadModel, facts: ActorFacts, entry: Row) -> Sql:
    before, after = (
        compile_rule(model.see, facts, describe_subject(model, entry, place))
        for place in (FIRST, LAST)
    )
    seen = case(
        (
            or_(before.is_not(true()), _is_first(entry, facts)),
            literal_text(ChangeKind.CREATED),
        ),
        (_is_told(model, facts, entry), literal_text(ChangeKind.UPDATED)),
    )
    branches: list[tuple[Sql, Sql]] = [(and_(after, is_visible_now(model, facts, entry)), seen)]
    if model.aggregate is not None and model.aggregate.can_be_deleted():
        branches.append((was_deleted(model, facts, entry), literal_text(ChangeKind.DELETED)))
    if simplify(model.see, facts) != EVERYBODY:
        lost = literal_text(ChangeKind.VISIBILITY_LOST)
        branches.append((was_hidden(model, facts, entry), lost))
    return case(*branches)


def _is_first(entry: Row, facts: ActorFacts) -> Sql:
    """Return the condition that the journal has no earlier entry of the subject."""
    earlier = shared_alias(journal)
    found: Select[Any] = select(literal_column("1")).where(
        earlier.c.tenant_id == facts.tenant(),
        earlier.c.entity == entry.c.entity,
        earlier.c.entity_id == entry.c.entity_id,
        earlier.c.id < entry.c.id,
    )
    return not_(exists(found.correlate_except(earlier)))


def _is_told(model: ReadModel, facts: ActorFacts, entry: Row) -> Sql:
    """Return the condition that an update may concern what the actor sees of the subject."""
    if not _list_hidden_guards(model, facts) and not _has_hidden_events(model, facts):
        return true()
    change = func.jsonb_object_keys(entry.c.changes).table_valued("key").render_derived()
    is_open = cast(change.c.key, Text).in_(_list_plain_columns(model))
    found: Select[Any] = select(literal_column("1")).select_from(change).where(is_open)
    return or_(
        and_(build_event_condition(model, facts, entry), _has_open_changes(model, facts, entry)),
        and_(has_come(facts, entry), _has_shown_effect(model, entry)),
        _changes_disclosed_day(model, facts, entry),
        and_(
            or_(entry.c.effective_on.is_(None), has_come(facts, entry)),
            exists(found.correlate_except(change)),
        ),
    )


def _changes_disclosed_day(model: ReadModel, facts: ActorFacts, entry: Row) -> Sql:
    """Return the condition that an entry changed a day that everyone knows once it has come.

    A departure that is corrected or cancelled may change who works here today.
    """
    kind = model.aggregate
    assert kind is not None, "Only aggregates are journaled."
    assert model.table is not None, "An aggregate has a table."
    conditions = []
    for column in (model.table.c[attribute] for attribute in kind.DISCLOSED):
        values = entry.c.changes.op("->")(literal_text(get_graph_name(column)))
        for place in ("0", "1"):
            day = cast(values.op("->>")(literal_column(place)), Date)
            today = facts.today()  # an end is shown as the last day, which is not over
            conditions.append(day < today if isinstance(column.type, PeriodEnd) else day <= today)
    return or_(false(), *conditions)


def has_come(facts: ActorFacts, entry: Row) -> Sql:
    """Return the condition that an entry is about a day that has come."""
    return entry.c.effective_on <= facts.today()


def shows_effect(model: ReadModel, facts: ActorFacts, entry: Row) -> Sql:
    """Return the condition that the actor may know, from its day on, that an entry takes effect."""
    return or_(build_event_condition(model, facts, entry), _has_shown_effect(model, entry))


def _has_shown_effect(model: ReadModel, entry: Row) -> Sql:
    """Return the condition that everyone may see what an entry did, once its day has come.

    That is so for a plan, which changes a manager or a title, and for a fact that is disclosed,
    such as a departure. A leave, for example, is for those who may see it.
    """
    kind = model.aggregate
    assert kind is not None, "Only aggregates are journaled."
    facts = (each for each, guard in kind.GUARDED_EVENTS.items() if guard in kind.DISCLOSED)
    events = dict.fromkeys((*kind.PLANNED_EVENTS, *facts))
    return entry.c.action.in_([literal_text(each) for each in events]) if events else false()


def is_in_force(model: ReadModel, facts: ActorFacts, entry: Row) -> Sql:
    """Return the condition that the subject, or a part of it, still has the day of an entry."""
    kind: Any = model.aggregate
    mapping = MAPPINGS[kind]
    parts = (
        (each.table, each.parent_column)
        for each in mapping.children.values()
        if _list_days(each.table)
    )
    conditions = [
        _has_day(table, column, facts, entry)
        for table, column in ((mapping.table, "id"), *parts)
        if _list_days(table)
    ]
    return or_(false(), *conditions)


def _has_day(table: Table, column: str, facts: ActorFacts, entry: Row) -> Sql:
    row = table.alias()
    conditions = [
        row.c.tenant_id == facts.tenant(),
        row.c[column] == entry.c.entity_id,
        or_(*(row.c[day] == entry.c.effective_on for day in _list_days(table))),
    ]
    if SUPERSEDED in table.c:
        conditions.append(row.c[SUPERSEDED].is_(None))
    found: Select[Any] = select(literal_column("1")).where(*conditions)
    return exists(found.correlate_except(row))


def _list_days(table: Table) -> list[str]:
    return [each.name for each in table.columns if isinstance(each.type, Date)]


def _has_hidden_events(model: ReadModel, facts: ActorFacts) -> bool:
    """Return whether some events of the model are hidden from this actor."""
    rules = [*model.guarded_events.values()]
    if model.aggregate is not None and model.aggregate.PLANNED_EVENTS:
        rules.append(model.aggregate.SEE_PLANNED)
    return any(simplify(each, facts) != EVERYBODY for each in rules)


def _list_hidden_guards(model: ReadModel, facts: ActorFacts) -> list[str]:
    return [name for name, rule in model.guarded.items() if simplify(rule, facts) != EVERYBODY]


def _has_open_changes(model: ReadModel, facts: ActorFacts, entry: Row) -> Sql:
    """Return the condition that an entry changed nothing, or something that is not hidden."""
    if not _list_hidden_guards(model, facts):
        return true()
    change = func.jsonb_object_keys(entry.c.changes).table_valued("key").render_derived()
    key = cast(change.c.key, Text)
    found: Select[Any] = select(literal_column("1")).select_from(change)
    found = found.where(not_(_is_hidden_field(model, facts, entry, key)))
    return or_(
        entry.c.changes == literal_column("'{}'::jsonb"),
        exists(found.correlate_except(change)),
    )


def _is_hidden_field(model: ReadModel, facts: ActorFacts, entry: Row, key: Sql) -> Sql:
    """Return the condition that the actor may not see the attribute with this name."""
    conditions = [
        and_(
            key.in_([literal_text(name) for name, each in model.guarded.items() if each == rule]),
            not_(satisfies(model, facts, entry, rule)),
        )
        for rule in dict.fromkeys(model.guarded.values())
        if simplify(rule, facts) != EVERYBODY
    ]
    return or_(false(), *conditions)


def build_changed_fields(models: Sequence[ReadModel], facts: ActorFacts, entry: Row) -> Sql:
    """Return the names of the changed fields that the actor may see, as an array.

    Who may not read the history of the subject sees the names of its plain columns, which say no
    more than two states of the object.
    """
    change = func.jsonb_object_keys(entry.c.changes).table_valued("key").render_derived()
    key = cast(change.c.key, Text)
    conditions = [
        and_(
            entry.c.entity == literal_text(model.entity),
            not_(_is_hidden_field(model, facts, entry, key)),
            _is_plain_or_read(model, facts, entry, key),
        )
        for model in models
    ]
    names = select(camel_case_sql(key)).select_from(change).where(or_(false(), *conditions))
    names = names.order_by(key).correlate_except(change)
    return func.array(names.scalar_subquery(), type_=ARRAY(Text()))


def _is_plain_or_read(model: ReadModel, facts: ActorFacts, entry: Row, key: Sql) -> Sql:
    if simplify(model.history, facts) == EVERYBODY:
        return true()
    return or_(key.in_(_list_plain_columns(model)), satisfies(model, facts, entry, model.history))


def _list_plain_columns(model: ReadModel) -> list[Sql]:
    """Return the columns that the graph shows to everyone who sees the object, each as it is."""
    assert model.table is not None, "An aggregate has a table."
    names = {get_graph_name(each): bool(each.foreign_keys) for each in model.table.columns}
    return [
        literal_text(name)
        for name, is_reference in names.items()
        if (name.removesuffix("_id") if is_reference else name) in SHOWN_FIELDS[model.entity]
        and name not in model.guarded
        and (is_reference or name not in model.declared_fields)
    ]
