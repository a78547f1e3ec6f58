"""The owner of a goal: a person, a team or an organization."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.goals.enums import OwnerKind


@dataclass(frozen=True)
class Owner:
    """The owner of a goal, by kind and id."""

    kind: OwnerKind
    id: UUID

    def to_attributes(self) -> dict[str, Any]:
        """Return the owner attributes of a goal; those of the other kinds are None."""
        ids = {f"owner_{kind}_id": self.id if kind is self.kind else None for kind in OwnerKind}
        return {"owner_kind": self.kind, **ids}
