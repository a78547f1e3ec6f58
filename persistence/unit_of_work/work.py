"""Work: the unit of work. One actor, one tenant, one transaction, one commit on the way out.

There is no way to hold an aggregate without saying what for. Whatever is raised inside undoes
everything, and what the database refuses is said in the words of the domain.
"""

from collections.abc import (
    AsyncIterator,
    Collection,
    Iterable,
    Iterator,
    Mapping,
)
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import blake2b
from typing import Any, TypeVar
from uuid import UUID

from domain.kernel.access import EVERYBODY, Actor, Relationships, Rule, is_allowed
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
from domain.kernel.identity import TenantId
from persistence.access import hierarchy_queries
from persistence.access.actor_facts import LiteralActorFacts
from persistence.access.actor_resolver import ActorResolver
from persistence.access.relationships import collect_subjects, load_relationships
from persistence.access.rule_simplifier import simplify
from persistence.kernel import search_index
from persistence.kernel.error_translation import STALE_VERSION_MESSAGE, translate
from persistence.kernel.journal import SAME_TRANSACTION, Attribution, JournalWriter
from persistence.kernel.mapping.registry import CLOSURE_MAINTENANCE, MAPPINGS
from persistence.kernel.mapping.row_mapper import from_row, select_all
from persistence.kernel.mapping.write_batch import WriteBatch
from persistence.kernel.pools import Connection, Pool, borrow
from persistence.kernel.transaction import Transaction
from persistence.unit_of_work import idempotency_keys
from persistence.unit_of_work.idempotency_keys import IdempotencyKey, PriorResult
from persistence.unit_of_work.prefetch import Prefetched, PrefixedIds, resolve_and_prefetch
from persistence.unit_of_work.tracked import PendingChange, TrackedAggregate

A = TypeVar("A", bound=Aggregate)
NO_RELATIONSHIPS = Relationships()
"""No word of a rule says "not": what holds where nobody stands anywhere, holds."""

ACQUIRE_TIMEOUT = 5.0
"""How long a unit of work waits for a connection."""


@asynccontextmanager
async def work(
    pool: Pool, actor: Actor, *, now: datetime, request_id: str | None = None
) -> AsyncIterator["Work"]:
    """Do something as an actor. Commits once, on the way out; anything raised undoes everything."""
    with _translate_errors():
        async with borrow(pool, ACQUIRE_TIMEOUT) as connection:
            unit = Work(actor, now, request_id, Transaction(actor.tenant_id, connection))
            yield unit
            await unit.commit()


@asynccontextmanager
async def work_with_resolver(
    pool: Pool,
    resolver: ActorResolver,
    ids: PrefixedIds = (),
    *,
    now: datetime,
    request_id: str | None = None,
) -> AsyncIterator["Work"]:
    """The same for an actor who is asked about first, together with what these ids name."""
    with _translate_errors():
        async with borrow(pool, ACQUIRE_TIMEOUT) as connection:
            transaction = Transaction(resolver.tenant_id, connection)
            actor, prefetched = await resolve_and_prefetch(transaction, resolver, ids)
            unit = Work(actor, now, request_id, transaction, prefetched)
            yield unit
            await unit.commit()


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        refusal = translate(error)
        if refusal is None:
            raise
        raise refusal from error


