"""Images: how an aggregate and its parts stood at one moment, to tell later what has changed."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from persistence.kernel.mapping.registry import MAPPINGS


class EntityState(NamedTuple):
    """The values of a thing, the images of its parts, and the ids that it collects.

    Each in the order in which they are mapped; images are equal where nothing is different.
    """

    values: tuple[Any, ...]
    children: tuple[Mapping[UUID, "EntityState"], ...]
    linked_ids: tuple[frozenset[UUID], ...]


def capture_state(entity: Any) -> EntityState:
    """Capture the present state of an aggregate or a part."""
    mapping = MAPPINGS[type(entity)]
    return EntityState(
        mapping.extract_values(entity),
        tuple(
            {each.id: capture_state(each) for each in getattr(entity, name)}
            for name in mapping.children
        ),
        tuple(frozenset(getattr(entity, name)) for name in mapping.link_collections),
    )
