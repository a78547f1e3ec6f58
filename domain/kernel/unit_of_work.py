"""The protocol of the unit of work: what a use case needs from the database, for one actor."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from domain.kernel.access import Actor
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, DomainEvent, Part
from domain.kernel.background_tasks import BackgroundTask
from domain.kernel.ballot_keys import BallotKeys
from domain.kernel.explanations import AccessExplanation
from domain.kernel.unique_claims import UniqueClaim
from domain.kernel.wanted import Wanted

A = TypeVar("A", bound=Aggregate)
P = TypeVar("P", bound=Part)


@dataclass(frozen=True)
class Occupant:
    """A person who is in a unit today, or has a job in it; `organization_id` is the unit today.

    `stays` says whether a job in the unit counts on a given day or later.
    """

    id: UUID
    organization_id: UUID | None
    stays: bool


class Work(Protocol):
    """A unit of work. It stores all changes when its block ends without an exception."""

    actor: Actor
    now: datetime
    issuer: str
    subject: str
    """Those of the token by which the actor signed in; empty without a token."""
    verified_email: str | None
    """The e-mail address in that token which its issuer has verified; None for most tokens."""

    @property
    def open_claims(self) -> list[UniqueClaim] | None:
        """The claims that a batch checks at its end; None where each is checked at once."""
        ...

    def begin_step(self) -> None:
        """Begin a step, which can be undone with all that it loads, changes and writes."""
        ...

    async def undo_step(self) -> None:
        """Undo the last step. Aggregates that were loaded before it are as they were then."""
        ...

    @property
    def step_count(self) -> int:
        """How many steps have begun and may be undone."""
        ...

    async def undo_steps_after(self, count: int) -> None:
        """Undo all steps but the first `count`, the last one first. Locks may be lost."""
        ...

    def keep_steps(self) -> None:
        """Keep what all steps did: none can be undone any more."""
        ...

    async def load_holders(
        self, kind: type[A], attribute: str, values: Collection[str]
    ) -> list[tuple[str, A]]:
        """Return those of these values that are stored, each with the aggregate that has it.

        The values are in the form in which they are compared. Changes so far are not written
        before. It is for rules about the whole tenant.
        """
        ...

    async def clear_values(
        self, kind: type[Aggregate], attribute: str, ids: Collection[UUID]
    ) -> None:
        """Let the rows of these aggregates hold no value of a unique attribute for now.

        So others can be written with these values first. Each must get another value before the
        commit, or the step must be undone.
        """
        ...

    @property
    def ballot_keys(self) -> BallotKeys:
        """The keys of secret ballots."""
        ...

    async def get(
        self, kind: type[A], id: UUID, *, to: Action, expected_version: int | None = None
    ) -> A:
        """Load an aggregate for a stated action.

        Guarded values that the actor may not see are concealed (`domain.kernel.guarded_values`).
        Raises NotFound (also for what the actor may not see), NotPermitted and StateConflict.
        Raises VersionConflict where `expected_version` is given and is not the current one.
        """
        ...

    async def reference(
        self, kind: type[A], id: UUID | None, *field: str, reading: Collection[str] = ()
    ) -> A | None:
        """Load the aggregate that an input refers to, to read it.

        All guarded values are concealed, except those named in `reading` that the actor may see.
        Raises Invalid with REFERENCE_NOT_FOUND at that field path.
        """
        ...

    async def add(self, aggregate: Aggregate, *, to: Action) -> None:
        """Add a new aggregate. Raises NotPermitted where the actor may not create it there."""
        ...

    async def require(self, subject: object, *, to: Action) -> None:
        """Check the rule of an action for an object in memory, for example after a move.

        Raises NotPermitted.
        """
        ...

    async def is_permitted(self, subject: object, *, to: Action) -> bool:
        """Return whether the action's rule allows it for an object in memory."""
        ...

    async def is_permitted_to(self, person_id: UUID, subject: object, *, to: Action) -> bool:
        """Return whether the action's rule allows it to another person, for an object in memory.

        False for a person without an active account.
        """
        ...

    async def explain(
        self, person_id: UUID, kind: type[Aggregate], id: UUID, *, to: Action
    ) -> AccessExplanation | None:
        """Explain to the actor whether a person may do this to an object, and why.

        It holds no fact that the actor may not know. None for an object that the actor cannot see.
        """
        ...

    async def is_permitted_below(
        self, person_id: UUID, since: date, until: date | None, *, to: Action, planning: Action
    ) -> bool:
        """Return whether the action's rule allows it for everyone known to be below a person.

        They stand below the person in the primary line on some day of the period. Planned starts
        and ends of lines count only for people whom the actor may do `planning` for. Both rules may
        name their `id` and `organization_id`.
        """
        ...

    async def remove(self, aggregate: Aggregate) -> None:
        """Delete an aggregate with its parts; its entries in the journal stay."""
        ...

    def enqueue(self, task: BackgroundTask) -> None:
        """Let a worker do a task after the commit; without a commit it is forgotten."""
        ...

    async def flush(self) -> None:
        """Write all changes so far, without a commit."""
        ...

    async def replace_in_attributes(
        self, kind: type[Aggregate], old_id: UUID, new_id: UUID
    ) -> None:
        """Let the attributes of aggregates that name one object name another of its kind.

        Each aggregate gets an entry in the journal. It also changes what the actor may not see.
        """
        ...

    async def replace(self, kind: type[Aggregate], old_id: UUID, new_id: UUID) -> None:
        """Let everything that still names one aggregate name another, and redirect its id.

        That is parts of other aggregates, earlier redirects, and the journal but for the entries of
        this transaction. For the merge of two aggregates, before the first one is removed.
        """
        ...

    async def reveal(self, kind: type[A], id: UUID) -> A:
        """Load an aggregate again, to erase it.

        It has the values that the actor may not see, and the superseded parts.
        """
        ...

    async def erase_history(self, kind: type[Aggregate], id: UUID) -> None:
        """Remove the personal values of an aggregate from its entries in the journal."""
        ...

    async def lock_tree(self, tree: str) -> None:
        """Lock a tree of this tenant until the end of the transaction."""
        ...

    async def lock_value(self, attribute: str, value: str) -> None:
        """Wait until no other transaction of this tenant holds this value, and hold it.

        It keeps a value unique where no constraint of the database can say when it is taken.
        """
        ...

    async def lock_values(self, attribute: str, values: Collection[str]) -> None:
        """Lock several values as `lock_value` does, always in the same order."""
        ...

    async def ancestors(self, kind: type[Aggregate], id: UUID) -> Collection[UUID]:
        """Return the ancestors of an organization, team or goal, the nearest first."""
        ...

    async def managers_between(
        self, person_id: UUID, since: date, until: date | None
    ) -> Collection[UUID]:
        """Return all who are above the person in the primary line on some day of the period."""
        ...

    async def is_known_above(
        self, person_id: UUID, since: date, until: date | None, *, planning: Action
    ) -> bool:
        """Return whether the actor is above the person on some day of the period.

        Planned starts and ends of lines count as in `is_permitted_below`.
        """
        ...

    async def managers_ever(self, person_id: UUID) -> Collection[UUID]:
        """Return all who are above the person in the primary line on some day, past or planned."""
        ...

    async def find(self, kind: type[A], **attributes: Any) -> A | None:
        """Return the aggregate of the tenant with these attribute values, even if invisible.

        It is for rules about the whole tenant, such as a unique e-mail, and never for a response.
        Raises ValueError for a guarded attribute that is not unique; `NoneOrAfter(today)` is
        allowed.
        """
        ...

    async def find_with_part(
        self, kind: type[A], part: type[Part], *, runs_on: date | None = None, **attributes: Any
    ) -> list[A]:
        """Return the aggregates with such a part; with `runs_on`, one that has not ended by then.

        It also returns what the actor may not see. For use cases that change all of them.
        """
        ...

    async def find_running_after(self, kind: type[A], day: date, **attributes: Any) -> list[A]:
        """Return at most ten aggregates whose period runs on that day or later, even invisible.

        Those without an end come first. For rules about what ends with something else.
        """
        ...

    async def list_parts(self, part: type[P], **attributes: Any) -> list[P]:
        """Return the parts with these values, also those that their aggregate does not load.

        They are for reading: changes to them are not stored.
        """
        ...

    async def lock(self, aggregates: Sequence[Aggregate], *, keeps_state: bool = False) -> None:
        """Wait until no other transaction changes these aggregates, and hold them.

        With `keeps_state` nothing of them may be changed from now on, but events may be recorded:
        no statement compares them. Raises ConcurrentChange where one has changed since it was
        loaded.
        """
        ...

    def check_unchanged(self, aggregate: Aggregate) -> None:
        """Let the next write check that an aggregate has not changed since it was loaded.

        It also holds the aggregate until the commit. It saves the trip of `lock` where the use case
        reads nothing that the lock has to protect. The write raises ConcurrentChange.
        """
        ...

    async def read(self, *wanted: Wanted) -> Sequence[Sequence[Any]]:
        """Return all that is wanted, in one statement, to read it or to write it as records.

        It begins no transaction, so whatever is found may change before the write. The write has to
        check what must not. It also returns what the actor may not see.
        """
        ...

    async def load_all(
        self,
        kind: type[A],
        ids: Collection[UUID],
        *,
        locks: bool = False,
        keeps_state: bool = False,
    ) -> list[A]:
        """Load the aggregates with these ids, even invisible ones, in one statement.

        With `locks` it first waits until no other transaction changes them, and holds them. With
        `keeps_state` nothing of them may be changed, but events may be recorded: many are loaded
        faster.
        It is for what follows from a change by anybody, and never for a response.
        """
        ...

    async def find_all(self, kind: type[A], **keys: Sequence[Any]) -> list[A]:
        """Load the aggregates with these keys, even invisible ones, as `find_records` does parts.

        It is for what follows from a change by anybody, and never for a response.
        """
        ...

    async def find_records(self, kind: type[P], **keys: Sequence[Any]) -> list[P]:
        """Return the parts with these keys, for parts that their aggregate never loads.

        Each attribute has a list, and the lists together have one key at each position. A key may
        have None. One statement finds all.
        """
        ...

    async def find_values(
        self, kind: type[Aggregate] | type[Part], names: Sequence[str], **keys: Sequence[Any]
    ) -> Sequence[Sequence[Any]]:
        """Return the values of these attributes of the aggregates or parts with these keys.

        It reads many of them faster than `find_records`, and reads even invisible ones.
        """
        ...

    async def run_statement(self, name: str, **values: Any) -> Sequence[Sequence[Any]]:
        """Return the rows of a statement that persistence declares under this name.

        It counts what the tenant has, even what the actor may not see. For what follows from the
        data as a whole, and never for a response.
        """
        ...

    async def has_records(self, kind: type[Aggregate], part: type[Part], **attributes: Any) -> bool:
        """Return whether an aggregate with these attribute values has such a part, even unseen."""
        ...

    async def record_events(
        self, kind: type[Aggregate], events: Sequence[tuple[DomainEvent, Collection[UUID]]]
    ) -> None:
        """Record each event for the aggregates with these ids, which need not be loaded.

        The events keep the version. It is for what follows from a change of something else. The
        caller enqueues the background tasks that follow.
        """
        ...

    def write_records(
        self,
        *,
        added: Sequence[Part] = (),
        changed: Sequence[Part] = (),
        removed: Sequence[Part] = (),
    ) -> None:
        """Write such parts with the next changes. The journal has only what aggregates record."""
        ...

    def keep_records(
        self, kind: type[Part], kept: Sequence[tuple[Part, Mapping[str, Any]]]
    ) -> None:
        """Write a part of this kind for each of these, with its stored values and further ones.

        All have the same further values by name, their ids among them. It is for what the next
        changes replace. The part is as it was read, and is not written twice without a read.
        """
        ...

    async def count(self, kind: type[Aggregate] | type[Part], **attributes: Any) -> int:
        """Return how many aggregates or parts have these values, even invisible ones. For rules.

        Raises ValueError like `find`.
        """
        ...

    async def list_occupants(self, unit_id: UUID, day: date) -> list[Occupant]:
        """Return who is in a unit today, or by a job on that day or later, even if invisible.

        People who have left are left out.
        """
        ...

    async def count_holders(self, role_id: UUID) -> int:
        """Return how many members hold this role, or will, who have not left."""
        ...

    async def role_holders(self, role_id: UUID, *, after: date) -> Collection[UUID]:
        """Return the people who hold this role over the whole tenant, without an end.

        Only active accounts count, and only people who have not left by that day.
        """
        ...