@dataclass
class Work:
    """What `domain.kernel.unit_of_work.Work` promises, kept in PostgreSQL."""

    actor: Actor
    now: datetime
    request_id: str | None
    _transaction: Transaction = field(repr=False)
    _prefetched: Prefetched = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._tracked: dict[tuple[type, UUID], TrackedAggregate] = {}
        self._flush_candidates = self._tracked
        self._relationships: dict[Any, Relationships] = {}
        self._journal = JournalWriter(self.request_id)
        self._is_finished = False

    async def get(
        self, kind: type[A], id: UUID, *, to: Action, expected_version: int | None = None
    ) -> A:
        """Load an aggregate by saying what for; the refusals come in a fixed order."""
        found, is_permitted = await self._load_visible(kind, id, to.rule)
        if found is None:
            raise NotFound(f"There is no such {_humanize(kind.NAME)}.", "id")
        if not is_permitted:
            raise NotPermitted(f"You may see this {_humanize(kind.NAME)}, but not do this to it.")
        if not to.may_start(found):
            raise StateConflict(_describe_state_conflict(found, to))
        if expected_version is not None and found.version != expected_version:
            raise VersionConflict(STALE_VERSION_MESSAGE, "expectedVersion")
        return found

    async def reference(self, kind: type[A], id: UUID | None, *field: str) -> A | None:
        """Load what an input refers to."""
        if id is None:
            return None
        found, _ = await self._load_visible(kind, id)
        if found is None:
            raise Invalid(
                f"There is no such {_humanize(kind.NAME)}.", *field, code=Code.REFERENCE_NOT_FOUND
            )
        return found

    async def add(self, aggregate: Aggregate, *, to: Action) -> None:
        """Keep a new aggregate, if the actor may create it there."""
        await self.require(aggregate, to=to)
        self._track(TrackedAggregate(aggregate, None))

    async def require(self, subject: object, *, to: Action) -> None:
        """Ask the action's rule of something as it stands in memory."""
        if is_allowed(to.rule, self.actor, subject, NO_RELATIONSHIPS):
            return
        if any(each.stored_state is None for each in self._iterate_moved()):
            await self.flush()
        standing = await self._load_relationships(subject, to.rule)
        if not is_allowed(to.rule, self.actor, subject, standing):
            raise NotPermitted(f"You may not {_humanize(to.name)} {_add_article(subject)} here.")

    async def remove(self, aggregate: Aggregate) -> None:
        """Delete an aggregate with its parts; its journal stays."""
        tracked = self._tracked[type(aggregate), aggregate.id]
        self._track(tracked)
        tracked.is_removed = True

    async def lock_tree(self, tree: str) -> None:
        """Wait for the lock of a tree of this tenant, and keep it until the end."""
        name = f"{self.actor.tenant_id}:{tree}".encode()
        key = int.from_bytes(blake2b(name, digest_size=8).digest(), signed=True)
        await (await self._begin()).execute("SELECT pg_advisory_xact_lock($1)", key)
        self._prefetched.clear()

    async def ancestors(self, kind: type[Aggregate], id: UUID) -> Collection[UUID]:
        """The ancestors of an organization, team or goal: nearest first, itself left out."""
        nodes = MAPPINGS[kind].table.name
        connection = await self.get_connection()
        return await hierarchy_queries.load_ancestors(connection, self._tenant_id, nodes, id)

    async def managers_between(
        self, person_id: UUID, since: date, until: date | None
    ) -> Collection[UUID]:
        """Everyone who stands above the person in the primary line on some day of the period."""
        connection = await self.get_connection()
        return await hierarchy_queries.load_managers_between(
            connection, self._tenant_id, person_id, since, until
        )

    async def role_holders(self, role_id: UUID) -> Collection[UUID]:
        """Who holds this role over the whole tenant."""
        return await hierarchy_queries.load_role_holders(
            await self.get_connection(), self.actor.tenant_id, role_id
        )

    async def find(self, kind: type[A], **attributes: Any) -> A | None:
        """The one aggregate of the tenant with these attribute values, whoever may see it."""
        await self.flush()
        conditions, values = _build_conditions(kind, attributes)
        text = f"{select_all(MAPPINGS[kind])}{conditions} ORDER BY it.id LIMIT 1"
        connection = await self._begin()
        return self._track_row(kind, await connection.fetchrow(text, self._tenant_id, *values))

    async def count(self, kind: type[Aggregate] | type[Part], **attributes: Any) -> int:
        """How many aggregates or parts of the tenant have these attribute values."""
        await self.flush()
        conditions, values = _build_conditions(kind, attributes)
        text = f"SELECT count(*) FROM {MAPPINGS[kind].table.name} it WHERE it.tenant_id = $1{conditions}"
        connection = await self._begin()
        total: int = await connection.fetchval(text, self._tenant_id, *values)
        return total

    async def reserve_key(self, key: IdempotencyKey) -> PriorResult | None:
        """Do what follows at most once under this key; what came of it if it was done before.

        Raises Invalid with IDEMPOTENCY_KEY_REUSED. Comes before anything else in a unit of work.
        """
        return await idempotency_keys.reserve(await self._begin(), *self._key_scope, key, self.now)

    async def complete_key(self, key: IdempotencyKey, entity_id: UUID | None) -> None:
        """Note under the claimed key what the change was made to."""
        connection = await self._begin()
        await idempotency_keys.complete(connection, *self._key_scope, key, entity_id)
        await idempotency_keys.purge(connection, self.actor.tenant_id, self.now)

    async def batch_of(self, entity: str, id: UUID) -> list[UUID]:
        """All of its kind that the transaction told of which made this one, in their order."""
        rows = await (await self._begin()).fetch(SAME_TRANSACTION, self._tenant_id, entity, id)
        return [row["entity_id"] for row in rows]

    async def get_connection(self) -> Connection:
        """The connection of this transaction, in which everything done so far can be read."""
        await self.flush()
        return await self._begin()

    async def flush(self) -> None:
        """Write rows, closures, search index and journal so far; commit nothing."""
        await self._begin()
        await self._flush()

    async def commit(self) -> Connection:
        """Write what is left, and commit; the connection is for reading what has been kept."""
        if not self._is_finished:
            await self._flush()
            await self._transaction.commit()
            self._is_finished = True
        return self._transaction.autocommit

    async def _flush(self) -> None:
        """Write; what no transaction was begun for is written and committed by one statement."""
        pending = list(self._collect_changes())
        if not pending:
            return
        ids_to_rebuild = _group_moved_ids(pending)
        for kind in ids_to_rebuild:
            await self.lock_tree(kind.NAME)
        batch = WriteBatch()
        for each in pending:
            self._write_change(batch, each)
        if not batch.is_atomic:
            await self._begin()
        connection = self._transaction.autocommit
        await batch.execute(connection, self._tenant_id)
        self._relationships.clear()
        for kind, ids in ids_to_rebuild.items():
            await CLOSURE_MAINTENANCE[kind].rebuild(connection, self._tenant_id, ids)

    def _collect_changes(self) -> Iterator[PendingChange]:
        """What is new, gone or changed, be it only in a part, and what recorded something.

        A change to a part is a change to the whole: it gets a new version as well.
        """
        for each in list(self._flush_candidates.values()):
            aggregate, before, after = each.aggregate, each.stored_state, each.current_state
            if before != after or (after and aggregate.events):
                if before and after:
                    aggregate.version += 1
                    after = after._replace(
                        values=MAPPINGS[type(aggregate)].extract_values(aggregate)
                    )
                yield PendingChange(aggregate, before, after)

    def _write_change(self, batch: WriteBatch, change: PendingChange) -> None:
        attribution, aggregate = self._resolve_attribution(change.aggregate), change.aggregate
        batch.add_state_change(
            type(aggregate), change.before, change.after, attribution.recorded_at
        )
        search_index.update_index(batch, aggregate, change.before, change.after)
        for each in change.build_entries(attribution):
            self._journal.write(batch, each)
        aggregate.events.clear()
        if change.after is None:
            del self._tracked[type(aggregate), aggregate.id]
        else:
            self._track(TrackedAggregate(aggregate, change.after))

    def _resolve_attribution(self, _: Aggregate) -> Attribution:
        """To whom and when an aggregate's changes are put down."""
        return Attribution(self.actor.person_id, self.now)

    async def _begin(self) -> Connection:
        return await self._transaction.begin()

    @property
    def _tenant_id(self) -> TenantId:
        return self.actor.tenant_id

    @property
    def _key_scope(self) -> tuple[UUID, UUID]:
        """Whose keys are meant: nobody comes upon the key of somebody else."""
        assert self.actor.member_id is not None, "Only members send keys."
        return self.actor.tenant_id, self.actor.member_id

    async def _load_visible(
        self, kind: type[A], id: UUID, rule: Rule = EVERYBODY
    ) -> tuple[A | None, bool]:
        """What the actor may know of, and whether this rule holds for it, too."""
        found = await self._load_aggregate(kind, id)
        if found is None:
            return None, False

        def check_rules(standing: Relationships) -> list[bool]:
            return [is_allowed(each, self.actor, found, standing) for each in (kind.SEE, rule)]

        is_visible, is_permitted = check_rules(NO_RELATIONSHIPS)
        if not (is_visible and is_permitted):
            if any(self._iterate_moved()):
                await self.flush()
            is_visible, is_permitted = check_rules(
                await self._load_relationships(found, kind.SEE, rule)
            )
        return (found if is_visible else None), is_permitted

    async def _load_relationships(self, subject: object, *rules: Rule) -> Relationships:
        facts = LiteralActorFacts(self.actor)
        subjects = collect_subjects([simplify(rule, facts) for rule in rules], subject)
        key = (
            self.actor.today,
            *map(frozenset, (subjects.people, subjects.teams, subjects.organizations)),
        )
        if key not in self._relationships:
            self._relationships[key] = await load_relationships(
                await self._begin(), self._tenant_id, self.actor.today, subjects
            )
        return self._relationships[key]

    def _iterate_moved(self) -> Iterator[TrackedAggregate]:
        """Whatever stands in a tree and differs from what is written of it."""
        for each in self._flush_candidates.values():
            if type(each.aggregate) in CLOSURE_MAINTENANCE and each.is_changed:
                yield each

    async def _load_aggregate(self, kind: type[A], id: UUID) -> A | None:
        if (kind, id) in self._prefetched:
            return self._track_row(kind, self._prefetched.pop((kind, id)))
        tracked = self._tracked.get((kind, id))
        if tracked is None:
            text = f"{select_all(MAPPINGS[kind])} AND it.id = $2"
            connection = await self._begin()
            return self._track_row(kind, await connection.fetchrow(text, self._tenant_id, id))
        self._track(tracked)
        found: A = tracked.aggregate
        return None if tracked.is_removed else found

    def _track_row(self, kind: type[A], row: Any) -> A | None:
        """What a row holds; what is held already is not taken anew."""
        if row is None:
            return None
        mapping = MAPPINGS[kind]
        tracked = self._tracked.get((kind, row[mapping.positions["id"]])) or TrackedAggregate(
            *from_row(mapping, row)
        )
        self._track(tracked)
        found: A = tracked.aggregate
        return found

    def _track(self, tracked: TrackedAggregate) -> None:
        """Look at it when all is settled."""
        key = type(tracked.aggregate), tracked.aggregate.id
        self._tracked[key] = self._flush_candidates[key] = tracked


