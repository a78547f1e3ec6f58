"""Who may see and change goals."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.access_check import is_named
from tests.reads.oracle.relationships import OracleCaller, ResourceOwner


def get_goal_owner(who: OracleCaller, goal: Row) -> ResourceOwner:
    person, team = goal["owner_person_id"], goal["owner_team_id"]
    unit = goal["owner_organization_id"]
    if team:
        unit = (who.facts.find_row(team) or {}).get("organization_id")
    if person:
        unit = who.facts.find_unit_id(person)
    return ResourceOwner(person, team, unit)


def can_edit_goal(who: OracleCaller, goal: Row) -> bool:
    if goal["owner_person_id"] == who.id or who.leads(goal["owner_team_id"]):
        return True
    if goal["visibility"] not in ("public", "organization", "reporting_chain"):
        return False
    return who.manages(goal["owner_person_id"]) or who.holds(
        "goals:manage", get_goal_owner(who, goal)
    )


def can_manage_goal(who: OracleCaller, goal: Row) -> bool:
    shared = goal["visibility"] in ("public", "organization", "reporting_chain")
    return shared and who.holds("goals:manage", get_goal_owner(who, goal))


def can_see_goal(who: OracleCaller, goal: Row) -> bool:
    if can_edit_goal(who, goal):
        return True
    if goal["status"] in (None, "draft"):
        return False
    if goal["visibility"] == "public" and who.holds("goals:read", get_goal_owner(who, goal)):
        return True
    if goal["visibility"] == "organization" and get_goal_owner(who, goal).unit in who.unit_ids:
        return True
    return is_named(who, "goal", goal)


def can_read_goal_history(who: OracleCaller, goal: Row) -> bool:
    shared = goal["visibility"] in ("public", "organization", "reporting_chain")
    audits = (
        shared and who.holds("audit:read", get_goal_owner(who, goal)) and can_see_goal(who, goal)
    )
    return can_edit_goal(who, goal) or audits
