"""The root fields of the feed: a page of changed objects, and the cursor to begin with."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    FromClause,
    Integer,
    Text,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import array

from domain.kernel.errors import Code, Invalid
from persistence.changes.changed_objects import CHANGED_OBJECT, select_changed_objects
from persistence.changes.feed import Feed, fence
from persistence.changes.scopes import (
    build_scope_fingerprint,
    depends_on_day,
    has_changed_parent,
    list_parents,
    list_scopes,
)
from persistence.changes.sealed_cursors import END_OF_DAY, build_nonce
from persistence.changes.start import select_start
from persistence.changes.told import (
    MAX_SCANNED_ENTRIES,
    TEXT_ARRAY,
    collect,
    select_due,
    select_new,
)
from persistence.kernel.clocks import Clock
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.reading.read_model import ROOT, FieldContext, ReadModel, Row, Sql
from persistence.reading.selection import Field, ReadRequest

DEFAULT_CHANGES = 100
MAX_CHANGES = 1_000

CHANGES_PAGE = ReadModel("ChangesPage", None)
CHANGES_SNAPSHOT = ReadModel("ChangesSnapshot", None)


@dataclass(frozen=True)
class ChangeCount:
    """The number of requested changes: `first`, by default 100."""

    field: Field

    def __call__(self, request: ReadRequest) -> int:
        """Return the number. Raises Invalid (OUT_OF_RANGE)."""
        first = self.field.arguments(request).get("first")
        if first is None:
            return DEFAULT_CHANGES
        if not 1 <= first <= MAX_CHANGES:
            message = f"A page has 1 to {MAX_CHANGES:,} changes. Use another number."
            raise Invalid(message, "first", code=Code.OUT_OF_RANGE)
        return int(first)


def _select_snapshot(_: Row, context: FieldContext) -> FromClause:
    feed = Feed(context)
    clocks = fence(
        select(
            feed.select_clock(Clock.JOURNAL).label("number"),
            feed.select_clock(Clock.RIGHTS).label("rights_number"),
            build_nonce().label("nonce"),
        )
    )
    position = select(
        feed.select_last_id(clocks.c.number).label("end_id"),
        context.facts.today().label("due_on"),
        literal_column(str(END_OF_DAY), BigInteger()).label("due_number"),
        build_scope_fingerprint(feed.models, context.facts).label("scope"),
        clocks.c.rights_number,
        clocks.c.nonce,
    )
    row = feed.select_stream(fence(position.select_from(clocks)))
    return select(feed.seal_cursor(row).label("cursor")).select_from(row).subquery()


def _select_page(_: Row, context: FieldContext) -> FromClause:
    """Return the one row of a page: ids and kinds of its entries, and where it ends.

    What takes effect comes first: entries up to the position of the cursor, in the order of their
    days. New entries follow when none of these is left.
    """
    feed = Feed(context)
    found = _select_found(feed)
    scope = case(
        (
            and_(
                found.c.rights_number == feed.bind_position("rights_number", BigInteger()),
                context.facts.today() == feed.bind_position("scope_on", Date()),
            ),
            feed.bind_position("scope", BigInteger()),
        ),
        else_=build_scope_fingerprint(feed.models, context.facts),
    )
    end_id = feed.select_last_id(found.c.end)
    page = select(*found.c, scope.label("scope"), end_id.label("end_id"))
    row = feed.select_stream(fence(page.select_from(found)))
    return (
        select(
            *row.c,
            # Not whether entries follow a full page: they may be hidden, and nobody may know when
            # these are made. So it says the same after each full page.
            or_(row.c.is_full, row.c.end < row.c.horizon).label("has_more"),
            feed.seal_cursor(row).label("end_cursor"),
            _list_types_to_read(feed, row).label("types_to_read"),
        )
        .select_from(row)
        .subquery()
    )


def _select_found(feed: Feed) -> FromClause:
    """Return the ids and kinds of the entries of a page, and the position after them."""
    start, today = select_start(feed), feed.context.facts.today()
    size = feed.context.bind(ChangeCount, Integer())
    due = collect(select_due(feed, start).limit(size), by_day=True)
    rest = func.greatest(size - due.c.count, literal_number(0))
    new = collect(select_new(feed, start).limit(rest), by_day=False)
    is_due_left = due.c.count >= size
    end = case(
        (is_due_left, start.c.position),
        (new.c.count >= rest, new.c.last_number),
        else_=func.least(start.c.position + literal_number(MAX_SCANNED_ENTRIES), start.c.horizon),
    )
    return fence(
        select(
            start.c.position,
            start.c.horizon,
            start.c.rights_number,
            start.c.nonce,
            due.c.ids.op("||")(new.c.ids).label("ids"),
            due.c.kinds.op("||")(new.c.kinds).label("kinds"),
            due.c.count.label("due_count"),
            case((is_due_left, due.c.last_day), else_=today).label("due_on"),
            case(
                (is_due_left, due.c.last_number),
                else_=literal_column(str(END_OF_DAY), BigInteger()),
            ).label("due_number"),
            (new.c.count >= rest).label("is_full"),
            end.label("end"),
        ).select_from(start, due, new)
    )


def _list_types_to_read(feed: Feed, page: Row) -> Sql:
    """Return the types whose objects came into view or out of view without an entry."""
    facts = feed.context.facts
    grants_differ = feed.bind_grants() != feed.bind_position("grants", BigInteger())
    scope_differs = page.c.scope != feed.bind_position("scope", BigInteger())
    day_differs = facts.today() != feed.bind_position("scope_on", Date())
    names = []
    for model in feed.models:
        conditions = [grants_differ]
        if list_scopes([model], facts):
            conditions.append(scope_differs)
        if depends_on_day(model, facts):
            conditions.append(day_differs)
        if parents := list_parents(model, facts):
            conditions.append(has_changed_parent(parents, facts, page.c.position, page.c.end))
        names.append(case((or_(*conditions), literal_text(model.entity.upper()))))
    listed = array[Any](names, type_=Text()) if names else literal_column("'{}'::text[]")
    return func.array_remove(listed, None, type_=TEXT_ARRAY)


for name in ("types_to_read", "end_cursor", "has_more"):
    CHANGES_PAGE.value(name)
CHANGES_PAGE.computed_list("changes", CHANGED_OBJECT, select_changed_objects, order="place")
CHANGES_SNAPSHOT.value("cursor")
ROOT.computed_one("changes", CHANGES_PAGE, _select_page)
ROOT.computed_one("changes_snapshot", CHANGES_SNAPSHOT, _select_snapshot)
