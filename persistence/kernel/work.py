"""Work: the unit of work. One actor, one tenant, one transaction, one commit on the way out.

There is no way to hold an aggregate without saying what for. Whatever is raised inside undoes
everything, and what the database refuses is said in the words of the domain.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import blake2b
from typing import Any, TypeAlias, TypeVar, cast
from uuid import UUID

from sqlalchemy import event, func, inspect, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from domain.kernel.access import Actor, Rule, Standing, allows
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Happened, Part
from domain.kernel.errors import (
    Code,
    Invalid,
    NotFound,
    NotPermitted,
    StateConflict,
    VersionConflict,
)
from persistence.kernel import keys, questions
from persistence.kernel.changes import Changes, changes_of
from persistence.kernel.engine import give_up, watch_over
from persistence.kernel.facts import ActorFacts
from persistence.kernel.flushing import pointed_at_first
from persistence.kernel.journal import Entry, Journal
from persistence.kernel.keys import Earlier, Key
from persistence.kernel.mapping import UPKEEP, Connection, whole_of
from persistence.kernel.plain import plain
from persistence.kernel.standing import named_by, standing_of
from persistence.kernel.translation import STALE, translated
from persistence.kernel.words import Vocabulary

A = TypeVar("A", bound=Aggregate)
Sessions: TypeAlias = async_sessionmaker[AsyncSession]
Whose: TypeAlias = Callable[[Connection], Awaitable[Actor]]


class OrderedSession(Session):
    """A session that writes what is pointed at before what points to it."""


event.listen(OrderedSession, "before_flush", pointed_at_first)


def sessions(engine: AsyncEngine) -> Sessions:
    """What units of work are made from."""
    return async_sessionmaker(
        engine, expire_on_commit=False, autoflush=False, sync_session_class=OrderedSession
    )


@asynccontextmanager
async def work(
    made: Sessions, actor: Actor, *, now: datetime, request_id: str | None = None
) -> AsyncIterator["Work"]:
    """Do something as an actor. Commits once, on the way out; anything raised undoes everything."""

    async def known(_: Connection) -> Actor:
        return actor

    async with work_of(made, actor.tenant_id, known, now=now, request_id=request_id) as begun:
        yield begun


@asynccontextmanager
async def work_of(
    made: Sessions, tenant_id: UUID, whose: Whose, *, now: datetime, request_id: str | None = None
) -> AsyncIterator["Work"]:
    """The same for an actor who is looked up inside the transaction."""
    with _in_words_of_the_domain():
        async with made() as session, _entered(session, tenant_id) as connection:
            actor = await whose(connection)
            begun = Work(actor, now, request_id, session, connection)
            yield begun
            await begun.settle()


@asynccontextmanager
async def _entered(session: AsyncSession, tenant_id: UUID) -> AsyncIterator[Connection]:
    """A transaction inside the tenant; outside of one, row-level security raises."""
    try:
        connection = await session.connection()
    except BaseException:
        watch_over(session).end()
        raise
    driver: Any = (await connection.get_raw_connection()).driver_connection
    try:
        await connection.exec_driver_sql(f"SET LOCAL app.tenant_id = '{UUID(str(tenant_id))}'")
        yield cast(Connection, driver)
        await session.commit()
    except BaseException:
        await give_up(session, driver)
        raise


@contextmanager
def _in_words_of_the_domain() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        refusal = translated(error)
        if refusal is None:
            raise
        raise refusal from error


@dataclass(frozen=True)
class _Touched:
    """An aggregate that is about to be written, and how."""

    aggregate: Aggregate
    changes: Changes
    is_new: bool
    is_gone: bool

    def entries(self) -> Iterator[Entry]:
        """What the journal says of it: the changes belong to the first thing that happened."""
        changes = self.changes
        for each in self.aggregate.happened or [Happened(self._usual)]:
            yield Entry(
                self.aggregate.NAME, self.aggregate.id, each.action, changes, each.effective_on
            )
            changes = {}

    @property
    def _usual(self) -> str:
        return "created" if self.is_new else "removed" if self.is_gone else "changed"


@dataclass
class Work:
    """What `domain.kernel.work.Work` promises, kept in PostgreSQL."""

    actor: Actor
    now: datetime
    request_id: str | None
    _session: AsyncSession = field(repr=False)
    _connection: Connection = field(repr=False)

    def __post_init__(self) -> None:
        self._has_added = False
        # A session forgets a whole that nobody holds, even while its parts are being changed.
        self._held: dict[Aggregate, None] = {}
        self._journal = Journal(
            self.actor.tenant_id, self.actor.person_id, self.now, self.request_id
        )

    async def get(
        self, kind: type[A], id: UUID, *, to: Action, expected_version: int | None = None
    ) -> A:
        """Load an aggregate by saying what for; the refusals come in a fixed order."""
        found, standing = await self._found(kind, id, to.rule)
        if found is None:
            raise NotFound(f"There is no such {_spoken(kind.NAME)}.", "id")
        if not allows(to.rule, self.actor, found, standing):
            raise NotPermitted(f"You may see this {_spoken(kind.NAME)}, but not do this to it.")
        if not to.may_start(found):
            raise StateConflict(_not_from_here(found, to))
        if expected_version is not None and found.version != expected_version:
            raise VersionConflict(STALE, "expectedVersion")
        return found

    async def see(self, kind: type[A], id: UUID | None, *field: str) -> A | None:
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
        await self.permit(aggregate, to=to)
        self._session.add(aggregate)
        self._held[aggregate] = None
        self._has_added = True

    async def permit(self, subject: object, *, to: Action) -> None:
        """Ask the action's rule of something as it stands in memory."""
        standing = await self._standing(subject, to.rule)
        if not allows(to.rule, self.actor, subject, standing):
            raise NotPermitted(f"You may not {_spoken(to.name)} {_one(subject)} here.")

    async def remove(self, aggregate: Aggregate) -> None:
        """Delete an aggregate with its parts; its journal stays."""
        await self._session.delete(aggregate)

    async def hold(self, tree: str) -> None:
        """Wait for the lock of a tree of this tenant, and keep it until the end."""
        name = f"{self.actor.tenant_id}:{tree}".encode()
        key = int.from_bytes(blake2b(name, digest_size=8).digest(), signed=True)
        await self._connection.execute("SELECT pg_advisory_xact_lock($1)", key)

    async def above(self, kind: type[Aggregate], id: UUID) -> Collection[UUID]:
        """The ancestors of an organization, team or goal: nearest first, itself left out."""
        nodes = inspect(kind).local_table.name
        connection = await self.connection()
        return await questions.above(connection, self.actor.tenant_id, nodes, id)

    async def managers_between(
        self, person_id: UUID, since: date, until: date | None
    ) -> Collection[UUID]:
        """Everyone who stands above the person in the primary line on some day of the period."""
        connection = await self.connection()
        return await questions.managers_between(
            connection, self.actor.tenant_id, person_id, since, until
        )

    async def holders(self, role_id: UUID) -> Collection[UUID]:
        """Who holds this role over the whole tenant."""
        return await questions.holders(await self.connection(), self.actor.tenant_id, role_id)

    async def find(self, kind: type[A], **having: Any) -> A | None:
        """The one aggregate of the tenant with these attribute values, whoever may see it."""
        await self.settle()
        found = await self._session.scalars(
            select(kind)
            .where(*self._having(kind, having))
            .order_by(inspect(kind).local_table.c.id)
            .limit(1)
        )
        first = found.first()
        if first is not None:
            self._held[first] = None
        return first

    async def count(self, kind: type[Aggregate] | type[Part], **having: Any) -> int:
        """How many aggregates or parts of the tenant have these attribute values."""
        await self.settle()
        counted = select(func.count()).select_from(kind).where(*self._having(kind, having))
        return await self._session.scalar(counted) or 0

    async def claim(self, key: Key) -> Earlier | None:
        """Do what follows at most once under this key; what came of it if it was done before.

        Raises Invalid with IDEMPOTENCY_KEY_REUSED. Comes before anything else in a unit of work.
        """
        return await keys.claim(self._connection, *self._scope, key, self.now)

    async def settle_key(self, key: Key, about: UUID | None) -> None:
        """Note under the claimed key what the change was made to."""
        await keys.settle(self._connection, *self._scope, key, about)
        await keys.sweep(self._connection, self.actor.tenant_id, self.now)

    async def connection(self) -> Connection:
        """The connection of this transaction, in which everything done so far can be read."""
        await self.settle()
        return self._connection

    async def settle(self) -> None:
        """Write rows, closures, search index and journal so far; commit nothing."""
        touched = list(self._touched())
        if not touched:
            return
        self._has_added = False
        rebuilt = self._to_be_rebuilt(touched)
        for kind in rebuilt:
            await self.hold(kind.NAME)
        vocabulary = Vocabulary()
        entries: list[Entry] = []
        for each in touched:
            self._date(each)
            vocabulary.follow(each.aggregate, gone=each.is_gone)
            entries += each.entries()
            each.aggregate.happened.clear()
            if each.is_gone:
                del self._held[each.aggregate]
        await self._session.flush()
        for kind, ids in rebuilt.items():
            await UPKEEP[kind].rebuild(self._connection, self.actor.tenant_id, ids)
        await vocabulary.write(self._connection)
        await self._journal.write(self._connection, entries)

    def _touched(self) -> Iterator[_Touched]:
        """What is new, gone or changed, be it only in a part, and what recorded something."""
        session = self._session.sync_session
        deleted = set(session.deleted)
        changed = {whole_of(session, each) for each in session.dirty} | deleted
        for each in self._held:
            is_new, is_gone = inspect(each).pending, each in deleted
            if is_new or each.happened or each in changed:
                changes = changes_of(each, gone=is_gone)
                if changes or each.happened or is_new or is_gone:
                    yield _Touched(each, changes, is_new, is_gone)

    def _to_be_rebuilt(self, touched: Collection[_Touched]) -> dict[type[Aggregate], list[UUID]]:
        moved: dict[type[Aggregate], list[UUID]] = {}
        for each in touched:
            kind = type(each.aggregate)
            upkeep = UPKEEP.get(kind)
            if upkeep and ((each.is_new and upkeep.from_birth) or upkeep.attribute in each.changes):
                moved.setdefault(kind, []).append(each.aggregate.id)
        return dict(sorted(moved.items(), key=lambda item: item[0].NAME))

    def _date(self, each: _Touched) -> None:
        """A change to a part is a change to the whole: it gets a new version as well."""
        row: Any = each.aggregate
        if each.is_new:
            row.created_at = self.now
        if not each.is_gone:
            row.updated_at = self.now
            if not each.is_new:
                flag_modified(row, "updated_at")

    @property
    def _scope(self) -> tuple[UUID, UUID]:
        """Whose keys are meant: nobody comes upon the key of somebody else."""
        assert self.actor.member_id is not None, "Only members send keys."
        return self.actor.tenant_id, self.actor.member_id

    async def _found(self, kind: type[A], id: UUID, *rules: Rule) -> tuple[A | None, Standing]:
        """What the actor may know of, and all that is needed to read these rules for it."""
        await self.settle()
        found = await self._session.get(kind, (self.actor.tenant_id, id))
        if found is None:
            return None, Standing()
        self._held[found] = None
        standing = await self._standing(found, kind.SEE, *rules)
        return found if allows(kind.SEE, self.actor, found, standing) else None, standing

    async def _standing(self, subject: object, *rules: Rule) -> Standing:
        facts = ActorFacts(self.actor)
        named = named_by([plain(rule, facts) for rule in rules], subject)
        if named and self._has_added:
            await self.settle()
        return await standing_of(self._connection, self.actor.tenant_id, self.actor.today, named)

    def _having(self, kind: type[Aggregate] | type[Part], values: dict[str, Any]) -> list[Any]:
        attributes = {"tenant_id": self.actor.tenant_id, **values}
        return [getattr(kind, name) == value for name, value in attributes.items()]


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
