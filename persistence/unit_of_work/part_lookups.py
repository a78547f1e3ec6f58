"""Loading parts by themselves, also those that their aggregate does not load."""

from abc import ABC, abstractmethod
from typing import Any, TypeVar

from domain.kernel.access import Actor
from domain.kernel.aggregate import Part
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.mapping.row_mapper import from_row, parse_row, select_all
from persistence.kernel.pools import Connection
from persistence.unit_of_work.attribute_queries import build_conditions

P = TypeVar("P", bound=Part)


class PartLookups(ABC):
    """The part of a unit of work that loads parts without their aggregate."""

    actor: Actor

    @abstractmethod
    async def get_connection(self) -> Connection:
        """Return the connection of the transaction, after all changes so far were written."""

    async def list_parts(self, part: type[P], **attributes: Any) -> list[P]:
        """Return the parts with these values, to read them, in the order of their ids."""
        connection = await self.get_connection()
        conditions, values = build_conditions(part, attributes, self.actor.today)
        sql = f"{select_all(MAPPINGS[part])}{conditions} ORDER BY it.id"
        rows: Any = await connection.fetch(sql, self.actor.tenant_id, *values)
        return [from_row(MAPPINGS[part], parse_row(row[0]))[0] for row in rows]
