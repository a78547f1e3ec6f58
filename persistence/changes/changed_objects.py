"""The read model of one entry of the feed."""

from enum import StrEnum

from sqlalchemy import (
    FromClause,
    Text,
    and_,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)

from persistence.changes.feed_models import FEED_MODELS, FEED_NODES
from persistence.changes.kinds import ChangeKind, build_changed_fields, has_come, shows_effect
from persistence.changes.told import TEXT_ARRAY
from persistence.journal_access import build_event_condition
from persistence.kernel.journal import journal
from persistence.kernel.schema.tables import EnumText
from persistence.kernel.sql_literals import literal_text
from persistence.kernel.wire_format import encode_id_sql
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql, UnionOf

CHANGED_OBJECT = ReadModel("ChangedObject", None)


def select_changed_objects(page: Row, context: FieldContext) -> FromClause:
    told = (
        func.unnest(page.c.ids, page.c.kinds)
        .table_valued("id", "kind", with_ordinality="place")
        .render_derived()
    )
    entry = journal.alias()
    columns = (
        "entity",
        "entity_id",
        "changes",
        "recorded_at",
        "effective_on",
        "access_facts",
        "action",
    )
    return (
        select(
            entry.c.id,
            *(entry.c[each] for each in columns),
            cast(told.c.kind, Text).label("kind"),
            told.c.place,
            (told.c.place <= page.c.due_count).label("is_due"),
        )
        .select_from(told)
        .join(entry, and_(entry.c.tenant_id == context.facts.tenant(), entry.c.id == told.c.id))
        .correlate_except(told, entry)
        .subquery()
    )


def _build_node_id(entry: Row, _: FieldContext) -> Sql:
    return case(
        *(
            (
                entry.c.entity == literal_text(each.entity),
                encode_id_sql(each.prefix, entry.c.entity_id),
            )
            for each in FEED_MODELS.values()
        )
    )


def _build_fields_changed(entry: Row, context: FieldContext) -> Sql:
    """Return the names of the changed fields; none for what is new, gone or due."""
    is_update = and_(entry.c.kind == literal_text(ChangeKind.UPDATED), entry.c.is_due.is_(False))
    names = build_changed_fields([*FEED_MODELS.values()], context.facts, entry)
    return case((is_update, names), else_=literal_column("'{}'::text[]", TEXT_ARRAY))


def _build_effective_day(entry: Row, context: FieldContext) -> Sql:
    """Return the effective day of an entry, unless it is a plan that the actor may not see."""
    facts = context.facts
    is_known = (
        and_(
            entry.c.entity == literal_text(each.entity),
            or_(
                build_event_condition(each, facts, entry),
                and_(has_come(facts, entry), shows_effect(each, facts, entry)),
            ),
        )
        for each in FEED_MODELS.values()
    )
    return case((or_(*is_known), entry.c.effective_on))


CHANGED_OBJECT.value("kind", lambda entry, _: type_coerce(entry.c.kind, EnumText(ChangeKind)))
CHANGED_OBJECT.value("type", lambda entry, _: type_coerce(entry.c.entity, EnumText(StrEnum)))
CHANGED_OBJECT.value(
    "change_id", lambda entry, _: encode_id_sql(journal.info["prefix"], entry.c.id)
)
CHANGED_OBJECT.value("node_id", _build_node_id)
CHANGED_OBJECT.declared_fields["node"] = UnionOf(lambda entry: entry.c.entity, FEED_NODES)
CHANGED_OBJECT.value("fields_changed", _build_fields_changed)
CHANGED_OBJECT.value("effective_on", _build_effective_day)
for name in ("recorded_at", "is_due"):
    CHANGED_OBJECT.value(name)
