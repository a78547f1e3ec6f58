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
from persistence.kernel import keys, questions, words
from persistence.kernel.engine import Pool, lent
from persistence.kernel.facts import ActorFacts
from persistence.kernel.holding import Held, Touched
from persistence.kernel.journal import TOGETHER, Journal, Said
from persistence.kernel.keys import Earlier, Key
from persistence.kernel.loading import made, selection
from persistence.kernel.mapping import KEPT, UPKEEP, Connection
from persistence.kernel.opening import Foreseen, Ids, Whose, opened
from persistence.kernel.plain import plain
from persistence.kernel.standing import named_by, standing_of
from persistence.kernel.transaction import Transaction
from persistence.kernel.translation import STALE, translated
from persistence.kernel.writing import Writes

A = TypeVar("A", bound=Aggregate)
NOWHERE = Relationships()
"""No word of a rule says "not": what holds where nobody stands anywhere, holds."""

SECONDS_IN_LINE = 5.0
"""How long a unit of work waits for a connection."""


@asynccontextmanager
async def work(
    pool: Pool, actor: Actor, *, now: datetime, request_id: str | None = None
) -> AsyncIterator["Work"]:
    """Do something as an actor. Commits once, on the way out; anything raised undoes everything."""
    with _in_words_of_the_domain():
        async with lent(pool, SECONDS_IN_LINE) as connection:
            begun = Work(actor, now, request_id, Transaction(actor.tenant_id, connection))
            yield begun
            await begun.finish()


@asynccontextmanager
async def work_of(
    pool: Pool, whose: Whose, ids: Ids = (), *, now: datetime, request_id: str | None = None
) -> AsyncIterator["Work"]:
    """The same for an actor who is asked about first, together with what these ids name."""
    with _in_words_of_the_domain():
        async with lent(pool, SECONDS_IN_LINE) as connection:
            transaction = Transaction(whose.tenant_id, connection)
            actor, foreseen = await opened(transaction, whose, ids)
            begun = Work(actor, now, request_id, transaction, foreseen)
            yield begun
            await begun.finish()


@contextmanager
def _in_words_of_the_domain() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        refusal = translated(error)
        if refusal is None:
            raise
        raise refusal from error


