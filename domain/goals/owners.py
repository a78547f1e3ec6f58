"""The owner of a goal: a person, a team or an organization."""

from dataclasses import dataclass
from uuid import UUID

from domain.goals.enums import OwnerKind


@dataclass(frozen=True)
class Owner:
    """The owner of a goal, by kind and id."""

    kind: OwnerKind
    id: UUID
