"""Opening: who asks, and what the input names, in the one statement with which work begins."""

from collections.abc import Iterable, Mapping
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


class Whose(Protocol):
    """A caller, of whom a tenant is asked who that is now."""

    @property
    def tenant_id(self) -> TenantId:
        """The tenant."""
        ...

    @property
    def question(self) -> str:
        """The question as SQL, whose parameters are the first of a statement."""
        ...

    @property
    def about(self) -> tuple[Any, ...]:
        """Its parameters, of which the first is the tenant."""
        ...

    def actor(self, told: bytes | None) -> Actor:
        """Whom the answer makes of the caller; raises where that is nobody who may do anything."""
        ...


async def opened(transaction: Transaction, whose: Whose, ids: Ids) -> tuple[Actor, Foreseen]:
    """Who the caller is now, and the aggregates that ids name; it commits nothing."""
    wanted = _by_kind(ids)
    sql = _opening(whose.question, len(whose.about), tuple(wanted))
    about = (*whose.about, *map(list, wanted.values()))
    row = await transaction.alone.fetchrow(sql, *about)
    assert row is not None, "Whoever enters finds one row."
    told, *found = row
    foreseen: Foreseen = {(kind, id): None for kind, them in wanted.items() for id in them}
    for kind, rows in zip(wanted, found, strict=True):
        place = KEPT[kind].places["id"]
        foreseen.update({(kind, row[place]): row for row in rows})
    return whose.actor(told), foreseen


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
def _opening(question: str, asked: int, kinds: Kinds) -> str:
    them = [f"ARRAY({listed(KEPT[kind], asked + n)})" for n, kind in enumerate(kinds, 1)]
    return f"SELECT {', '.join([f'({question})', *them])} FROM {entering(1)}"
