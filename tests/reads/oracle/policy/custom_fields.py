"""Who may read the values of custom fields, and the history of the fields."""

from collections.abc import Callable

from tests.reads.dataset import Row
from tests.reads.oracle.policy.directory import (
    can_lead_or_manage_team,
    can_see_employment,
    get_person_owner,
    get_team_owner,
)
from tests.reads.oracle.policy.goals import can_edit_goal, get_goal_owner
from tests.reads.oracle.policy.members import require_tenant_wide_grant
from tests.reads.oracle.relationships import OracleCaller, ResourceOwner

OWNERS: dict[str, Callable[[OracleCaller, Row], ResourceOwner]] = {
    "Person": lambda _, person: get_person_owner(person),
    "Team": lambda _, team: get_team_owner(team),
    "Goal": get_goal_owner,
}
MANAGERS = {
    "Person": can_see_employment,
    "Team": can_lead_or_manage_team,
    "Goal": can_edit_goal,
}


def can_read_custom_values(who: OracleCaller, kind: str, name: str, row: Row) -> bool:
    """Return whether the caller may read the values of one kind of readers."""
    if name == "custom_values_of_managers":
        return MANAGERS[kind](who, row)
    return can_read_hr_values(who, kind, row)


def can_read_hr_values(who: OracleCaller, kind: str, row: Row) -> bool:
    owner = OWNERS[kind](who, row)
    return who.holds("employment:read", owner) or who.holds("employment:manage", owner)


def can_write_hr_values(who: OracleCaller, kind: str, row: Row) -> bool:
    return who.holds("employment:manage", OWNERS[kind](who, row))


def can_read_field_history(who: OracleCaller, _: Row) -> bool:
    return who.holds_over_everyone("audit:read") or who.holds_over_everyone("settings:manage")


CUSTOM_FIELD_ACTIONS = [
    (name, require_tenant_wide_grant("settings:manage"), states)
    for name, states in (("EDIT", ()), ("ARCHIVE", ("active",)), ("RESTORE", ("archived",)))
]
