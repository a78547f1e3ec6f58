"""Loading parts by themselves, and the objects whose rules an aggregate inherits."""

from abc import ABC, abstractmethod
from datetime import date
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from domain.kernel.access import Actor, InheritedFrom, list_inherited
from domain.kernel.aggregate import Aggregate, Part, find_kind, get_part_kind
from domain.kernel.pauses import with_pauses
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.mapping.row_mapper import from_row, parse_row, select_all
from persistence.kernel.pools import Connection
from persistence.unit_of_work.attribute_queries import build_conditions, build_part_query

A = TypeVar("A", bound=Aggregate)
P = TypeVar("P", bound=Part)


class PartLookups(ABC):
    """The part of a unit of work that loads what belongs to an aggregate, or what it belongs to."""

    actor: Actor

    @abstractmethod
    async def get_connection(self) -> Connection:
        """Return the connection of the transaction, after all changes so far were written."""

    @abstractmethod
    async def _fetch_all(self, kind: type[A], sql: str, values: list[Any]) -> list[A]:
        """Load aggregates by a statement, and track them."""

    @abstractmethod
    async def _load_aggregate(
        self, kind: type[A], id: UUID, *, is_read_only: bool = False
    ) -> A | None:
        """Return an aggregate, whether the actor may see it or not.

        The next flush compares it, unless it is only read.
        """

    async def _load_with_parents(
        self, kind: type[A], id: UUID, *, is_read_only: bool = False
    ) -> A | None:
        """Return an aggregate with the objects that its rules ask about, where it names them."""
        found = await self._load_aggregate(kind, id, is_read_only=is_read_only)
        if found is not None:
            await self._attach_parents(found)
        return found

    async def _attach_parents(self, child: Aggregate | Part) -> None:
        """Give an object those that its rules ask about; a part among them gets its own, too."""
        kind: Any = type(child)
        for each in _list_parents(kind):
            parent_id, parent_kind = getattr(child, each.attribute), find_kind(each.parent)
            parent: Aggregate | Part | None = None
            if parent_id and parent_kind is not None:
                parent = await self._load_aggregate(parent_kind, parent_id)
            elif parent_id:
                for parent in await self.list_parts(get_part_kind(each.parent), id=parent_id):
                    await self._attach_parents(parent)
            setattr(child, each.parent, parent)

    async def find_with_part(
        self, kind: type[A], part: type[Part], *, runs_on: date | None = None, **attributes: Any
    ) -> list[A]:
        """Return the aggregates with such a part; with `runs_on`, one that has not ended by then.

        They are returned even if the actor may not see them.
        """
        await self.get_connection()  # which writes all changes so far
        sql, values = build_part_query(kind, part, attributes, self.actor.today, runs_on=runs_on)
        return await self._fetch_all(kind, sql, values)

    async def list_parts(self, part: type[P], **attributes: Any) -> list[P]:
        """Return the parts with these values, to read them, in the order of their ids."""
        connection = await self.get_connection()
        conditions, values = build_conditions(part, attributes, self.actor.today)
        sql = f"{select_all(MAPPINGS[part])}{conditions} ORDER BY it.id"
        rows: Any = await connection.fetch(sql, self.actor.tenant_id, *values)
        return [from_row(MAPPINGS[part], parse_row(row[0]))[0] async for row in with_pauses(rows)]


@cache
def _list_parents(kind: Any) -> list[InheritedFrom]:
    return list({each.parent: each for each in list_inherited(kind.SEE)}.values())