@dataclass
class Work:
    """What `domain.kernel.work.Work` promises, kept in PostgreSQL."""

    actor: Actor
    now: datetime
    request_id: str | None
    _transaction: Transaction = field(repr=False)
    _foreseen: Foreseen = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._held: dict[tuple[type, UUID], Held] = {}
        self._watched = self._held
        self._standings: dict[Any, Relationships] = {}
        self._journal = Journal(self.request_id)
        self._is_finished = False

    async def get(
        self, kind: type[A], id: UUID, *, to: Action, expected_version: int | None = None
    ) -> A:
        """Load an aggregate by saying what for; the refusals come in a fixed order."""
        found, may = await self._found(kind, id, to.rule)
        if found is None:
            raise NotFound(f"There is no such {_spoken(kind.NAME)}.", "id")
        if not may:
            raise NotPermitted(f"You may see this {_spoken(kind.NAME)}, but not do this to it.")
        if not to.may_start(found):
            raise StateConflict(_not_from_here(found, to))
        if expected_version is not None and found.version != expected_version:
            raise VersionConflict(STALE, "expectedVersion")
        return found

    async def reference(self, kind: type[A], id: UUID | None, *field: str) -> A | None:
        """Load what an input refers to."""
        if id is None:
            return None
        found, _ = await self._found(kind, id)
        if found is None:
            raise Invalid(
                f"There is no such {_spoken(kind.NAME)}.", *field, code=Code.REFERENCE_NOT_FOUND
            )
        return found

    async def add(self, aggregate: Aggregate, *, to: Action) -> None:
        """Keep a new aggregate, if the actor may create it there."""
        await self.require(aggregate, to=to)
        self._watch(Held(aggregate, None))

    async def require(self, subject: object, *, to: Action) -> None:
        """Ask the action's rule of something as it stands in memory."""
        if is_allowed(to.rule, self.actor, subject, NOWHERE):
            return
        if any(each.kept is None for each in self._moving()):
            await self.flush()
        standing = await self._standing(subject, to.rule)
        if not is_allowed(to.rule, self.actor, subject, standing):
            raise NotPermitted(f"You may not {_spoken(to.name)} {_one(subject)} here.")

    async def remove(self, aggregate: Aggregate) -> None:
        """Delete an aggregate with its parts; its journal stays."""
        held = self._held[type(aggregate), aggregate.id]
        self._watch(held)
        held.is_gone = True

    async def lock_tree(self, tree: str) -> None:
        """Wait for the lock of a tree of this tenant, and keep it until the end."""
        name = f"{self.actor.tenant_id}:{tree}".encode()
        key = int.from_bytes(blake2b(name, digest_size=8).digest(), signed=True)
        await (await self._begun()).execute("SELECT pg_advisory_xact_lock($1)", key)
        self._foreseen.clear()

    async def ancestors(self, kind: type[Aggregate], id: UUID) -> Collection[UUID]:
        """The ancestors of an organization, team or goal: nearest first, itself left out."""
        nodes = KEPT[kind].table.name
        connection = await self.connection()
        return await questions.above(connection, self._tenant_id, nodes, id)

    async def managers_between(
        self, person_id: UUID, since: date, until: date | None
    ) -> Collection[UUID]:
        """Everyone who stands above the person in the primary line on some day of the period."""
        connection = await self.connection()
        return await questions.managers_between(
            connection, self._tenant_id, person_id, since, until
        )

    async def role_holders(self, role_id: UUID) -> Collection[UUID]:
        """Who holds this role over the whole tenant."""
        return await questions.holders(await self.connection(), self.actor.tenant_id, role_id)

    async def find(self, kind: type[A], **attributes: Any) -> A | None:
        """The one aggregate of the tenant with these attribute values, whoever may see it."""
        await self.flush()
        also, values = _having(kind, attributes)
        text = f"{selection(KEPT[kind])}{also} ORDER BY it.id LIMIT 1"
        connection = await self._begun()
        return self._taken(kind, await connection.fetchrow(text, self._tenant_id, *values))

    async def count(self, kind: type[Aggregate] | type[Part], **attributes: Any) -> int:
        """How many aggregates or parts of the tenant have these attribute values."""
        await self.flush()
        also, values = _having(kind, attributes)
        text = f"SELECT count(*) FROM {KEPT[kind].table.name} it WHERE it.tenant_id = $1{also}"
        connection = await self._begun()
        counted: int = await connection.fetchval(text, self._tenant_id, *values)
        return counted

    async def claim(self, key: Key) -> Earlier | None:
        """Do what follows at most once under this key; what came of it if it was done before.

        Raises Invalid with IDEMPOTENCY_KEY_REUSED. Comes before anything else in a unit of work.
        """
        return await keys.claim(await self._begun(), *self._scope, key, self.now)

    async def settle_key(self, key: Key, about: UUID | None) -> None:
        """Note under the claimed key what the change was made to."""
        connection = await self._begun()
        await keys.settle(connection, *self._scope, key, about)
        await keys.sweep(connection, self.actor.tenant_id, self.now)

    async def batch_of(self, entity: str, id: UUID) -> list[UUID]:
        """All of its kind that the transaction told of which made this one, in their order."""
        rows = await (await self._begun()).fetch(TOGETHER, self._tenant_id, entity, id)
        return [row["entity_id"] for row in rows]

    async def connection(self) -> Connection:
        """The connection of this transaction, in which everything done so far can be read."""
        await self.flush()
        return await self._begun()

    async def flush(self) -> None:
        """Write rows, closures, search index and journal so far; commit nothing."""
        await self._begun()
        await self._settle()

    async def finish(self) -> Connection:
        """Write what is left, and commit; the connection is for reading what has been kept."""
        if not self._is_finished:
            await self._settle()
            await self._transaction.commit()
            self._is_finished = True
        return self._transaction.alone

    async def _settle(self) -> None:
        """Write; what no transaction was begun for is written and committed by one statement."""
        touched = list(self._touched())
        if not touched:
            return
        rebuilt = _to_be_rebuilt(touched)
        for kind in rebuilt:
            await self.lock_tree(kind.NAME)
        writes = Writes()
        for each in touched:
            self._write(writes, each)
        if not writes.is_all_or_nothing:
            await self._begun()
        connection = self._transaction.alone
        await writes.send(connection, self._tenant_id)
        self._standings.clear()
        for kind, ids in rebuilt.items():
            await UPKEEP[kind].rebuild(connection, self._tenant_id, ids)

    def _touched(self) -> Iterator[Touched]:
        """What is new, gone or changed, be it only in a part, and what recorded something.

        A change to a part is a change to the whole: it gets a new version as well.
        """
        for each in list(self._watched.values()):
            aggregate, before, after = each.aggregate, each.kept, each.now
            if before != after or (after and aggregate.happened):
                if before and after:
                    aggregate.version += 1
                    after = after._replace(values=KEPT[type(aggregate)].values(aggregate))
                yield Touched(aggregate, before, after)

    def _write(self, writes: Writes, it: Touched) -> None:
        said, aggregate = self._said_of(it.aggregate), it.aggregate
        writes.follow(type(aggregate), it.before, it.after, said.at)
        words.follow(writes, aggregate, it.before, it.after)
        for each in it.entries(said):
            self._journal.write(writes, each)
        aggregate.happened.clear()
        if it.after is None:
            del self._held[type(aggregate), aggregate.id]
        else:
            self._watch(Held(aggregate, it.after))

    def _said_of(self, _: Aggregate) -> Said:
        """To whom and when an aggregate's changes are put down."""
        return Said(self.actor.person_id, self.now)

    async def _begun(self) -> Connection:
        return await self._transaction.begun()

    @property
    def _tenant_id(self) -> TenantId:
        return self.actor.tenant_id

    @property
    def _scope(self) -> tuple[UUID, UUID]:
        """Whose keys are meant: nobody comes upon the key of somebody else."""
        assert self.actor.member_id is not None, "Only members send keys."
        return self.actor.tenant_id, self.actor.member_id

    async def _found(
        self, kind: type[A], id: UUID, rule: Rule = EVERYBODY
    ) -> tuple[A | None, bool]:
        """What the actor may know of, and whether this rule holds for it, too."""
        found = await self._load(kind, id)
        if found is None:
            return None, False

        def read(standing: Relationships) -> list[bool]:
            return [is_allowed(each, self.actor, found, standing) for each in (kind.SEE, rule)]

        seen, may = read(NOWHERE)
        if not (seen and may):
            if any(self._moving()):
                await self.flush()
            seen, may = read(await self._standing(found, kind.SEE, rule))
        return (found if seen else None), may

    async def _standing(self, subject: object, *rules: Rule) -> Relationships:
        facts = ActorFacts(self.actor)
        named = named_by([plain(rule, facts) for rule in rules], subject)
        key = (self.actor.today, *map(frozenset, (named.people, named.teams, named.organizations)))
        if key not in self._standings:
            self._standings[key] = await standing_of(
                await self._begun(), self._tenant_id, self.actor.today, named
            )
        return self._standings[key]

    def _moving(self) -> Iterator[Held]:
        """Whatever stands in a tree and differs from what is written of it."""
        for each in self._watched.values():
            if type(each.aggregate) in UPKEEP and each.is_different:
                yield each

    async def _load(self, kind: type[A], id: UUID) -> A | None:
        if (kind, id) in self._foreseen:
            return self._taken(kind, self._foreseen.pop((kind, id)))
        held = self._held.get((kind, id))
        if held is None:
            text = f"{selection(KEPT[kind])} AND it.id = $2"
            connection = await self._begun()
            return self._taken(kind, await connection.fetchrow(text, self._tenant_id, id))
        self._watch(held)
        found: A = held.aggregate
        return None if held.is_gone else found

    def _taken(self, kind: type[A], row: Any) -> A | None:
        """What a row holds; what is held already is not taken anew."""
        if row is None:
            return None
        kept = KEPT[kind]
        held = self._held.get((kind, row[kept.places["id"]])) or Held(*made(kept, row))
        self._watch(held)
        found: A = held.aggregate
        return found

    def _watch(self, held: Held) -> None:
        """Look at it when all is settled."""
        key = type(held.aggregate), held.aggregate.id
        self._held[key] = self._watched[key] = held


