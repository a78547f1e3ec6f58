"""Images: how an aggregate and its parts stood at one moment, to tell later what has changed."""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from persistence.kernel.mapping import KEPT


class Image(NamedTuple):
    """The values of a thing, the images of its parts, and the ids that it collects.

    Each in the order in which they are mapped; images are equal where nothing is different.
    """

    values: tuple[Any, ...]
    parts: tuple[Mapping[UUID, "Image"], ...]
    collected: tuple[frozenset[UUID], ...]


MaybeImage: TypeAlias = Image | None
"""None before a birth, and after an end."""


def image_of(thing: Any) -> Image:
    """An aggregate or a part as it stands now."""
    kept = KEPT[type(thing)]
    return Image(
        kept.values(thing),
        tuple({each.id: image_of(each) for each in getattr(thing, name)} for name in kept.parts),
        tuple(frozenset(getattr(thing, name)) for name in kept.collected),
    )
