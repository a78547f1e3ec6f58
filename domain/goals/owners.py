"""Owners: whose a goal may be."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class OwnerKind(StrEnum):
    """What sort of thing owns a goal."""

    PERSON = "person"
    TEAM = "team"
    ORGANIZATION = "organization"


@dataclass(frozen=True)
class Owner:
    """Whose a goal is."""

    kind: OwnerKind
    id: UUID
