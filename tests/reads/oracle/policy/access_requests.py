"""Who may see access requests, and who decides about them."""

from tests.reads.dataset import Row
from tests.reads.oracle.relationships import OracleCaller, ResourceOwner, is_assignment_over


def could_change(who: OracleCaller, request: Row) -> bool:
    """Return whether the caller could make the change without an approval."""
    if request["kind"] == "set_grants":
        return who.holds_over_everyone("roles:manage")
    if request["kind"] == "end_approval":
        return who.holds_over_everyone("settings:manage")
    person = request["person_id"]
    owner = ResourceOwner(person=person, unit=who.facts.find_unit_id(person))
    return who.holds("members:manage", owner)


def can_see_request(who: OracleCaller, request: Row) -> bool:
    is_mine = request["requester_id"] == who.id
    return is_mine or could_change(who, request) or who.holds_over_everyone("audit:read")


def can_ask(who: OracleCaller, request: Row) -> bool:
    return request["requester_id"] == who.id and could_change(who, request)


def can_decide(who: OracleCaller, request: Row) -> bool:
    is_concerned = who.id in (request["requester_id"], request["person_id"])
    return not is_concerned and could_change(who, request)


def is_requester(who: OracleCaller, request: Row) -> bool:
    return bool(request["requester_id"] == who.id)


def cannot_be_decided(who: OracleCaller, request: Row) -> bool:
    """Return whether the last day is over, or the caller has the role that would change."""
    held = who.facts.select_rows(
        "role_assignments", role_id=request["role_id"], member_id=who.member["id"]
    )
    has_role = any(not is_assignment_over(each) for each in held)
    is_over = request["due_on"] < who.facts.today
    return is_over or (request["kind"] == "set_grants" and has_role)


ACCESS_REQUEST_ACTIONS = {
    "AccessRequest": [
        ("APPROVE", can_decide, ("pending",)),
        ("REFUSE", can_decide, ("pending",)),
        ("WITHDRAW", is_requester, ("pending",)),
    ],
}
