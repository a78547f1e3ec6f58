"""Who may see, finish, approve and undo sync runs."""

from tests.reads.dataset import Row
from tests.reads.oracle.relationships import OracleCaller


def can_manage_everybody(who: OracleCaller, _: Row) -> bool:
    """Return whether the caller manages all people and their employments."""
    return all(who.holds_over_everyone(each) for each in ("people:manage", "employment:manage"))


SYNC_RUN_ACTIONS = [
    ("FINISH", can_manage_everybody, ("open",)),
    ("APPROVE", can_manage_everybody, ("blocked",)),
    ("UNDO", can_manage_everybody, ("open", "blocked", "finished", "abandoned", "undoing")),
]
