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
    Select,
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
from persistence.journal_access import (
    build_event_condition,
    describe_subject,
    is_visible_now,
    satisfies,
    was_deleted,
    was_hidden,
)
from persistence.kernel.journal import journal
from persistence.kernel.schema.derived_columns import find_derivation
from persistence.kernel.schema.tables import shared_alias
from persistence.kernel.sql_literals import literal_text
from persistence.kernel.wire_format import camel_case_sql, get_graph_name
from persistence.reading.read_model import ReadModel, Row, Sql

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
    """Return the kind of a change that takes effect: an update of what the actor sees."""
    updated = literal_text(ChangeKind.UPDATED)
    return _by_entity(
        models, entry, lambda model: case((is_visible_now(model, facts, entry), updated))
    )


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


def is_effective(facts: ActorFacts, entry: Row) -> Sql:
    """Return the condition that an entry is about a day that has come."""
    return entry.c.effective_on <= facts.today()


def _is_told(model: ReadModel, facts: ActorFacts, entry: Row) -> Sql:
    """Return the condition that an update may concern what the actor sees of the subject.

    What is effective concerns everyone who sees the subject, for example because it ends lines. A
    plan, and a change of guarded values alone, concerns those who may see it.
    """
    if not _list_hidden_guards(model, facts) and not _has_hidden_events(model, facts):
        return true()
    return or_(
        is_effective(facts, entry),
        and_(
            build_event_condition(model, facts, entry),
            _has_open_changes(model, facts, entry),
        ),
    )


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
    assert model.table is not None, "An aggregate has a table."
    plain = [
        literal_text(each.name)
        for each in model.table.columns
        if get_graph_name(each) not in model.declared_fields
        and not each.foreign_keys
        and not find_derivation(each)
    ]
    return or_(key.in_(plain), satisfies(model, facts, entry, model.history))
