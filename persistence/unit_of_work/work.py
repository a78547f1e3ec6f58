"""The unit of work: one actor, one tenant, one transaction. Any exception inside undoes all."""

from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from domain.kernel.access import EVERYBODY, Actor, AnyOf, Relationships, Rule, is_allowed
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.errors import (
    Code,
    Invalid,
    NotFound,
    NotPermitted,
    StateConflict,
    VersionConflict,
)
from domain.kernel.guarded_values import conceal, concealed_copy, is_known, list_guarded_attributes
from domain.kernel.identity import TenantId
from persistence.access.actor_resolver import ActorResolver
from persistence.kernel import search_index, todo_list
from persistence.kernel.collation import DEFAULT_LOCALE
from persistence.kernel.error_translation import STALE_VERSION_MESSAGE, translate_errors
from persistence.kernel.journal import Attribution, JournalWriter
from persistence.kernel.location import BorrowingAtHome
from persistence.kernel.mapping.registry import CLOSURE_MAINTENANCE, MAPPINGS
from persistence.kernel.mapping.row_mapper import Row, from_row, get_id, parse_row, select_all
from persistence.kernel.mapping.state import capture_state
from persistence.kernel.mapping.write_batch import WriteBatch
from persistence.kernel.pools import Connection, PoolSource, borrow
from persistence.kernel.sort_keys import load_locale
from persistence.kernel.transaction import Transaction
from persistence.unit_of_work import attribute_queries, messages
from persistence.unit_of_work.ballot_keys import HasBallotKeys
from persistence.unit_of_work.changed_tenants import announce_change
from persistence.unit_of_work.erasing import Erasing
from persistence.unit_of_work.expected_faults import ExpectedFaults
from persistence.unit_of_work.explaining import Explaining
from persistence.unit_of_work.granted_rules import GrantedRules
from persistence.unit_of_work.key_reservations import KeyReservations
from persistence.unit_of_work.locks import Locks
from persistence.unit_of_work.part_lookups import PartLookups
from persistence.unit_of_work.prefetch import Named, Prefetched, resolve_and_prefetch
from persistence.unit_of_work.record_sets import RecordSets
from persistence.unit_of_work.relationship_cache import RelationshipCache
from persistence.unit_of_work.task_queueing import TaskQueueing
from persistence.unit_of_work.tracked import PendingChange, TrackedAggregate, group_moved_ids
from persistence.unit_of_work.unique_values import UniqueValues

A = TypeVar("A", bound=Aggregate)
NO_RELATIONSHIPS = Relationships()
"""No rule contains "not", so what is allowed without any relationship is allowed in any case."""

ACQUIRE_TIMEOUT = 5.0
"""Seconds for which a unit of work waits for a connection."""


@asynccontextmanager
async def work(
    pool: PoolSource, actor: Actor, *, now: datetime, request_id: str | None = None
) -> AsyncIterator["Work"]:
    """Open a unit of work for an actor. It commits at its end; any exception undoes all."""
    with translate_errors():
        async with borrow(pool, actor.tenant_id, ACQUIRE_TIMEOUT) as connection:
            unit = Work(actor, now, request_id, Transaction(actor.tenant_id, connection))
            yield unit
            await unit.commit()


@asynccontextmanager
async def work_with_resolver(
    pool: PoolSource,
    resolver: ActorResolver,
    named: Named = (),
    *,
    now: datetime,
    request_id: str | None = None,
) -> AsyncIterator["Work"]:
    """Open a unit of work for a caller; one statement resolves the actor and reads ahead."""

    async def begin(connection: Connection) -> Work:
        transaction = Transaction(resolver.tenant_id, connection)
        actor, prefetched = await resolve_and_prefetch(transaction, resolver, named)
        return Work(actor, now, request_id, transaction, prefetched, *resolver.identity)

    with translate_errors():
        async with BorrowingAtHome(pool, resolver.tenant_id, begin, ACQUIRE_TIMEOUT) as unit:
            yield unit
            await unit.commit()


