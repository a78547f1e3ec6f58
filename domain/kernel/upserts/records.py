"""What is stored beside the external references of objects."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID, uuid5

from domain.kernel.aggregate import Part
from domain.kernel.fields import PERSONAL, SingleLine

SOURCE_VERSION = SingleLine("The source version", max_length=100)


@dataclass(kw_only=True, eq=False)
class SourceVersion(Part):
    """The newest version of a row that was applied.

    Its id follows from the external reference. It names nobody, so an erasure leaves it.
    """

    NAME = "source_version"

    source_version: Annotated[str, SOURCE_VERSION]


@dataclass(kw_only=True, eq=False)
class PendingReference(Part):
    """A field of an object that waits for another one, which is named by an external id.

    An erasure of the object deletes it.
    """

    NAME = "pending_reference"

    object_id: UUID
    field: Annotated[str, PERSONAL]
    source: Annotated[str, PERSONAL]
    external_id: Annotated[str, PERSONAL]
    valid_from: Annotated[date | None, PERSONAL] = None


def build_version_id(reference_id: UUID, external_id: str) -> UUID:
    """Return the id of the version of rows about one external id.

    A reference keeps its own id when another external id replaces the one that it has.
    """
    return uuid5(reference_id, external_id)


def is_older(version: str, other: str) -> bool:
    """Return whether a version comes before another one. Groups of digits count as numbers."""
    return _split(version) < _split(other)


def _split(version: str) -> list[tuple[int, int, str]]:
    """Return the parts of a version in a form that can be compared: numbers before texts."""
    return [
        (0, int(each), "") if each.isdigit() else (1, 0, each)
        for each in re.split(r"([0-9]+)", version)
        if each
    ]
