"""Opening: who asks, and what the input names, in the one statement with which work begins."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from domain.kernel.access import Actor
from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import TenantId
from persistence.kernel.loading import listed
from persistence.kernel.mapping import KEPT
from persistence.kernel.transaction import Transaction, entering

Ids: TypeAlias = Iterable[tuple[str, UUID]]
"""Ids with the prefixes of their kinds."""

Foreseen: TypeAlias = dict[tuple[type, UUID], Any]
"""The rows of what was asked for beforehand; None where there is none."""

Kinds: TypeAlias = tuple[type[Aggregate], ...]

Question: TypeAlias = Callable[[int], str]
"""A question to the tenant as SQL, its parameters counted from the number given."""


class Whose(Protocol):
    """A caller, of whom a tenant is asked who that is now."""

    @property
    def tenant_id(self) -> TenantId:
        """The tenant."""
        ...

    def ask(self) -> tuple[Question, tuple[Any, ...]]:
        """The question as SQL, and its parameters, of which the first is the tenant."""
        ...

    def actor(self, told: Any, snapshot: str) -> Actor | None:
        """Whom the answer of a snapshot makes of the caller; None where it has to be asked again.

        Raises where that is nobody who may do anything.
        """
        ...


async def opened(transaction: Transaction, whose: Whose, ids: Ids) -> tuple[Actor, Foreseen]:
    """Who the caller is now, and the aggregates that ids name; it commits nothing."""
    wanted, actor, found = _by_kind(ids), None, []
    while actor is None:
        question, about = whose.ask()
        sql = _opening(question, len(about), tuple(wanted))
        row = await transaction.alone.fetchrow(sql, *about, *map(list, wanted.values()))
        assert row is not None, "Whoever enters finds one row."
        told, snapshot, *found = row
        actor = whose.actor(told, snapshot)
    foreseen: Foreseen = {(kind, id): None for kind, them in wanted.items() for id in them}
    for kind, rows in zip(wanted, found, strict=True):
        place = KEPT[kind].places["id"]
        foreseen.update({(kind, row[place]): row for row in rows})
    return actor, foreseen


def _by_kind(ids: Ids) -> Mapping[type[Aggregate], set[UUID]]:
    wanted: dict[type[Aggregate], set[UUID]] = {}
    for prefix, id in ids:
        kind = _kinds().get(prefix)
        if kind is not None:
            wanted.setdefault(kind, set()).add(id)
    return wanted


@cache
def _kinds() -> Mapping[str, type[Aggregate]]:
    """The kinds of aggregates, by their prefixes."""
    return {
        kept.table.info["prefix"]: kind
        for kind, kept in KEPT.items()
        if issubclass(kind, Aggregate)
    }


@cache
def _opening(question: Question, asked: int, kinds: Kinds) -> str:
    who = f"({question(1)}), pg_current_snapshot()::text"
    them = [f"ARRAY({listed(KEPT[kind], asked + n)})" for n, kind in enumerate(kinds, 1)]
    return f"SELECT {', '.join([who, *them])} FROM {entering(1)}"
