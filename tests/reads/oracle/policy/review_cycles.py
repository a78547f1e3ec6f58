"""Who may see, write down and plan review cycles."""

from tests.reads.dataset import Row
from tests.reads.oracle.relationships import OracleCaller, ResourceOwner


def can_manage_cycle(who: OracleCaller, cycle: Row) -> bool:
    return can_run_reviews_in(who, cycle["organization_id"])


def can_run_reviews_in(who: OracleCaller, unit: object) -> bool:
    """Return whether the caller manages both reviews and employments in a unit."""
    place = ResourceOwner(unit=unit)  # type: ignore[arg-type]
    return who.holds("reviews:manage", place) and who.holds("employment:manage", place)


def can_see_cycle_part(who: OracleCaller, part: Row) -> bool:
    return can_manage_cycle(who, who.facts.rows_by_id[part["cycle_id"]])
