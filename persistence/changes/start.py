"""The place where a page begins. A statement refuses a cursor that is unknown or too old."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, FromClause, Uuid, case, func, select

from domain.kernel.errors import Code, Invalid, Refusal
from persistence.changes.feed import Feed, fence, no_entry
from persistence.changes.sealed_cursors import build_nonce
from persistence.kernel.clocks import Clock
from persistence.kernel.schema.tables import metadata
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, Sql
from persistence.reading.reader import REFUSALS_OF_STATEMENTS
from persistence.reading.selection import ReadRequest

UNKNOWN_MARKER = "changes_cursor_unknown_"
EXPIRED_MARKER = "changes_cursor_expired_"
"""The cast of such a text to JSON fails; the reader finds it in the detail of the error."""

MOMENT = DateTime(timezone=True)


@dataclass(frozen=True)
class RequestTime:
    """The time of the request."""

    def __call__(self, request: ReadRequest) -> datetime:
        """Return the time."""
        return request.now


def select_start(feed: Feed) -> FromClause:
    """Return the position of the cursor, and the clocks. It fails for an unusable cursor."""
    cursor_id = feed.bind_position("entry_id", Uuid())
    located = feed.select_entry("number", lambda entry: entry.c.id == cursor_id)
    found = fence(
        select(
            feed.select_clock(Clock.JOURNAL).label("horizon"),
            feed.select_clock(Clock.RIGHTS).label("rights_number"),
            case((cursor_id == no_entry(), literal_number(0)), else_=located).label("number"),
        )
    )
    next_at = feed.select_entry(
        "recorded_at", lambda entry: entry.c.number == found.c.number + literal_number(1)
    )
    position = case(
        (found.c.number.is_(None), _fail(UNKNOWN_MARKER, found.c.horizon)),
        (next_at < _build_oldest_time(feed.context), _fail(EXPIRED_MARKER, found.c.horizon)),
        else_=found.c.number,
    )
    columns = (found.c.horizon, found.c.rights_number)
    started = select(position.label("position"), build_nonce().label("nonce"), *columns)
    return fence(started.select_from(found))


def _fail(marker: str, number: Sql) -> Sql:
    """Return a number that cannot be computed. It depends on a row, or it would fail always."""
    template = "({marker} || {number}::text)::json::text::bigint"
    return SqlTemplate(template, BigInteger(), marker=literal_text(marker), number=number)


def _build_oldest_time(context: FieldContext) -> Sql:
    """Return the time since which the tenant keeps changes readable."""
    tenant = metadata.tables["tenants"].alias()
    zero = literal_number(0)
    age = func.make_interval(zero, zero, zero, tenant.c.changes_retention_days)
    oldest = select(context.bind(lambda _: RequestTime(), MOMENT) - age)
    return oldest.where(tenant.c.tenant_id == context.facts.tenant()).scalar_subquery()


def _refuse_unknown() -> Refusal:
    message = "This cursor is not known here. Take a new one from `changesSnapshot`."
    return Invalid(message, "after", code=Code.CURSOR_INVALID)


def _refuse_expired() -> Refusal:
    message = (
        "The changes after this cursor are older than `Tenant.changesRetentionDays`. Take a new"
        " cursor from `changesSnapshot`, then read all objects again."
    )
    return Invalid(message, "after", code=Code.CURSOR_EXPIRED)


REFUSALS_OF_STATEMENTS[UNKNOWN_MARKER] = _refuse_unknown
REFUSALS_OF_STATEMENTS[EXPIRED_MARKER] = _refuse_expired
