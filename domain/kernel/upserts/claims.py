"""Claims of a batch: who will have a unique value at its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import Invalid
from domain.kernel.unique_claims import UniqueField
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts.rights import may_know
from domain.kernel.upserts.rows import Row


@dataclass(frozen=True)
class NewObject:
    """Stands for the object that a row will make."""

    id: UUID
    index: int


@dataclass
class RowClaim:
    """The value that an aggregate gets by a row, and the one that it has without the row."""

    index: int
    aggregate: Aggregate | NewObject
    value: str | None
    old: str | None


Holder = Aggregate | NewObject


async def find_conflicts(
    work: Work, unique: UniqueField, claims: Sequence[RowClaim]
) -> Mapping[int, Invalid]:
    """Return why rows are refused whose values others have at the end of the batch.

    Of rows with the same value the first one has it. A refused row leaves its aggregate with the
    old value, which may then be in the way of another row.
    """
    waiting = [each for each in claims if each.value is not None]
    values = {unique.fold(each.value) for each in waiting if each.value}
    claimants = {each.aggregate.id for each in claims}
    held: dict[str, Holder] = {
        value: holder
        for value, holder in await work.load_holders(unique.kind, unique.attribute, sorted(values))
        if holder.id not in claimants and unique.is_held(holder, work.actor.today)
    }
    conflicts = dict[int, Invalid]()
    while refused := _find_refused(unique, held, waiting):
        waiting = [each for each in waiting if each.index not in refused]
        for index, (each, other) in refused.items():
            conflicts[index] = unique.build_refusal(await _name(work, unique, other))
            if each.old is not None:
                held.setdefault(unique.fold(each.old), each.aggregate)
    return conflicts


def _find_refused(
    unique: UniqueField, held: Mapping[str, Holder], waiting: Sequence[RowClaim]
) -> dict[int, tuple[RowClaim, Holder]]:
    """Return the claims of values that others have, each with the other one."""
    taken, refused = dict(held), dict[int, tuple[RowClaim, Holder]]()
    for each in waiting:
        assert each.value is not None, "Only these claims wait."
        other = taken.setdefault(unique.fold(each.value), each.aggregate)
        if other.id != each.aggregate.id:
            refused[each.index] = each, other
    return refused


async def clear_passed_values(
    work: Work, unique: UniqueField, claims: Sequence[RowClaim]
) -> set[int]:
    """Let rows swap values: those that give one to another row are first written without it.

    Return the indexes of these rows.
    """
    takers = {unique.fold(each.value): each.aggregate.id for each in claims if each.value}
    passing = [
        each
        for each in claims
        if each.old and takers.get(unique.fold(each.old), each.aggregate.id) != each.aggregate.id
    ]
    await work.clear_values(
        unique.kind, unique.attribute, sorted({each.aggregate.id for each in passing})
    )
    return {each.index for each in passing}


def is_free(unique: UniqueField, row: Row) -> bool:
    """Return whether the new object of a row keeps its value from nobody, because it is over."""
    day = row.values.get(unique.free_from)
    return day is not None and day <= row.today


async def _name(work: Work, unique: UniqueField, holder: Holder) -> str:
    """Return the name of the aggregate that has a value, if the actor may see both."""
    if isinstance(holder, NewObject):
        return f" (of row {holder.index})"
    is_visible = await work.is_permitted(holder, to=Action("see", holder.SEE))
    if not is_visible or not await may_know(work, unique, holder):
        return ""
    name = getattr(holder, "name", "")
    return f" ({name})" if name else ""
