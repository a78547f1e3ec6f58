"""An applied row of an upsert."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain.kernel.rows import RowResult
from domain.kernel.unique_claims import UniqueClaim, UniqueField
from domain.kernel.upserts.changes import ObjectChange
from domain.kernel.upserts.claims import RowClaim
from domain.kernel.upserts.waiting import WaitingChanges


@dataclass
class Applied:
    """An applied row: its aggregate, its result, and the unique values that it had before."""

    aggregate: Any
    result: RowResult
    old_values: Mapping[str, str | None]
    waiting: WaitingChanges = field(default_factory=WaitingChanges)
    claims: Sequence[UniqueClaim] = field(default=())
    changes: Sequence[ObjectChange] = field(default=())
    """What the row changes, if that is kept: of its object, and of those that waited for it."""

    def list_claims(self, index: int, unique: UniqueField, today: date) -> list[RowClaim]:
        """Return the claim of a unique value, where the row changes or confirms it."""
        old, value = self.old_values[unique.attribute], getattr(self.aggregate, unique.attribute)
        is_claimed = any(each.unique is unique for each in self.claims)
        if not (is_claimed or old != value) or not unique.is_held(self.aggregate, today):
            return []
        return [RowClaim(index, self.aggregate, value, old)]
