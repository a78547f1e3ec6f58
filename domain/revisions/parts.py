"""The parts of a document with revisions, as a tree of lists that one check and one setter read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field
from itertools import zip_longest
from typing import Any
from uuid import UUID

from domain.kernel.aggregate import Aggregate, Part, set_attributes
from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import check_fields, editable_fields, field_specs, to_camel_case
from domain.kernel.text import fold_case

Content = Mapping[str, Sequence[Mapping[str, Any]]]
"""Lists of parts by name: the values of each part, and below them its own lists."""


@dataclass(frozen=True)
class PartList:
    """A list of parts in their order, each with an attribute `position` from 1.

    `parent` names the attribute with the id of the owner, `document` the one with the id of the
    document. No two parts of the list have the same value of an attribute in `unique`.
    """

    kind: type[Part]
    noun: str
    parent: str
    document: str
    maximum: int
    minimum: int = 0
    unique: tuple[str, ...] = ("key",)
    lists: Mapping[str, "PartList"] = field(default_factory=dict)


Lists = Mapping[str, PartList]


def check_parts(lists: Lists, content: Content, *path: str | int) -> dict[str, Any]:
    """Return the given lists with their values in stored form.

    Raises Invalid and LimitExceeded with all faults.
    """
    faults, checked = FaultCollector(), dict[str, Any]()
    for name in filter(content.__contains__, lists):
        with faults.collect():
            checked[name] = _check_list(lists[name], content[name], *path, to_camel_case(name))
    faults.raise_all()
    return checked


def set_parts(owner: Any, lists: Lists, content: Content, document: Aggregate) -> bool:
    """Let an owner have these checked parts, and return whether that changes anything.

    A part stays the same object where it keeps its place.
    """
    has_changed = False
    for name in filter(content.__contains__, lists):
        spec, updated = lists[name], list[Part]()
        for part, row in zip_longest(getattr(owner, name), content[name]):
            if row is None:
                has_changed = True
                continue
            values = {each: row[each] for each in row if each not in spec.lists}
            if part is None:
                has_changed, above = True, {spec.document: document.id, spec.parent: owner.id}
                part = spec.kind(tenant_id=document.tenant_id, **above, **values)  # noqa: PLW2901 - a new one
            has_changed |= set_attributes(part, values)
            has_changed |= set_parts(part, spec.lists, row, document)
            updated.append(part)
        setattr(owner, name, updated)
    return has_changed


def describe_parts(owner: Any, lists: Lists) -> dict[str, Any]:
    """Return the parts that an owner has, as content."""
    return {
        name: [
            {each: getattr(part, each) for each in editable_fields(spec.kind)}
            | describe_parts(part, spec.lists)
            for part in getattr(owner, name)
        ]
        for name, spec in lists.items()
    }


def list_parts(owner: object) -> Iterator[Part]:
    """Return the parts of an aggregate or a part, without those of its parts."""
    lists = (each for each in vars(owner).values() if isinstance(each, list))
    return (each for items in lists for each in items if isinstance(each, Part))


def map_ids(owner: Aggregate | Part, new_id: Callable[[], UUID]) -> dict[UUID, UUID]:
    """Return a new id for an aggregate or part and everything below, by the old one."""
    below = (map_ids(each, new_id) for each in list_parts(owner))
    return {owner.id: new_id()} | {old: new for ids in below for old, new in ids.items()}


def _check_list(
    spec: PartList, rows: Sequence[Mapping[str, Any]], *path: str | int
) -> list[dict[str, Any]]:
    _check_size(spec, rows, *path)
    faults, checked = FaultCollector(), dict[int, dict[str, Any]]()
    for index, row in enumerate(rows):
        own = {name: row[name] for name in row if name not in spec.lists}
        below = {name: row.get(name) or () for name in spec.lists}
        with faults.collect():
            values = check_fields(spec.kind, own, *path, index)
            checked[index] = _list_defaults(spec.kind) | values | {"position": index + 1}
        with faults.collect():
            lists = check_parts(spec.lists, below, *path, index)
            checked[index] = checked.get(index, {}) | lists
    for name in spec.unique:
        faults.faults += _find_repeated(name, checked, *path)
    faults.raise_all()
    return list(checked.values())


def _check_size(spec: PartList, rows: Sequence[Any], *path: str | int) -> None:
    if len(rows) < spec.minimum:
        message = f"At least {spec.minimum} {spec.noun} are needed. Add some."
        raise Invalid(message, *path, code=Code.OUT_OF_RANGE)
    if len(rows) > spec.maximum:
        message = f"At most {spec.maximum} {spec.noun} are possible here. Remove some."
        raise LimitExceeded(message, *path)


def _list_defaults(kind: type) -> dict[str, Any]:
    """Return the values of the editable attributes that an input may leave out."""
    specs = field_specs(kind)
    found = {each: specs[each].default for each in editable_fields(kind)}
    return {name: default for name, default in found.items() if default is not MISSING}


def _find_repeated(
    name: str, rows: Mapping[int, Mapping[str, Any]], *path: str | int
) -> Iterator[Invalid]:
    """Yield a fault for each value that an earlier part has."""
    seen = set[Any]()
    for index, row in rows.items():
        value = row.get(name)
        compared = fold_case(value) if isinstance(value, str) else value
        if compared is not None and compared in seen:
            message = f"Another one has this {name.replace('_', ' ')}. Choose a different one."
            yield Invalid(message, *path, index, to_camel_case(name), code=Code.NOT_UNIQUE)
        seen.add(compared)
