"""Work: what a use case may ask of the store, within one transaction and on behalf of one actor."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from domain.kernel.access import Actor
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part

A = TypeVar("A", bound=Aggregate)


class Work(Protocol):
    """The unit of work. Everything is kept when the block around it ends well, else nothing."""

    actor: Actor
    now: datetime

    async def get(
        self, kind: type[A], id: UUID, *, to: Action, expected_version: int | None = None
    ) -> A:
        """Load an aggregate by saying what for.

        Raises NotFound (also for what the actor may not see), NotPermitted, StateConflict, and
        VersionConflict where `expected_version` is given and no longer true.
        """
        ...

    async def reference(self, kind: type[A], id: UUID | None, *field: str) -> A | None:
        """Load what an input refers to.

        Raises Invalid with REFERENCE_NOT_FOUND at that field path.
        """
        ...

    async def add(self, aggregate: Aggregate, *, to: Action) -> None:
        """Keep a new aggregate. Raises NotPermitted where the actor may not create it there."""
        ...

    async def require(self, subject: object, *, to: Action) -> None:
        """Ask the action's rule of an aggregate or part as it stands in memory: after a move, say.

        Raises NotPermitted.
        """
        ...

    async def remove(self, aggregate: Aggregate) -> None:
        """Delete an aggregate with its parts; its journal stays."""
        ...

    async def lock_tree(self, tree: str) -> None:
        """Wait until no other transaction of this tenant changes this tree, and keep it so."""
        ...

    async def ancestors(self, kind: type[Aggregate], id: UUID) -> Collection[UUID]:
        """Return the ancestors of an organization, team or goal, the nearest first."""
        ...

    async def managers_between(
        self, person_id: UUID, since: date, until: date | None
    ) -> Collection[UUID]:
        """Everyone who stands above the person in the primary line on some day of the period."""
        ...

    async def find(self, kind: type[A], **attributes: Any) -> A | None:
        """Return the aggregate of the tenant with these attribute values, even if invisible.

        It is for rules about the whole tenant, such as a unique e-mail, never for a response.
        """
        ...

    async def count(self, kind: type[Aggregate] | type[Part], **attributes: Any) -> int:
        """How many aggregates or parts of the tenant have these values. For rules only."""
        ...

    async def role_holders(self, role_id: UUID) -> Collection[UUID]:
        """Who holds this role over the whole tenant: people with no last day, active members."""
        ...
