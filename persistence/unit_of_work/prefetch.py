"""Opening: who asks, and what the input names, in the one statement with which work begins."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from domain.kernel.access import Actor
from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import TenantId
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.mapping.row_mapper import select_by_ids
from persistence.kernel.transaction import Transaction, enter_tenant_sql

PrefixedIds: TypeAlias = Iterable[tuple[str, UUID]]
"""Ids with the prefixes of their kinds."""

Prefetched: TypeAlias = dict[tuple[type, UUID], Any]
"""The rows of what was asked for beforehand; None where there is none."""

AggregateTypes: TypeAlias = tuple[type[Aggregate], ...]

SqlBuilder: TypeAlias = Callable[[int], str]
"""A question to the tenant as SQL, its parameters counted from the number given."""


class ActorResolver(Protocol):
    """A caller, of whom a tenant is asked who that is now."""

    @property
    def tenant_id(self) -> TenantId:
        """The tenant."""
        ...

    def build_query(self) -> tuple[SqlBuilder, tuple[Any, ...]]:
        """The question as SQL, and its parameters, of which the first is the tenant."""
        ...

    def resolve_actor(self, query_result: Any, snapshot: str) -> Actor | None:
        """Whom the answer of a snapshot makes of the caller; None where it has to be asked again.

        Raises where that is nobody who may do anything.
        """
        ...


async def resolve_and_prefetch(
    transaction: Transaction, resolver: ActorResolver, ids: PrefixedIds
) -> tuple[Actor, Prefetched]:
    """Who the caller is now, and the aggregates that ids name; it commits nothing."""
    ids_by_kind, actor, row_lists = _group_by_kind(ids), None, []
    while actor is None:
        build_sql, parameters = resolver.build_query()
        sql = _build_statement(build_sql, len(parameters), tuple(ids_by_kind))
        row = await transaction.autocommit.fetchrow(
            sql, *parameters, *map(list, ids_by_kind.values())
        )
        assert row is not None, "Whoever enters finds one row."
        query_result, snapshot, *row_lists = row
        actor = resolver.resolve_actor(query_result, snapshot)
    prefetched: Prefetched = {
        (kind, id): None for kind, kind_ids in ids_by_kind.items() for id in kind_ids
    }
    for kind, rows in zip(ids_by_kind, row_lists, strict=True):
        position = MAPPINGS[kind].positions["id"]
        prefetched.update({(kind, row[position]): row for row in rows})
    return actor, prefetched


def _group_by_kind(ids: PrefixedIds) -> Mapping[type[Aggregate], set[UUID]]:
    ids_by_kind: dict[type[Aggregate], set[UUID]] = {}
    for prefix, id in ids:
        kind = _map_prefixes().get(prefix)
        if kind is not None:
            ids_by_kind.setdefault(kind, set()).add(id)
    return ids_by_kind


@cache
def _map_prefixes() -> Mapping[str, type[Aggregate]]:
    """The kinds of aggregates, by their prefixes."""
    return {
        mapping.table.info["prefix"]: kind
        for kind, mapping in MAPPINGS.items()
        if issubclass(kind, Aggregate)
    }


@cache
def _build_statement(build_sql: SqlBuilder, parameter_count: int, kinds: AggregateTypes) -> str:
    actor_columns = f"({build_sql(1)}), pg_current_snapshot()::text"
    row_arrays = [
        f"ARRAY({select_by_ids(MAPPINGS[kind], parameter_count + n)})"
        for n, kind in enumerate(kinds, 1)
    ]
    return f"SELECT {', '.join([actor_columns, *row_arrays])} FROM {enter_tenant_sql(1)}"
