"""Who may see and set retention policies."""

from tests.reads.dataset import Row
from tests.reads.oracle.relationships import OracleCaller


def can_set_retention(who: OracleCaller, _: Row) -> bool:
    return all(who.holds_over_everyone(each) for each in ("settings:manage", "people:erase"))


def can_read_retention_history(who: OracleCaller, policy: Row) -> bool:
    return can_set_retention(who, policy) or who.holds_over_everyone("audit:read")
