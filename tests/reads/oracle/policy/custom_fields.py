"""Who may read the values of custom fields, and the history of the fields."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.directory import get_person_owner
from tests.reads.oracle.relationships import OracleCaller

OWNERS = {"Person": get_person_owner}


def can_read_hr_values(who: OracleCaller, kind: str, row: Row) -> bool:
    owner = OWNERS[kind](row)
    return who.holds("employment:read", owner) or who.holds("employment:manage", owner)


def can_read_field_history(who: OracleCaller, _: Row) -> bool:
    return who.holds_over_everyone("audit:read") or who.holds_over_everyone("settings:manage")
