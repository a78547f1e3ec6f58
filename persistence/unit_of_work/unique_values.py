"""Values that no two aggregates of a tenant may have: who has them, and how they are swapped."""

from abc import abstractmethod
from collections.abc import Collection
from typing import Any, TypeVar
from uuid import UUID

from domain.kernel.access import Actor
from domain.kernel.aggregate import Aggregate
from domain.kernel.unique_claims import UniqueClaim
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.mapping.row_mapper import Row, build_row_sql, parse_row
from persistence.kernel.schema.derived_columns import find_folded_column
from persistence.unit_of_work.record_sets import select_by_keys
from persistence.unit_of_work.steps import Steps

A = TypeVar("A", bound=Aggregate)


class UniqueValues(Steps):
    """The part of a unit of work that reads and clears unique values, without a flush before."""

    actor: Actor
    open_claims: list[UniqueClaim] | None = None
    """No claims wait: each is checked at once."""

    @abstractmethod
    def _track_row(self, kind: type[A], row: Row) -> A:
        """Return the aggregate of a row; the tracked one if it was loaded before."""

    async def load_holders(
        self, kind: type[A], attribute: str, values: Collection[str]
    ) -> list[tuple[str, A]]:
        """Return the stored values among these, each with its aggregate."""
        mapping = MAPPINGS[kind]
        column = _find_column(kind, attribute)
        selected = f"it.{column} AS value, {build_row_sql(mapping, 'it')} AS entity"
        sql = select_by_keys(mapping, (column,), (), selected)
        connection = await self._begin()
        rows: Any = await connection.fetch(sql, self.actor.tenant_id, [*values])
        return [(value, self._track_row(kind, parse_row(row))) for value, row in rows]

    async def clear_values(
        self, kind: type[Aggregate], attribute: str, ids: Collection[UUID]
    ) -> None:
        """Give the rows of aggregates their id in place of a unique value, in the step."""
        if not ids:
            return
        await self._remember_before_writing()
        sql = (
            f"UPDATE {MAPPINGS[kind].table.name} SET {_find_column(kind, attribute)} = id::text"
            " WHERE tenant_id = $1 AND id = ANY($2)"
        )
        await (await self._begin()).execute(sql, self.actor.tenant_id, [*ids])


def _find_column(kind: type, attribute: str) -> str:
    """Return the column in which the values of an attribute are compared."""
    column, _ = find_folded_column(MAPPINGS[kind].table, attribute) or (attribute, None)
    return column
