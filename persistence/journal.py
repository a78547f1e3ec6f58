"""The journal read back: what happened to something, seen by those who may read its history."""

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
)

from domain.kernel.access import EVERYBODY, Rule
from persistence.kernel.facts import Facts
from persistence.kernel.journal import journal
from persistence.kernel.plain import plain
from persistence.kernel.predicates import predicate
from persistence.reading.readable import READABLES, ROOT, Ask, Either, One, Readable, Row, Sql
from persistence.reading.wire import literal_text

JOURNAL = Readable("JournalEntry", journal, "journal", order=("-id",))
CHANGE = Readable("Change", None)
SUBJECTS: dict[str, One] = {}


def journaled(readable: Readable) -> None:
    """Give a readable its history: the journal's entries about it, which lead back to it."""
    SUBJECTS[readable.entity] = One(readable, lambda entry, row, _: row.c.id == entry.c.entity_id)
    readable.many(
        "history",
        JOURNAL,
        lambda row, entry, _: and_(
            entry.c.entity == literal_text(readable.entity), entry.c.entity_id == row.c.id
        ),
        within=True,
        see=readable.history,
    )


def _seen(facts: Facts, entry: Row) -> Sql:
    """Whoever may read the history of what the entry is about may read the entry."""
    return or_(false(), *(_about(each, facts, entry, each.history) for each in _kept()))


def _about(readable: Readable, facts: Facts, entry: Row, rule: Rule) -> Sql:
    assert readable.table is not None
    row = readable.table.alias()
    return and_(
        entry.c.entity == literal_text(readable.entity),
        exists(
            select(literal_column("1"))
            .select_from(row)
            .where(
                row.c.tenant_id == facts.tenant(),
                row.c.id == entry.c.entity_id,
                predicate(rule, facts, row),
            )
            .correlate_except(row)
        ),
    )


def _changes(entry: Row, ask: Ask) -> FromClause:
    """The changed fields of an entry, without those that the actor may not see on the thing."""
    each = func.jsonb_each(entry.c.changes).table_valued("key", "value").render_derived()
    key, value = cast(each.c.key, Text), each.c.value
    hidden = [
        and_(
            entry.c.entity == literal_text(readable.entity),
            key.in_([literal_text(name) for name, its in readable.guarded.items() if its == rule]),
            not_(_about(readable, ask.facts, entry, rule)),
        )
        for readable in _kept()
        for rule in dict.fromkeys(readable.guarded.values())
        if plain(rule, ask.facts) != EVERYBODY
    ]
    return (
        select(
            _camel(key).label("field"),
            value.op("->")(literal_column("0")).label("before"),
            value.op("->")(literal_column("1")).label("after"),
        )
        .select_from(each)
        .where(not_(or_(false(), *hidden)))
        .correlate_except(each)
        .subquery()
    )


def _camel(key: Sql) -> Sql:
    """A Python name as the graph spells it (see `changes.camel`)."""
    capitals = func.replace(
        func.initcap(func.replace(key, literal_text("_"), literal_text(" "))),
        literal_text(" "),
        literal_text(""),
    )
    return func.lower(func.left(key, literal_column("1"))).op("||")(
        func.substr(capitals, literal_column("2"))
    )


def _kept() -> list[Readable]:
    return [each for each in READABLES.values() if each.entity and each.table is not None]


JOURNAL.seen = _seen
JOURNAL.own["subject"] = Either(lambda entry: entry.c.entity, SUBJECTS)
JOURNAL.unpacked("changes", CHANGE, _changes)
for name in ("field", "before", "after"):
    CHANGE.value(name)
ROOT.many("journal", JOURNAL)
