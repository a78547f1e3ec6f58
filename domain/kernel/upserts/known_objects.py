"""The objects that the rows of a batch name, loaded in one statement for each kind."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.kernel.actions import get_sight
from domain.kernel.aggregate import Aggregate
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts.declaration import RowKind
from domain.kernel.upserts.rows import NamedObject, Row

Kinds = Mapping[type[Any], RowKind]
Key = tuple[type[Aggregate], str, str]


@dataclass
class KnownObjects:
    """The objects that rows name, as far as the actor may see them.

    `taken` are the external references of objects, also of those that the actor may not see.
    `made` are those of the objects that rows have made.
    """

    kinds: Kinds
    found: dict[type[Aggregate], dict[UUID, Any]] = field(default_factory=dict)
    taken: dict[Key, UUID] = field(default_factory=dict)
    made: dict[Key, Any] = field(default_factory=dict)
    reference_ids: dict[Key, UUID] = field(default_factory=dict)
    """The ids of the external references."""
    _visible: dict[tuple[UUID, bool], bool] = field(default_factory=dict)

    async def load(self, work: Work, kind: RowKind, rows: Sequence[Row]) -> None:
        """Load what the rows name, and what the fields of these objects name now."""
        names = dict[type[Aggregate], list[NamedObject]]()
        for row in rows:
            names.setdefault(kind.aggregate, []).append(row.name)
            for each in kind.references:
                for one in (row, *row.later):
                    named = one.values.get(each.name)
                    if each.refers_to and isinstance(named, NamedObject):
                        names.setdefault(each.refers_to, []).append(named)
        for aggregate, named_objects in names.items():
            await self._load_kind(work, aggregate, named_objects)
        await self._load_present_references(work, kind, rows)

    async def find(self, work: Work, kind: type[Aggregate], name: NamedObject) -> Any:
        """Return an object if the actor may see it, by the id of another system as well."""
        reference = name.reference
        if reference and (made := self.made.get((kind, *reference))) is not None:
            return made
        found = self.get(kind, name)
        return found if found is not None and await self.may_see(work, found, name) else None

    async def may_see(self, work: Work, found: Aggregate, name: NamedObject) -> bool:
        """Return whether the actor may see a stored object, and its references if one names it."""
        by_reference = name.id is None
        known = self._visible.get((found.id, by_reference))
        if known is None:
            known = await work.is_permitted(found, to=get_sight(type(found)))
            if known and by_reference:
                known = await work.is_permitted(found, to=get_sight(type(found), "references"))
            self._visible[found.id, by_reference] = known
        return known

    async def _load_kind(
        self, work: Work, aggregate: type[Aggregate], names: Iterable[NamedObject]
    ) -> None:
        references = list(dict.fromkeys(each.reference for each in names if each.reference))
        kind = self.kinds[aggregate]
        if references:
            columns = ("id", kind.aggregate.get_owner_attribute(), "source", "external_id")
            for id, owner_id, source, external_id in await work.find_values(
                kind.aggregate.REFERENCE,
                columns,
                source=[source for source, _ in references],
                external_id=[external_id for _, external_id in references],
            ):
                self.taken[aggregate, source, external_id] = owner_id
                self.reference_ids[aggregate, source, external_id] = id
        ids = {each.id for each in names if each.id} | {
            id for (each, *_), id in self.taken.items() if each is aggregate
        }
        await self.load_by_ids(work, aggregate, ids)

    def get(self, kind: type[Aggregate], name: NamedObject) -> Any:
        """Return a stored object, whether the actor may see it or not."""
        reference = name.reference
        id = name.id or (self.taken.get((kind, *reference)) if reference else None)
        return self.found.get(kind, {}).get(id) if id else None

    async def _load_present_references(
        self, work: Work, kind: RowKind, rows: Sequence[Row]
    ) -> None:
        present = dict[type[Aggregate], set[UUID]]()
        for row in rows:
            target = self.get(kind.aggregate, row.name)
            for each in kind.references if target is not None else ():
                if each.refers_to and (named := each.read(target, row)) is not None:
                    present.setdefault(each.refers_to, set()).add(named)
        for aggregate, ids in present.items():
            await self.load_by_ids(work, aggregate, ids)

    async def load_by_ids(self, work: Work, kind: type[Aggregate], ids: Iterable[UUID]) -> None:
        """Load the objects with these ids that are not known yet."""
        known = self.found.setdefault(kind, {})
        missing = sorted({*ids} - known.keys())
        if missing:
            if self.kinds[kind].is_held_open:
                await work.lock_values(kind.NAME, [str(each) for each in missing])
            # A verb that changes one gets it by its id, and then it is compared.
            found = await work.load_all(kind, missing, keeps_state=True)
            known.update({each.id: each for each in found})
