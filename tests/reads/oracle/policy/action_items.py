"""Who may see and change action items and tasks."""

from uuid import UUID

from tests.reads.dataset import Row
from tests.reads.oracle.relationships import OracleCaller, ResourceOwner


def can_change_action_item(who: OracleCaller, item: Row) -> bool:
    if who.id is not None and who.id in (item["owner_id"], item["creator_id"]):
        return True
    return who.manages(item["owner_id"])


def can_ask_person(who: OracleCaller, person_id: UUID) -> bool:
    if person_id == who.id or who.manages(person_id):
        return True
    owner = ResourceOwner(person=person_id, unit=who.facts.find_unit_id(person_id))
    return who.holds("directory:read", owner)


def can_create_action_item(who: OracleCaller, item: Row) -> bool:
    return can_ask_person(who, item["owner_id"])


def can_see_task(who: OracleCaller, task: Row) -> bool:
    return who.id is not None and task["person_id"] == who.id
