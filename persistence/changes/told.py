"""The entries that a page tells: those whose day has come, and those that are new."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Date,
    FromClause,
    Integer,
    Text,
    Uuid,
    cast,
    false,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from persistence.changes.feed import Feed
from persistence.changes.kinds import build_due_kind, build_kind, has_come
from persistence.kernel.journal import journal
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import Row, Sql

MAX_SCANNED_ENTRIES = 10_000
"""Entries that one page looks at, so that its time is bounded however few of them it tells."""

ID_ARRAY, TEXT_ARRAY = ARRAY(Uuid()), ARRAY(Text())


def select_due(feed: Feed, start: FromClause) -> Any:
    facts, entry = feed.context.facts, journal.alias()
    after = (
        feed.bind_position("due_on", Date()),
        feed.bind_position("due_number", BigInteger()),
    )
    return _select_told(
        feed,
        entry,
        build_due_kind(feed.visible_models, facts, entry),
        (entry.c.effective_on, entry.c.number),
        entry.c.effective_on >= after[0],
        tuple_(entry.c.effective_on, entry.c.number) > tuple_(*after),
        has_come(facts, entry),
        entry.c.number <= start.c.position,
    )


def select_new(feed: Feed, start: FromClause) -> Any:
    facts, entry = feed.context.facts, journal.alias()
    last = start.c.position + literal_number(MAX_SCANNED_ENTRIES)
    return _select_told(
        feed,
        entry,
        build_kind(feed.visible_models, facts, entry),
        (entry.c.number,),
        entry.c.number > start.c.position,
        entry.c.number <= last,
    )


def _select_told(
    feed: Feed, entry: Row, kind: Sql, order: tuple[Sql, ...], *conditions: Sql
) -> Any:
    """Return the entries that tell the actor something, in this order."""
    names = [literal_text(each.entity) for each in feed.visible_models]
    rows = (
        select(entry.c.id, entry.c.number, entry.c.effective_on, kind.label("kind"))
        .where(
            entry.c.tenant_id == feed.context.facts.tenant(),
            entry.c.entity.in_(names) if names else false(),
            *conditions,
        )
        .order_by(*order)
        .correlate_except(entry)
    )
    told = rows.offset(literal_number(0)).lateral()
    sort = [told.c[each.name] for each in order]
    return select(*told.c).select_from(told).where(told.c.kind.is_not(None)).order_by(*sort)


def collect(rows: Any, *, by_day: bool) -> FromClause:
    """Return one row: ids and kinds as arrays, how many, and the last number and day."""
    each = rows.subquery()
    order = (each.c.effective_on, each.c.number) if by_day else (each.c.number,)
    ids: Any = func.array_agg(aggregate_order_by(each.c.id, *order), type_=ID_ARRAY)
    kinds: Any = func.array_agg(aggregate_order_by(each.c.kind, *order), type_=TEXT_ARRAY)
    numbers: Any = func.array_agg(
        aggregate_order_by(each.c.number, *order), type_=ARRAY(BigInteger())
    )
    return (
        select(
            func.coalesce(ids, literal_column("'{}'::uuid[]"), type_=ID_ARRAY).label("ids"),
            func.coalesce(kinds, literal_column("'{}'::text[]"), type_=TEXT_ARRAY).label("kinds"),
            cast(func.count(), Integer).label("count"),
            SqlTemplate("({numbers})[count(*)]", BigInteger(), numbers=numbers).label(
                "last_number"
            ),
            func.max(each.c.effective_on).label("last_day"),
        )
        .select_from(each)
        .lateral()
    )
