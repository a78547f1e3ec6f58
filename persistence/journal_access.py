"""Who may read an entry of the journal.

An entry is judged by the stricter of then and now. The rule has to hold for its subject as it is,
or as its tombstone shows it, and for the access facts before and after the change. What the actor
may do, and where people and units stand, counts as of now.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, and_, exists, false, func, literal_column, not_, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.expression import column

from domain.kernel.access import EVERYBODY, NOBODY, Rule, list_attributes
from persistence.access.actor_facts import ActorFacts
from persistence.access.facts_row import FactsRow
from persistence.access.rule_simplifier import simplify
from persistence.access.rules_to_sql import compile_rule
from persistence.kernel.schema.tables import shared_alias
from persistence.kernel.sql_literals import literal_text
from persistence.kernel.tombstones import tombstones
from persistence.reading.read_model import READ_MODELS, ReadModel, Row, Sql

IDENTITY = frozenset({"id"})
"""The attributes that never change; a rule about nothing else holds then as it holds now."""


def list_journaled_models() -> list[ReadModel]:
    """Return the models that entries can be about."""
    return [each for each in READ_MODELS.values() if each.entity and each.table is not None]


def build_visibility(facts: ActorFacts, entry: Row) -> Sql:
    """Return the condition that the actor may read an entry of any subject."""
    return or_(
        false(),
        *(
            and_(
                entry.c.entity == literal_text(model.entity),
                satisfies(model, facts, entry, model.history),
                build_event_condition(model, facts, entry),
            )
            for model in list_journaled_models()
            if simplify(model.history, facts) != NOBODY
        ),
    )


def build_history_condition(model: ReadModel, facts: ActorFacts, entry: Row) -> Sql:
    """Return the condition for an entry of a subject whose history the actor may read now."""
    return and_(
        satisfied_then(model, facts, entry, model.history),
        build_event_condition(model, facts, entry),
    )


def build_event_condition(model: ReadModel, facts: ActorFacts, entry: Row) -> Sql:
    """Return the condition that the actor may see what the event stands for: a fact or a plan."""
    events_by_rule: dict[Rule, list[str]] = defaultdict(list)
    for event, rule in model.guarded_events.items():
        if simplify(rule, facts) != EVERYBODY:
            events_by_rule[rule].append(event)
    return and_(
        true(),
        *(
            or_(_is_other_event(entry, events), satisfies(model, facts, entry, rule))
            for rule, events in events_by_rule.items()
        ),
        _build_plan_condition(model, facts, entry),
    )


def _build_plan_condition(model: ReadModel, facts: ActorFacts, entry: Row) -> Sql:
    """Return the condition that an entry is no plan, or one that the actor may see."""
    aggregate = model.aggregate
    if aggregate is None or not aggregate.PLANNED_EVENTS:
        return true()
    rule = simplify(aggregate.SEE_PLANNED, facts)
    if rule == EVERYBODY:
        return true()
    is_known = or_(
        _is_other_event(entry, aggregate.PLANNED_EVENTS),
        entry.c.effective_on.is_(None),
        entry.c.effective_on <= facts.today(),
    )
    if rule == NOBODY:
        return is_known
    return or_(is_known, satisfies(model, facts, entry, aggregate.SEE_PLANNED))


def _is_other_event(entry: Row, events: Iterable[str]) -> Sql:
    """Return the condition that an entry is about none of these events."""
    return entry.c.action.not_in([literal_text(event) for event in sorted(events)])


def satisfies(model: ReadModel, facts: ActorFacts, entry: Row, rule: Rule) -> Sql:
    """Return the condition that the subject of an entry satisfies a rule, then and now."""
    return and_(
        _satisfied_now(model, facts, entry, rule), satisfied_then(model, facts, entry, rule)
    )


def satisfied_then(model: ReadModel, facts: ActorFacts, entry: Row, rule: Rule) -> Sql:
    """Return the condition that the facts of an entry satisfy a rule, before and after."""
    simplified = simplify(rule, facts)
    if list_attributes(simplified) <= IDENTITY:
        return true()
    assert model.aggregate is not None, "Only aggregates are journaled."
    each = (
        func.jsonb_array_elements(entry.c.access_facts)
        .table_valued(column("value", JSONB))
        .render_derived()
    )
    row = FactsRow(model.aggregate, entry.c.entity_id, each.c.value)
    violated: Select[Any] = (
        select(literal_column("1"))
        .select_from(each)
        .where(compile_rule(simplified, facts, row).is_not(true()))
    )
    return not_(exists(violated.correlate_except(each)))


def is_visible_now(model: ReadModel, facts: ActorFacts, entry: Row) -> Sql:
    """Return the condition that the actor may see the subject of an entry."""
    assert model.table is not None, "Only models with a table are journaled."
    row = model.table.alias()
    return _exists_with_id(row, facts, entry, compile_rule(model.see, facts, row))


def was_deleted(model: ReadModel, facts: ActorFacts, entry: Row) -> Sql:
    """Return the condition that an entry deleted its subject, which the actor might see."""
    tombstone = shared_alias(tombstones)
    return _is_buried(model, facts, entry, model.see, tombstone.c.deleted_at == entry.c.recorded_at)


def was_hidden(model: ReadModel, facts: ActorFacts, entry: Row) -> Sql:
    """Return the condition that an entry took the right to see its subject from the actor."""
    before, after = (
        compile_rule(model.see, facts, describe_subject(model, entry, place))
        for place in ("0", "-1")
    )
    return and_(before, after.is_not(true()), not_(is_visible_now(model, facts, entry)))


def describe_subject(model: ReadModel, entry: Row, place: str) -> FactsRow:
    """Return the subject as the facts at this place of the entry show it."""
    assert model.aggregate is not None, "Only aggregates are journaled."
    facts = entry.c.access_facts.op("->", return_type=JSONB())(literal_column(place))
    return FactsRow(model.aggregate, entry.c.entity_id, facts)


def _satisfied_now(model: ReadModel, facts: ActorFacts, entry: Row, rule: Rule) -> Sql:
    assert model.table is not None, "Only models with a table are journaled."
    row = model.table.alias()
    living = _exists_with_id(row, facts, entry, compile_rule(rule, facts, row))
    if model.aggregate is None or not model.aggregate.can_be_deleted():
        return living
    return or_(living, _is_buried(model, facts, entry, rule))


def _is_buried(
    model: ReadModel, facts: ActorFacts, entry: Row, rule: Rule, *conditions: Sql
) -> Sql:
    """Return the condition that a tombstone of the subject satisfies a rule."""
    assert model.aggregate is not None, "Only aggregates leave tombstones."
    tombstone = shared_alias(tombstones)
    last_facts = FactsRow(model.aggregate, tombstone.c.id, tombstone.c.access_facts)
    is_satisfied = compile_rule(rule, facts, last_facts)
    return _exists_with_id(tombstone, facts, entry, *conditions, is_satisfied)


def _exists_with_id(row: Row, facts: ActorFacts, entry: Row, *conditions: Sql) -> Sql:
    found: Select[Any] = select(literal_column("1")).select_from(row)
    return exists(
        found.where(
            row.c.tenant_id == facts.tenant(), row.c.id == entry.c.entity_id, *conditions
        ).correlate_except(row)
    )
