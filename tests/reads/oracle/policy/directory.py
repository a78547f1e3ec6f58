"""Who may see and change people, teams and units."""

from datetime import date
from uuid import UUID

from tests.reads.dataset import Row
from tests.reads.oracle.relationships import DepartureCheck, OracleCaller, ResourceOwner


def get_person_owner(person: Row) -> ResourceOwner:
    return ResourceOwner(person=person["id"], unit=person["organization_id"])


def _is_self_or_manager(who: OracleCaller, person: Row) -> bool:
    return who.id == person["id"] or who.manages(person["id"])


def can_edit_person(who: OracleCaller, person: Row) -> bool:
    return who.holds("people:manage", get_person_owner(person))


def can_manage_employment(who: OracleCaller, person: Row) -> bool:
    return who.holds("employment:manage", get_person_owner(person))


def can_see_employment(who: OracleCaller, person: Row) -> bool:
    reads = who.holds("employment:read", get_person_owner(person))
    return _is_self_or_manager(who, person) or reads or can_manage_employment(who, person)


def can_merge_person(who: OracleCaller, person: Row) -> bool:
    owner = get_person_owner(person)
    merges = who.holds("people:merge", owner) and who.holds("members:read", owner)
    return merges and can_manage_employment(who, person)


def can_correct_person(who: OracleCaller, person: Row) -> bool:
    corrects = who.holds("people:correct", get_person_owner(person))
    return corrects and can_edit_person(who, person) and can_manage_employment(who, person)


def can_erase_person(who: OracleCaller, person: Row) -> bool:
    return who.holds("people:erase", get_person_owner(person))


def can_export_person(who: OracleCaller, person: Row) -> bool:
    return who.id == person["id"] or who.holds("people:export", get_person_owner(person))


def build_departure_check(who: OracleCaller) -> DepartureCheck:
    """Return who has left by a day, as the caller knows: a planned departure is guarded."""

    def has_left(person_id: UUID, day: date) -> bool:
        if not who.facts.has_left(person_id, day):
            return False
        is_past = who.facts.has_left(person_id, who.facts.today)
        return is_past or can_see_employment(who, who.facts.rows_by_id[person_id])

    return has_left


def can_see_person(who: OracleCaller, person: Row) -> bool:
    reads = who.holds("directory:read", get_person_owner(person))
    return (
        _is_self_or_manager(who, person)
        or reads
        or can_edit_person(who, person)
        or can_manage_employment(who, person)
    )


def can_see_person_plans(who: OracleCaller, person: Row) -> bool:
    return can_edit_person(who, person) or can_manage_employment(who, person)


def can_read_person_history(who: OracleCaller, person: Row) -> bool:
    changes = can_edit_person(who, person) or can_manage_employment(who, person)
    return who.id == person["id"] or changes or who.holds("audit:read", get_person_owner(person))


def get_team_owner(team: Row) -> ResourceOwner:
    return ResourceOwner(team=team["id"], unit=team["organization_id"])


def can_manage_team(who: OracleCaller, team: Row) -> bool:
    return who.holds("teams:manage", get_team_owner(team))


def can_lead_or_manage_team(who: OracleCaller, team: Row) -> bool:
    return who.leads(team["id"]) or can_manage_team(who, team)


def can_see_team(who: OracleCaller, team: Row) -> bool:
    return who.holds("directory:read", get_team_owner(team)) or can_lead_or_manage_team(who, team)


def can_read_team_history(who: OracleCaller, team: Row) -> bool:
    return can_lead_or_manage_team(who, team) or who.holds("audit:read", get_team_owner(team))


def can_manage_unit(who: OracleCaller, unit: Row) -> bool:
    return who.holds("organizations:manage", ResourceOwner(unit=unit["id"]))


def can_see_unit(who: OracleCaller, unit: Row) -> bool:
    reads = who.holds("directory:read", ResourceOwner(unit=unit["id"]))
    return reads or unit["id"] in who.unit_ids or can_manage_unit(who, unit)


def can_read_unit_history(who: OracleCaller, unit: Row) -> bool:
    return can_manage_unit(who, unit) or who.holds("audit:read", ResourceOwner(unit=unit["id"]))
