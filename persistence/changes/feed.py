"""The feed of some types for one actor: what its pages and its cursors are built from."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    FromClause,
    LargeBinary,
    Select,
    Uuid,
    func,
    literal_column,
    select,
)

from domain.kernel.access import NOBODY
from persistence.access.rule_simplifier import simplify
from persistence.change_cursors import NO_ENTRY
from persistence.changes.feed_models import list_feed_models
from persistence.changes.scopes import GrantsFingerprint
from persistence.changes.sealed_cursors import (
    CursorKey,
    PositionPart,
    build_id_halves,
    build_stream,
    compute_filter_digest,
    number_day,
    seal,
)
from persistence.kernel.clocks import Clock, tenant_clocks
from persistence.kernel.journal import journal
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.kernel.wire_format import from_enum_name
from persistence.reading.plan_cache import SingleArgumentSource
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reading.selection import ReadRequest


@dataclass(frozen=True)
class ChangedTypes(SingleArgumentSource):
    """The names of the requested concepts, sorted; None for all. The plan is specialized on it."""

    argument: str = "types"

    def __call__(self, request: ReadRequest) -> tuple[str, ...] | None:
        """Return the names."""
        types = self.field.arguments(request).get("types")
        return None if types is None else tuple(sorted({from_enum_name(each) for each in types}))


@dataclass(frozen=True)
class Feed:
    """The feed of some types for one actor: what its page and its cursor are built from."""

    context: FieldContext

    @property
    def types(self) -> tuple[str, ...] | None:
        """The names of the requested concepts; None for all."""
        chosen: tuple[str, ...] | None = self.context.specialize(ChangedTypes)
        return chosen

    @property
    def models(self) -> list[ReadModel]:
        """The models of the requested types."""
        return list_feed_models(self.types)

    @property
    def visible_models(self) -> list[ReadModel]:
        """The models of those types of which the actor may see any object."""
        facts = self.context.facts
        return [each for each in self.models if simplify(each.see, facts) != NOBODY]

    def bind_position(self, name: str, type_: Any) -> Sql:
        """Bind a part of the position that the cursor holds."""
        return self.context.bind(lambda field: PositionPart(field, self.types, name), type_)

    def bind_key(self, purpose: str) -> Sql:
        """Bind a key of the tenant's cursors."""
        return self.context.bind(lambda _: CursorKey(purpose), LargeBinary())

    def bind_grants(self) -> Sql:
        """Bind the fingerprint of the actor's grants."""
        return self.context.bind(lambda _: GrantsFingerprint(), BigInteger())

    def select_clock(self, clock: Clock) -> Sql:
        """Return the number of a clock; 0 for a tenant that has never been changed."""
        row = tenant_clocks.alias()
        number = select(row.c.number).where(
            row.c.tenant_id == self.context.facts.tenant(), row.c.clock == literal_text(clock)
        )
        return func.coalesce(number.scalar_subquery(), literal_number(0))

    def select_entry(self, column: str, *conditions: Any) -> Sql:
        """Return a column of the last entry for which conditions hold."""
        entry = journal.alias()
        found = select(entry.c[column]).where(
            entry.c.tenant_id == self.context.facts.tenant(),
            *(condition(entry) for condition in conditions),
        )
        found = found.order_by(entry.c.number.desc()).limit(literal_number(1))
        return found.correlate_except(entry).scalar_subquery()

    def select_last_id(self, until: Sql) -> Sql:
        """Return the id of the last entry up to a number."""
        id = self.select_entry("id", lambda entry: entry.c.number <= until)
        return func.coalesce(id, no_entry())

    def seal_cursor(self, row: Row) -> Sql:
        """Return the cursor that holds the position of a row."""
        high, low = build_id_halves(row.c.end_id)
        numbers = (
            high,
            low,
            number_day(row.c.due_on),
            row.c.due_number,
            self.bind_grants(),
            row.c.scope,
            row.c.rights_number,
            number_day(self.context.facts.today()),
        )
        digest = compute_filter_digest(self.types)
        return seal(numbers, row.c.nonce, row.c.stream, digest, self.bind_key("seal"))

    def select_stream(self, row: FromClause) -> FromClause:
        """Return the columns of a row, with the key stream of its nonce."""
        stream = build_stream(self.bind_key("stream"), row.c.nonce)
        return fence(select(*row.c, stream.label("stream")).select_from(row))


def fence(rows: Select[Any]) -> FromClause:
    """Return a subquery that PostgreSQL computes once, although its columns are used often."""
    return rows.offset(literal_number(0)).subquery()


def no_entry() -> Sql:
    return literal_column(f"'{NO_ENTRY}'::uuid", Uuid())
