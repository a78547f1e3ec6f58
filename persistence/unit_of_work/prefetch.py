"""The first statement of a unit of work: who the caller is, and what the input names."""

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any, TypeAlias
from uuid import UUID

from domain.kernel.access import Actor
from domain.kernel.aggregate import Aggregate
from domain.kernel.wanted import Wanted
from persistence.access.actor_resolver import ActorResolver
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.mapping.row_mapper import get_id, parse_row, select_by_ids
from persistence.kernel.transaction import SqlBuilder, Transaction, enter_tenant_sql
from persistence.unit_of_work.attribute_queries import (
    Shape,
    describe_shape,
    list_wanted_values,
    select_wanted,
)

Named: TypeAlias = Collection[tuple[str, UUID] | Wanted]
"""What an input names: ids, each with the prefix of its kind, and what else to read."""

Prefetched: TypeAlias = dict[tuple[type, UUID] | Wanted, Any]
"""Rows that were loaded beforehand: of an id one or None, of what is wanted a list."""

AggregateTypes: TypeAlias = tuple[type[Aggregate], ...]


async def resolve_and_prefetch(
    transaction: Transaction, resolver: ActorResolver, named: Named
) -> tuple[Actor, Prefetched]:
    """Return who the caller is, and the rows that the input names, with one statement.

    A second one follows where cached rights no longer hold. Nothing is committed.
    """
    wanted = [each for each in named if isinstance(each, Wanted)]
    ids = (each for each in named if not isinstance(each, Wanted))
    ids_by_kind, row_lists = _group_by_kind(ids), list[Any]()
    shapes = tuple([describe_shape(each) for each in wanted])
    values = [value for each in wanted for value in list_wanted_values(each)]

    async def run_query(build_sql: SqlBuilder, *parameters: Any) -> Any:
        sql = _build_statement(build_sql, len(parameters), tuple(ids_by_kind), shapes)
        row = await transaction.autocommit.fetchrow(
            sql, *parameters, *map(list, ids_by_kind.values()), *values
        )
        assert row is not None, "The statement selects from one row."
        query_result, *row_lists[:] = row
        return query_result

    actor = await resolver.resolve(run_query)
    prefetched: Prefetched = {
        (kind, id): None for kind, kind_ids in ids_by_kind.items() for id in kind_ids
    }
    for kind, rows in zip(ids_by_kind, row_lists, strict=False):
        for row in map(parse_row, rows):
            prefetched[kind, get_id(MAPPINGS[kind], row)] = row
    prefetched.update(zip(wanted, row_lists[len(ids_by_kind) :], strict=True))
    return actor, prefetched


def _group_by_kind(ids: Iterable[tuple[str, UUID]]) -> Mapping[type[Aggregate], set[UUID]]:
    ids_by_kind: dict[type[Aggregate], set[UUID]] = {}
    for prefix, id in ids:
        kind = _map_prefixes().get(prefix)
        if kind is not None:
            ids_by_kind.setdefault(kind, set()).add(id)
    return ids_by_kind


@cache
def _map_prefixes() -> Mapping[str, type[Aggregate]]:
    """Return the kinds of aggregates by their prefixes."""
    return {
        mapping.table.info["prefix"]: kind
        for kind, mapping in MAPPINGS.items()
        if issubclass(kind, Aggregate)
    }


@cache
def _build_statement(
    build_sql: SqlBuilder, parameter_count: int, kinds: AggregateTypes, shapes: tuple[Shape, ...]
) -> str:
    row_arrays = [
        f"ARRAY({select_by_ids(MAPPINGS[kind], parameter_count + n)})"
        for n, kind in enumerate(kinds, 1)
    ]
    row_arrays += select_wanted(shapes, parameter_count + len(kinds) + 1)
    columns = ", ".join([f"({build_sql(1)})", *row_arrays])
    return f"SELECT {columns} FROM {enter_tenant_sql(1)}"


@cache
def build_read(shapes: tuple[Shape, ...]) -> str:
    """Return the statement that reads what is wanted, and nothing else."""
    return f"SELECT {', '.join(select_wanted(shapes, 2))} FROM {enter_tenant_sql(1)}"
