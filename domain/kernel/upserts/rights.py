"""What an actor must be allowed before a row tells anything: no outcome answers a guess."""

from collections.abc import Sequence
from typing import Any

from domain.kernel.actions import get_sight, list_sights
from domain.kernel.errors import NotPermitted, Refusal
from domain.kernel.unique_claims import UniqueField
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts.declaration import RowField, RowKind

FORBIDDEN = "You may see this object, but you may not change it. Leave the row out."
FORBIDDEN_CREATION = "You may not create objects of this kind. Leave the row out."


async def find_forbidden(work: Work, kind: RowKind, target: Any) -> Refusal | None:
    """Return why the actor may not change an object, or create one where there is none; or None.

    Who may create none anywhere must not learn which ids and values others have.
    """
    if target is None:
        if all(work.actor.get_reaches(each) for each in kind.creation_permissions):
            return None
        return NotPermitted(FORBIDDEN_CREATION)
    if await work.is_permitted(target, to=kind.change_action):
        return None
    return NotPermitted(FORBIDDEN)


async def may_know(work: Work, unique: UniqueField, target: Any) -> bool:
    """Return whether the actor may see a unique value of an object, and so compare it."""
    if unique.attribute not in target.GUARDED:
        return True
    return await work.is_permitted(target, to=get_sight(type(target), unique.attribute))


async def may_know_all(work: Work, target: Any) -> bool:
    """Return whether the actor may see all values of an object, but for those by key."""
    for each in list_sights(type(target)):
        if not await work.is_permitted(target, to=each):
            return False
    return True


async def may_know_value(work: Work, target: Any, field: RowField) -> bool:
    """Return whether the actor may see a value that has guards of its own."""
    for each in field.guards:
        if not await work.is_permitted(target, to=each):
            return False
    return True


async def find_forbidden_deferrals(
    work: Work, target: Any, fields: Sequence[RowField]
) -> list[Refusal]:
    """Return why fields of an object may not begin or cease to wait: it is a change of them."""
    return [
        NotPermitted(FORBIDDEN, each.path)
        for each in dict.fromkeys(fields)
        if each.defers and not await work.is_permitted(target, to=each.defers)
    ]
