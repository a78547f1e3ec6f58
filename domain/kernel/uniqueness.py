"""The check that no other aggregate of the tenant has a value."""

from typing import Any

from domain.kernel.unique_claims import UniqueClaim
from domain.kernel.unit_of_work import Work


async def ensure_unique(work: Work, claim: UniqueClaim, **conditions: Any) -> None:
    """Raise Invalid (NOT_UNIQUE) where another aggregate has the value and meets the conditions.

    A batch checks it at its end, but not for an aggregate that begins to hold its value.
    """
    unique = claim.unique
    if work.open_claims is not None and unique.is_held(claim.aggregate, work.actor.today):
        work.open_claims.append(claim)
        return
    other = await work.find(unique.kind, **{unique.attribute: claim.value}, **conditions)
    if other is not None and other.id != claim.aggregate.id:
        raise unique.build_refusal()
