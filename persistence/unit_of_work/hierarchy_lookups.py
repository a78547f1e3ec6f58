"""Look-ups of a unit of work in trees, reporting lines and roles, for rules about the tenant."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from datetime import date, datetime
from functools import partial
from uuid import UUID

from domain.kernel.access import Actor
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import TenantId
from domain.kernel.periods import Period
from domain.kernel.unit_of_work import Occupant
from persistence.access import hierarchy_queries, known_lines
from persistence.access.actor_query import load_actor_of
from persistence.access.known_lines import KnownLine
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.pools import Connection
from persistence.unit_of_work.relationship_cache import RelationshipCache


class HierarchyLookups(ABC):
    """The look-ups of `domain.kernel.unit_of_work.Work` that read no aggregates."""

    actor: Actor
    now: datetime
    _relationships: RelationshipCache

    @abstractmethod
    async def get_connection(self) -> Connection:
        """Return the connection of the transaction, after all changes so far were written."""

    @abstractmethod
    async def is_permitted(self, subject: object, *, to: Action) -> bool:
        """Return whether the action's rule allows it for an object in memory."""

    @property
    def _tenant_id(self) -> TenantId:
        return self.actor.tenant_id

    async def ancestors(self, kind: type[Aggregate], id: UUID) -> Collection[UUID]:
        """Return the ancestors of an organization, team or goal, the nearest first."""
        nodes = MAPPINGS[kind].table.name
        connection = await self.get_connection()
        return await hierarchy_queries.load_ancestors(connection, self._tenant_id, nodes, id)

    async def managers_between(
        self, person_id: UUID, since: date, until: date | None
    ) -> Collection[UUID]:
        """Return all who are above the person in the primary line on some day of the period."""
        connection = await self.get_connection()
        return await hierarchy_queries.load_managers_between(
            connection, self._tenant_id, person_id, since, until, self.actor.today
        )

    async def is_known_above(
        self, person_id: UUID, since: date, until: date | None, *, planning: Action
    ) -> bool:
        """Return whether the actor is above the person in the period, as far as they may know."""
        period = Period(since, until)
        lines = await self._load_known_lines(known_lines.ABOVE, person_id, planning)
        return self.actor.person_id in known_lines.list_above(lines, person_id, period)

    async def is_permitted_to(self, person_id: UUID, subject: object, *, to: Action) -> bool:
        """Return whether the action's rule allows it to another person, for an object in memory."""
        other = await load_actor_of(
            await self.get_connection(), self._tenant_id, person_id, self.now
        )
        return other is not None and await self._relationships.allow_all(
            self.get_connection, other, [subject], to.rule
        )

    async def is_permitted_below(
        self, person_id: UUID, since: date, until: date | None, *, to: Action, planning: Action
    ) -> bool:
        """Return whether the rule allows it for everyone below a person, as far as is known."""
        period = Period(since, until)
        lines = await self._load_known_lines(known_lines.BELOW, person_id, planning)
        reports = known_lines.list_below(lines, person_id, period)
        return await self._relationships.allow_all(
            self.get_connection, self.actor, reports, to.rule
        )

    async def _load_known_lines(
        self, direction: tuple[str, str], person_id: UUID, planning: Action
    ) -> list[KnownLine]:
        connection, today = await self.get_connection(), self.actor.today
        lines = await known_lines.load_lines(
            connection, direction, self._tenant_id, person_id, today
        )
        return await known_lines.keep_known(lines, today, partial(self.is_permitted, to=planning))

    async def list_occupants(self, unit_id: UUID, day: date) -> list[Occupant]:
        """Return who is in a unit today, or by a job on that day or later, even if invisible."""
        return await hierarchy_queries.load_occupants(
            await self.get_connection(), self._tenant_id, unit_id, day, self.actor.today
        )

    async def managers_ever(self, person_id: UUID) -> Collection[UUID]:
        """Return all who are above the person in the primary line on some day, past or planned."""
        connection = await self.get_connection()
        return await hierarchy_queries.load_managers_between(
            connection, self._tenant_id, person_id, date.min, None, date.min
        )

    async def role_holders(self, role_id: UUID, *, after: date) -> Collection[UUID]:
        """Return the people who hold this role over the whole tenant, and leave after that day."""
        return await hierarchy_queries.load_role_holders(
            await self.get_connection(), self._tenant_id, role_id, after
        )

    async def count_holders(self, role_id: UUID) -> int:
        """Return how many members hold this role who have not left."""
        return await hierarchy_queries.count_holders(
            await self.get_connection(), self._tenant_id, role_id, self.actor.today
        )
