"""States: the stored values of an aggregate and its parts, to find out later what has changed."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from persistence.kernel.mapping.registry import MAPPINGS


class EntityState(NamedTuple):
    """The values of an entity, the states of its parts, and its sets of ids.

    Each is in the order of the mapping. Equal states mean that nothing has changed.
    """

    values: tuple[Any, ...]
    children: tuple[Mapping[UUID, "EntityState"], ...]
    linked_ids: tuple[frozenset[UUID], ...]


def capture_state(entity: Any) -> EntityState:
    """Return the present state of an aggregate or a part."""
    mapping = MAPPINGS[type(entity)]
    # Lists first, because a generator costs a call for each of its items.
    children = [
        {each.id: capture_state(each) for each in getattr(entity, name)}
        for name in mapping.children
    ]
    linked_ids = [frozenset(getattr(entity, name)) for name in mapping.link_collections]
    return EntityState(mapping.extract_values(entity), tuple(children), tuple(linked_ids))