def _build_conditions(kind: type, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """The condition that a row has these values, and those that are sent from `$2` on."""
    text, parameters = "", []
    for name, value in values.items():
        column = f"it.{MAPPINGS[kind].table.c[name].name}"
        if value is None:
            text += f" AND {column} IS NULL"
        else:
            parameters.append(value)
            text += f" AND {column} = ${len(parameters) + 1}"
    return text, parameters


def _group_moved_ids(pending: Iterable[PendingChange]) -> dict[type[Aggregate], list[UUID]]:
    """Whatever moved in a tree, in an order that is the same for everybody."""
    moved: dict[type[Aggregate], list[UUID]] = {}
    for each in pending:
        if each.has_stale_closure:
            moved.setdefault(type(each.aggregate), []).append(each.aggregate.id)
    return dict(sorted(moved.items(), key=lambda item: item[0].NAME))


def _describe_state_conflict(found: Aggregate, to: Action) -> str:
    current_state = _humanize(str(getattr(found, to.state_attribute)))
    states = [_humanize(state) for state in to.states or ()]
    required_states = " or ".join([", ".join(states[:-1]), states[-1]] if states[1:] else states)
    verb = _humanize(to.name)
    return (
        f"This {_humanize(found.NAME)} is {current_state}; to {verb} it must be {required_states}."
    )


def _add_article(subject: object) -> str:
    """Something by what it is."""
    noun = _humanize(getattr(subject, "NAME", "this"))
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _humanize(name: str) -> str:
    return name.replace("_", " ")
