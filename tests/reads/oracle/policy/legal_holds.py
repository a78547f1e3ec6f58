"""Who may see, place and release legal holds."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.access_requests import ACCESS_REQUEST_ACTIONS
from tests.reads.oracle.policy.retention import can_set_retention
from tests.reads.oracle.relationships import DatasetIndex, OracleCaller, ResourceOwner


def can_manage_hold(who: OracleCaller, hold: Row) -> bool:
    person = who.facts.rows_by_id[hold["person_id"]]
    owner = ResourceOwner(person=person["id"], unit=person["organization_id"])
    return who.id != person["id"] and who.holds("people:hold", owner)


def is_held(facts: DatasetIndex, person_id: object) -> bool:
    """Return whether a hold of the person is in force."""
    return bool(facts.select_rows("legal_holds", person_id=person_id, status="active"))


LEGAL_HOLD_ACTIONS = {
    **ACCESS_REQUEST_ACTIONS,
    "LegalHold": [("RELEASE", can_manage_hold, ("active",))],
    "RetentionPolicy": [("SET", can_set_retention, ())],
}