def _having(kind: type, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """The condition that a row has these values, and those that are sent from `$2` on."""
    text, sent = "", []
    for name, value in values.items():
        column = f"it.{KEPT[kind].table.c[name].name}"
        if value is None:
            text += f" AND {column} IS NULL"
        else:
            sent.append(value)
            text += f" AND {column} = ${len(sent) + 1}"
    return text, sent


def _to_be_rebuilt(touched: Iterable[Touched]) -> dict[type[Aggregate], list[UUID]]:
    """Whatever moved in a tree, in an order that is the same for everybody."""
    moved: dict[type[Aggregate], list[UUID]] = {}
    for each in touched:
        if each.moves:
            moved.setdefault(type(each.aggregate), []).append(each.aggregate.id)
    return dict(sorted(moved.items(), key=lambda item: item[0].NAME))


def _not_from_here(found: Aggregate, to: Action) -> str:
    now = _spoken(str(getattr(found, to.state_attribute)))
    states = [_spoken(state) for state in to.states or ()]
    wanted = " or ".join([", ".join(states[:-1]), states[-1]] if states[1:] else states)
    verb = _spoken(to.name)
    return f"This {_spoken(found.NAME)} is {now}; to {verb} it must be {wanted}."


def _one(subject: object) -> str:
    """Something by what it is."""
    noun = _spoken(getattr(subject, "NAME", "this"))
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _spoken(name: str) -> str:
    return name.replace("_", " ")
