"""Look-ups of a unit of work in trees, reporting lines and roles, for rules about the tenant."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from datetime import date
from uuid import UUID

from domain.kernel.access import Actor
from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import TenantId
from persistence.access import hierarchy_queries
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.pools import Connection


class HierarchyLookups(ABC):
    """The look-ups of `domain.kernel.unit_of_work.Work` that read no aggregates."""

    actor: Actor

    @abstractmethod
    async def get_connection(self) -> Connection:
        """Return the connection of the transaction, after all changes so far were written."""

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