@dataclass
class Work(
    PartLookups,
    RecordSets,
    Erasing,
    Explaining,
    KeyReservations,
    TaskQueueing,
    ExpectedFaults,
    HasBallotKeys,
    UniqueValues,
    Locks,
):
    """The implementation of `domain.kernel.unit_of_work.Work` with PostgreSQL."""

    actor: Actor
    now: datetime
    request_id: str | None
    _transaction: Transaction = field(repr=False)
    _prefetched: Prefetched = field(default_factory=dict, repr=False)
    issuer: str = ""
    subject: str = ""
    verified_email: str | None = None

    def __post_init__(self) -> None:
        self._tracked: dict[tuple[type, UUID], TrackedAggregate] = {}
        self._flush_candidates = self._tracked
        self._steps, self._step_keys, self._relationships = [], set(), RelationshipCache()
        self._journal, self._granted = JournalWriter(self.request_id), GrantedRules()

    async def get(
        self, kind: type[A], id: UUID, *, to: Action, expected_version: int | None = None
    ) -> A:
        """Load an aggregate for an action, without guarded values that the actor may not see.

        Raises NotFound, NotPermitted, StateConflict, VersionConflict or faults, in this order.
        """
        found, is_permitted = await self._load_visible(kind, id, to.rule)
        if found is None:
            raise NotFound(messages.describe_missing(kind), "id")
        if not is_permitted:
            raise NotPermitted(messages.describe_forbidden_change(kind))
        if not to.may_start(found):
            raise StateConflict(messages.describe_state_conflict(found, to))
        if expected_version is not None and found.version != expected_version:
            raise VersionConflict(STALE_VERSION_MESSAGE, "expectedVersion")
        self.raise_expected_faults()
        await self._conceal(found, list_guarded_attributes(kind, to.rule))
        return found

    async def reference(
        self, kind: type[A], id: UUID | None, *field: str, reading: Collection[str] = ()
    ) -> A | None:
        """Load an aggregate that an input refers to, to read it. Raises Invalid for the field."""
        if id is None:
            return None
        found, _ = await self._load_visible(kind, id, is_read_only=True)
        if found is None:
            raise Invalid(messages.describe_missing(kind), *field, code=Code.REFERENCE_NOT_FOUND)
        hidden = await self._list_hidden(found, reading) if reading else []
        unread = [each for each in list_guarded_attributes(kind) if each not in reading]
        return concealed_copy(found, [*unread, *hidden], self.actor.today)

    async def add(self, aggregate: Aggregate, *, to: Action) -> None:
        """Add a new aggregate. Raises NotPermitted if the actor may not create it there."""
        await self.require(aggregate, to=to)
        self._track(TrackedAggregate(aggregate, None))

    async def require(self, subject: object, *, to: Action) -> None:
        """Check the action's rule for an object in memory. Raises NotPermitted, or faults."""
        if not await self.is_permitted(subject, to=to):
            raise NotPermitted(messages.describe_forbidden_creation(subject, to))
        self.raise_expected_faults()

    async def is_permitted(self, subject: object, *, to: Action) -> bool:
        """Return whether the action's rule allows it for an object in memory."""
        rule, actor = to.rule, self.actor
        if self._granted.has(actor, rule) or is_allowed(rule, actor, subject, NO_RELATIONSHIPS):
            return True
        if any(each.stored_state is None for each in self._iterate_moved()):
            await self.flush()
        relationships = await self._relationships.load(self._begin, actor, subject, rule)
        return is_allowed(rule, actor, subject, relationships)

    async def remove(self, aggregate: Aggregate) -> None:
        """Delete an aggregate with its parts; its entries and a tombstone stay."""
        assert aggregate.can_be_deleted(), f"{aggregate.NAME} has no action that deletes it."
        tracked = self._tracked[type(aggregate), aggregate.id]
        self._track(tracked)
        tracked.is_removed = True

    async def find(self, kind: type[A], **attributes: Any) -> A | None:
        """Return the first aggregate with these values, even if the actor may not see it."""
        await self.flush()
        conditions, values = attribute_queries.build_conditions(kind, attributes, self.actor.today)
        text = f"{select_all(MAPPINGS[kind])}{conditions} ORDER BY it.id LIMIT 1"
        return await self._fetch_one(kind, text, *values)

    async def find_running_after(self, kind: type[A], day: date, **attributes: Any) -> list[A]:
        """Return at most ten aggregates whose period runs on that day or later, even invisible."""
        await self.flush()
        query = attribute_queries.build_running_query(kind, attributes, self.actor.today, day)
        return await self._fetch_all(kind, *query)

    async def count(self, kind: type[Aggregate] | type[Part], **attributes: Any) -> int:
        """Return how many aggregates or parts of the tenant have these attribute values."""
        await self.flush()
        conditions, values = attribute_queries.build_conditions(kind, attributes, self.actor.today)
        text = f"SELECT count(*) FROM {MAPPINGS[kind].table} it WHERE it.tenant_id = $1{conditions}"
        return int(await (await self._begin()).fetchval(text, self._tenant_id, *values))

    async def get_connection(self) -> Connection:
        """Return the connection of the transaction, after all changes so far were written."""
        await self.flush()
        return await self._begin()

    async def flush(self) -> None:
        """Write rows, closures and search index; not the journal, and without a commit."""
        await self._begin()
        await self._flush()

    async def commit(self) -> None:
        """Write what is left and the journal, and commit."""
        if await self.write_tasks():
            self._flush_candidates = {}  # and nothing has changed since
        await self._flush(is_last=True)
        await self._transaction.commit()
        if self._journal.has_written:
            announce_change(self._tenant_id)

    async def _flush(self, *, is_last: bool = False) -> None:
        """Write all changes. Without a transaction, one statement writes and commits them.

        The last statement writes the journal, after whatever may have to wait for somebody else.
        """
        await self._remember_before_writing()
        pending = list(self._collect_changes())
        ids_to_rebuild = group_moved_ids(pending)
        for kind in ids_to_rebuild:
            await self.lock_tree(kind.NAME)
        batch = WriteBatch(await self._load_locale(pending))
        for each in pending:
            self._write_change(batch, each)
        self._write_records(batch)
        if batch.needs_transaction:
            await self._begin()
        if is_last and not (ids_to_rebuild or batch.locks_at_end):
            self._journal.write(batch)
        await self._execute(batch)
        self._forget_compared()
        for kind, ids in ids_to_rebuild.items():
            connection = await self._begin()
            await CLOSURE_MAINTENANCE[kind].rebuild(connection, self._tenant_id, ids)
        if is_last:
            last_batch = WriteBatch()
            self._journal.write(last_batch)
            await self._execute(last_batch)

    async def _execute(self, batch: WriteBatch) -> None:
        if not batch.is_empty:
            await batch.execute(await self._transaction.begin_writing(), self._tenant_id)
            self._relationships.clear()

    async def _load_locale(self, pending: Iterable[PendingChange]) -> str:
        """Return the locale in which the names of these changes are sorted, if there are any."""
        if not any(each.has_stale_sort_keys for each in pending):
            return DEFAULT_LOCALE
        return await load_locale(await self._begin(), self._tenant_id)

    def _collect_changes(self) -> Iterator[PendingChange]:
        """Yield what is new, removed or changed, or has recorded an event.

        A change to a part is a change to the aggregate, whose version increases.
        """
        for each in list(self._flush_candidates.values()):
            aggregate, before, after = each.aggregate, each.stored_state, each.current_state
            if before != after or (after and aggregate.events):
                if each.keeps_version(after):
                    yield PendingChange(aggregate, before, before if before == after else after)
                    continue
                if before and after:
                    aggregate.version += 1
                    after = after._replace(
                        values=MAPPINGS[type(aggregate)].extract_values(aggregate)
                    )
                yield PendingChange(aggregate, before, after, each.outdated)

    def _write_change(self, batch: WriteBatch, change: PendingChange) -> None:
        attribution, aggregate = self._resolve_attribution(change.aggregate), change.aggregate
        if not change.has_only_events:
            change.write_rows(batch, attribution.recorded_at)
            search_index.update_index(batch, aggregate, change.before, change.after)
            todo_list.update_todos(batch, aggregate, change.before, change.after)
        self.enqueue_tasks_of(aggregate)
        for each in change.build_entries(attribution):
            self._journal.add(each)
        aggregate.events.clear()
        if change.after is None:
            del self._tracked[type(aggregate), aggregate.id]
        else:
            self._track(self._tracked[type(aggregate), aggregate.id].store(change.after))

    def _resolve_attribution(self, _: Aggregate) -> Attribution:
        """Return the person and time that the journal names for an aggregate's changes."""
        return Attribution(self.actor.author_id, self.now)

    async def _begin(self) -> Connection:
        return await self._transaction.begin()

    @property
    def _tenant_id(self) -> TenantId:
        return self.actor.tenant_id

    async def _load_visible(
        self, kind: type[A], id: UUID, rule: Rule = EVERYBODY, *, is_read_only: bool = False
    ) -> tuple[A | None, bool]:
        """Return an aggregate if the actor may see it, and whether the rule allows more."""
        found = await self._load_with_parents(kind, id, is_read_only=is_read_only)
        if found is None:
            return None, False
        if self._granted.has(self.actor, kind.SEE) and self._granted.has(self.actor, rule):
            return found, True
        is_visible, is_permitted = self._check_rules(found, rule, NO_RELATIONSHIPS)
        if not (is_visible and is_permitted):
            if any(self._iterate_moved()):
                await self.flush()
            known = await self._relationships.load(self._begin, self.actor, found, kind.SEE, rule)
            is_visible, is_permitted = self._check_rules(found, rule, known)
        return (found if is_visible else None), is_permitted

    def _check_rules(
        self, found: Aggregate, rule: Rule, relationships: Relationships
    ) -> tuple[bool, bool]:
        """Return whether the actor may see an aggregate, and whether the rule allows more."""
        is_permitted = is_allowed(rule, self.actor, found, relationships)
        is_seen_by_rule = isinstance(found.SEE, AnyOf) and rule in found.SEE.rules
        is_visible = (is_permitted and is_seen_by_rule) or is_allowed(
            found.SEE, self.actor, found, relationships
        )
        return is_visible, is_permitted

    async def _conceal(self, found: Aggregate, attributes: Collection[str]) -> None:
        """Conceal guarded values of a loaded aggregate, and of its stored state."""
        if hidden := await self._list_hidden(found, attributes):
            tracked = self._tracked[type(found), found.id]
            if tracked.is_changed:
                await self.flush()
                tracked = self._tracked[type(found), found.id]
            conceal(found, hidden, self.actor.today)
            tracked.stored_state = capture_state(found)

    async def _list_hidden(self, found: Aggregate, attributes: Collection[str]) -> list[str]:
        """Return the attributes with a value that neither everyone nor this actor may see."""
        hidden, allowed = list[str](), dict[int, bool]()
        for each in attributes:
            rule = found.GUARDED[each]  # often the same object, and its hash is slow
            if allowed.get(id(rule)) or is_known(found, each, self.actor.today):
                continue
            if id(rule) not in allowed:
                allowed[id(rule)] = await self.is_permitted(found, to=Action("see", rule))
            hidden += [] if allowed[id(rule)] else [each]
        return hidden

    def _iterate_moved(self) -> Iterator[TrackedAggregate]:
        """Yield the nodes of trees that differ from their stored state."""
        for each in self._flush_candidates.values():
            if type(each.aggregate) in CLOSURE_MAINTENANCE and each.is_changed:
                yield each

    async def _fetch_all(self, kind: type[A], sql: str, values: list[Any]) -> list[A]:
        rows = await (await self._begin()).fetch(sql, self._tenant_id, *values)
        return [self._track_row(kind, parse_row(row[0])) for row in rows]

    async def _fetch_one(self, kind: type[A], sql: str, *values: Any) -> A | None:
        row = await (await self._begin()).fetchval(sql, self._tenant_id, *values)
        return None if row is None else self._track_row(kind, parse_row(row))

    async def _load_aggregate(
        self, kind: type[A], id: UUID, *, is_read_only: bool = False
    ) -> A | None:
        if (kind, id) in self._prefetched:
            row = self._prefetched.pop((kind, id))
            return None if row is None else self._track_row(kind, row)
        tracked = self._tracked.get((kind, id))
        if tracked is None:
            return await self._fetch_one(kind, f"{select_all(MAPPINGS[kind])} AND it.id = $2", id)
        if not is_read_only:
            self._track(tracked.compare())
        found: A = tracked.aggregate
        return None if tracked.is_removed else found

    def _track_row(self, kind: type[A], row: Row) -> A:
        """Return the aggregate of a row; the tracked one if it was loaded before."""
        mapping = MAPPINGS[kind]
        known = self._tracked.get((kind, get_id(mapping, row)))
        tracked = known or TrackedAggregate.load(*from_row(mapping, row), self.actor.today)
        self._track(tracked.compare())
        found: A = tracked.aggregate
        return found

    def _track(self, tracked: TrackedAggregate) -> None:
        """Compare the aggregate with its stored state in the next flush."""
        key = type(tracked.aggregate), tracked.aggregate.id
        self._remember(key)
        self._step_keys.add(key)
        self._tracked[key] = self._flush_candidates[key] = tracked
