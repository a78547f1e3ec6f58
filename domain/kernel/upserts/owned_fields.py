"""Fields that another source owns: a row leaves them as they are, and says so."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from domain.kernel.errors import Code, Invalid, Refusal
from domain.kernel.upserts.rights import may_know_all
from domain.kernel.upserts.rows import Row

if TYPE_CHECKING:
    from domain.kernel.upserts.applying import RowApplier


def is_owned_by_other(
    owners: Mapping[str, str], target: Any, field: str, source: str | None
) -> bool:
    """Return whether another source, which has a reference of an object, owns a field of it."""
    owner = owners.get(field)
    return owner not in (None, source) and any(each.source == owner for each in target.references)


async def leave_owned_fields(applying: "RowApplier", row: Row) -> list[Refusal]:
    """Remove the values of fields that another source owns; return a warning for each conflict.

    A source owns fields of the objects that have a reference of it. A value that the object has is
    no conflict. One that the actor may not see counts as different, so that no warning tells it.
    """
    target = applying.targets.get(row.index)
    if target is None or row.undoes or not applying.owners:
        return []
    owners, source, warnings = applying.owners, row.name.source, list[Refusal]()
    for name in [each for each in row.values if is_owned_by_other(owners, target, each, source)]:
        is_known = await may_know_all(applying.work, target)
        if not (is_known and await applying.has_value(row, target, name)):
            path, owner = applying.kind.fields_by_name[name].path, applying.owners[name]
            message = (
                f"The source {owner} owns this field, so the value was left out. Change it there."
            )
            warnings.append(Invalid(message, path, code=Code.FIELD_OWNED))
        del row.values[name]
    return warnings
