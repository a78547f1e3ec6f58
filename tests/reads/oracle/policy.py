"""Who may see and do what, written as plain Python: the table of the design, row by row."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from tests.reads.dataset import Row
from tests.reads.oracle.journal_facts import (
    GUARDED_EVENTS,
    PLANNED_EVENTS,
    TYPE_BY_ENTITY,
    holds_then_and_now,
)
from tests.reads.oracle.preconditions import is_blocked
from tests.reads.oracle.relationships import DepartureCheck, OracleCaller, ResourceOwner

AccessCheck = Callable[[OracleCaller, Row], bool]

GUARDED_FIELDS = {
    "Person": {
        "hired_on",
        "last_day",
        "employee_number",
        "employment_status",
        "employments",
        "jobs",
        "leaves",
        "references",
        "unassigned_reports",
    },
    "Organization": {"references"},
}
"""The fields that need more than permission to see the object."""


# -- people, teams and units: the directory ---------------------------------------------------


def _get_person_owner(person: Row) -> ResourceOwner:
    return ResourceOwner(person=person["id"], unit=person["organization_id"])


def _is_self_or_manager(who: OracleCaller, person: Row) -> bool:
    return who.id == person["id"] or who.manages(person["id"])


def can_edit_person(who: OracleCaller, person: Row) -> bool:
    return who.holds("people:manage", _get_person_owner(person))


def can_manage_employment(who: OracleCaller, person: Row) -> bool:
    return who.holds("employment:manage", _get_person_owner(person))


def can_see_employment(who: OracleCaller, person: Row) -> bool:
    reads = who.holds("employment:read", _get_person_owner(person))
    return _is_self_or_manager(who, person) or reads or can_manage_employment(who, person)


def can_merge_person(who: OracleCaller, person: Row) -> bool:
    owner = _get_person_owner(person)
    merges = who.holds("people:merge", owner) and who.holds("members:read", owner)
    return merges and can_manage_employment(who, person)


def can_correct_person(who: OracleCaller, person: Row) -> bool:
    corrects = who.holds("people:correct", _get_person_owner(person))
    return corrects and can_edit_person(who, person) and can_manage_employment(who, person)


def can_erase_person(who: OracleCaller, person: Row) -> bool:
    return who.holds("people:erase", _get_person_owner(person))


def build_departure_check(who: OracleCaller) -> DepartureCheck:
    """Return who has left by a day, as the caller knows: a planned departure is guarded."""

    def has_left(person_id: UUID, day: date) -> bool:
        if not who.facts.has_left(person_id, day):
            return False
        is_past = who.facts.has_left(person_id, who.facts.today)
        return is_past or can_see_employment(who, who.facts.rows_by_id[person_id])

    return has_left


def can_see_person(who: OracleCaller, person: Row) -> bool:
    reads = who.holds("directory:read", _get_person_owner(person))
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
    return who.id == person["id"] or changes or who.holds("audit:read", _get_person_owner(person))


def _get_team_owner(team: Row) -> ResourceOwner:
    return ResourceOwner(team=team["id"], unit=team["organization_id"])


def can_manage_team(who: OracleCaller, team: Row) -> bool:
    return who.holds("teams:manage", _get_team_owner(team))


def can_lead_or_manage_team(who: OracleCaller, team: Row) -> bool:
    return who.leads(team["id"]) or can_manage_team(who, team)


def can_see_team(who: OracleCaller, team: Row) -> bool:
    return who.holds("directory:read", _get_team_owner(team)) or can_lead_or_manage_team(who, team)


def can_read_team_history(who: OracleCaller, team: Row) -> bool:
    return can_lead_or_manage_team(who, team) or who.holds("audit:read", _get_team_owner(team))


def can_manage_unit(who: OracleCaller, unit: Row) -> bool:
    return who.holds("organizations:manage", ResourceOwner(unit=unit["id"]))


def can_see_unit(who: OracleCaller, unit: Row) -> bool:
    reads = who.holds("directory:read", ResourceOwner(unit=unit["id"]))
    return reads or unit["id"] in who.unit_ids or can_manage_unit(who, unit)


def can_read_unit_history(who: OracleCaller, unit: Row) -> bool:
    return can_manage_unit(who, unit) or who.holds("audit:read", ResourceOwner(unit=unit["id"]))


# -- goals ------------------------------------------------------------------------------------


def _get_goal_owner(who: OracleCaller, goal: Row) -> ResourceOwner:
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
        "goals:manage", _get_goal_owner(who, goal)
    )


def can_see_goal(who: OracleCaller, goal: Row) -> bool:
    if can_edit_goal(who, goal):
        return True
    if goal["status"] in (None, "draft"):
        return False
    if goal["visibility"] == "public" and who.holds("goals:read", _get_goal_owner(who, goal)):
        return True
    if goal["visibility"] == "organization" and _get_goal_owner(who, goal).unit in who.unit_ids:
        return True
    return _is_named_viewer(who, "goal", goal)


def can_read_goal_history(who: OracleCaller, goal: Row) -> bool:
    shared = goal["visibility"] in ("public", "organization", "reporting_chain")
    audits = (
        shared and who.holds("audit:read", _get_goal_owner(who, goal)) and can_see_goal(who, goal)
    )
    return can_edit_goal(who, goal) or audits


# -- KPIs -------------------------------------------------------------------------------------


def _get_kpi_scope(who: OracleCaller, kpi: Row) -> ResourceOwner:
    unit, team = kpi["organization_id"], kpi["team_id"]
    if team:
        unit = (who.facts.find_row(team) or {}).get("organization_id")
    return ResourceOwner(team=team, unit=unit)


def can_define_kpi(who: OracleCaller, kpi: Row) -> bool:
    return who.holds("kpis:manage", _get_kpi_scope(who, kpi))


def can_edit_kpi(who: OracleCaller, kpi: Row) -> bool:
    return (who.id is not None and kpi["owner_id"] == who.id) or can_define_kpi(who, kpi)


def can_see_kpi(who: OracleCaller, kpi: Row) -> bool:
    if can_edit_kpi(who, kpi) or _is_named_viewer(who, "kpi", kpi):
        return True
    scope = _get_kpi_scope(who, kpi)
    if kpi["visibility"] == "tenant" and who.holds("directory:read", scope):
        return True
    if kpi["visibility"] not in ("tenant", "organization"):
        return False
    return (
        scope.unit in who.unit_ids
        or who.leads(kpi["team_id"])
        or who.manages(kpi["owner_id"])
        or who.holds("kpis:read", scope)
    )


def can_read_kpi_history(who: OracleCaller, kpi: Row) -> bool:
    if can_edit_kpi(who, kpi):
        return True
    is_shared = kpi["visibility"] in ("tenant", "organization")
    audits = who.holds("audit:read", _get_kpi_scope(who, kpi))
    return is_shared and audits and can_see_kpi(who, kpi)


def _is_named_viewer(who: OracleCaller, kind: str, row: Row) -> bool:
    if "viewer_ids" in row:
        return str(who.id) in row["viewer_ids"]
    named = who.facts.select_rows(f"{kind}_viewers", **{f"{kind}_id": row["id"]})
    return who.id in {each["person_id"] for each in named}


# -- members, roles and the tenant ------------------------------------------------------------


def _get_member_owner(who: OracleCaller, member: Row) -> ResourceOwner:
    person = member["person_id"]
    return ResourceOwner(person=person, unit=who.facts.find_unit_id(person))


def can_manage_member(who: OracleCaller, member: Row) -> bool:
    return who.holds("members:manage", _get_member_owner(who, member))


def can_see_member(who: OracleCaller, member: Row) -> bool:
    mine = member["person_id"] == who.id
    return mine or who.holds("members:read", _get_member_owner(who, member))


def can_see_role(who: OracleCaller, _: Row) -> bool:
    return who.has_permission("members:read")


def _require_tenant_wide_grant(permission: str) -> AccessCheck:
    """Require a grant over everyone, for what belongs to the tenant as a whole."""
    return lambda who, _: who.holds_over_everyone(permission)


# -- together ---------------------------------------------------------------------------------


def _inherit_visibility(column: str, kind: str) -> AccessCheck:
    def sees(who: OracleCaller, part: Row) -> bool:
        whole = who.facts.find_row(part[column])
        return whole is not None and can_see(who, kind, whole)

    return sees


def can_see_plans(who: OracleCaller, kind: str, part: Row) -> bool:
    """Return whether the caller may see planned changes of the object that a part belongs to."""
    column, plans = PLANNABLE_PARTS[kind]
    return plans(who, who.facts.rows_by_id[part[column]])


def _can_see_membership(who: OracleCaller, part: Row) -> bool:
    now = part["starts_on"] <= who.facts.today
    known = part["person_id"] == who.id or _inherit_visibility("team_id", "Team")(who, part)
    return (now and known) or can_see_plans(who, "Membership", part)


def _can_see_reporting_line(who: OracleCaller, part: Row) -> bool:
    now = part["starts_on"] <= who.facts.today
    return (now and _inherit_visibility("person_id", "Person")(who, part)) or can_see_plans(
        who, "ReportingLine", part
    )


def _can_see_employment_part(who: OracleCaller, part: Row) -> bool:
    person = who.facts.find_row(part["person_id"])
    return person is not None and can_see_employment(who, person)


def _can_see_job(who: OracleCaller, job: Row) -> bool:
    person = who.facts.rows_by_id[job["person_id"]]
    is_known = job["starts_on"] <= who.facts.today and job["state"] == "current"
    return can_see_employment(who, person) and (is_known or can_see_person_plans(who, person))


def _can_see_unit_reference(who: OracleCaller, part: Row) -> bool:
    return can_manage_unit(who, who.facts.rows_by_id[part["organization_id"]])


def _can_see_journal_entry(who: OracleCaller, entry: Row) -> bool:
    kind = TYPE_BY_ENTITY[entry["entity"]]
    return holds_then_and_now(entry, who, HISTORY_CHECKS[kind]) and may_know_event(who, entry)


def may_know_event(who: OracleCaller, entry: Row) -> bool:
    """Return whether the caller may know the fact that an event stands for."""
    if entry["action"] in PLANNED_EVENTS.get(entry["entity"], ()):
        is_plan = entry["effective_on"] is not None and entry["effective_on"] > who.facts.today
        may_plan = can_see_person_plans if entry["entity"] == "person" else can_lead_or_manage_team
        if is_plan and not holds_then_and_now(entry, who, may_plan):
            return False
    if entry["action"] not in GUARDED_EVENTS.get(entry["entity"], ()):
        return True
    check = can_see_employment if entry["entity"] == "person" else can_manage_unit
    return holds_then_and_now(entry, who, check)


PLANNABLE_PARTS: dict[str, tuple[str, AccessCheck]] = {
    "Membership": ("team_id", can_lead_or_manage_team),
    "ReportingLine": ("person_id", can_see_person_plans),
}
"""Parts that may lie in the future: their object's table, and who may plan for it."""

VISIBILITY_CHECKS: dict[str, AccessCheck] = {
    "Person": can_see_person,
    "Team": can_see_team,
    "Organization": can_see_unit,
    "Goal": can_see_goal,
    "Kpi": can_see_kpi,
    "KpiDefinition": _inherit_visibility("kpi_id", "Kpi"),
    "KpiFormulaInput": _inherit_visibility("definition_id", "KpiDefinition"),
    "Member": can_see_member,
    "Role": can_see_role,
    "Tenant": lambda _, __: True,
    "KeyResult": _inherit_visibility("goal_id", "Goal"),
    "CheckIn": _inherit_visibility("goal_id", "Goal"),
    "CheckInValue": _inherit_visibility("check_in_id", "CheckIn"),
    "Membership": _can_see_membership,
    "ReportingLine": _can_see_reporting_line,
    "Employment": _can_see_employment_part,
    "Leave": _can_see_employment_part,
    "Job": _can_see_job,
    "PersonReference": _can_see_employment_part,
    "OrganizationReference": _can_see_unit_reference,
    "RoleAssignment": _inherit_visibility("member_id", "Member"),
    "RoleGrant": _inherit_visibility("role_id", "Role"),
    "JournalEntry": _can_see_journal_entry,
}

HISTORY_CHECKS: dict[str, AccessCheck] = {
    "Person": can_read_person_history,
    "Team": can_read_team_history,
    "Organization": can_read_unit_history,
    "Goal": can_read_goal_history,
    "Kpi": can_read_kpi_history,
    "Member": lambda who, member: who.holds("audit:read", _get_member_owner(who, member)),
    "Role": _require_tenant_wide_grant("audit:read"),
    "Tenant": _require_tenant_wide_grant("audit:read"),
}


def can_see(who: OracleCaller, kind: str, row: Row) -> bool:
    """Return whether the caller may see an object."""
    key = (kind, row["id"])
    if key not in who.visibility_cache:
        who.visibility_cache[key] = VISIBILITY_CHECKS[kind](who, row)
    return who.visibility_cache[key]


def can_read_history(who: OracleCaller, kind: str, row: Row) -> bool:
    """Return whether the caller may read the history of an object."""
    return HISTORY_CHECKS[kind](who, row)


def can_read_field(who: OracleCaller, kind: str, name: str, row: Row) -> bool:
    """Return whether the caller may read a field of a visible object."""
    if kind in PLANNABLE_PARTS and name == "ends_on":
        over = row["ends_on"] is not None and row["ends_on"] <= who.facts.today
        return over or can_see_plans(who, kind, row)
    if name not in GUARDED_FIELDS.get(kind, ()):
        return True
    return can_see_employment(who, row) if kind == "Person" else can_manage_unit(who, row)


OPEN_STATUSES, CLOSED_STATUSES = ("draft", "active"), ("achieved", "missed", "abandoned")
ANY_STATUS: tuple[str, ...] = ()
UNERASED = ("current",)


def _can_create_goal(kind: str) -> AccessCheck:
    """Return who may create a public goal of such an owner."""
    nobody = dict.fromkeys(f"owner_{each}_id" for each in ("person", "team", "organization"))
    goal = {**nobody, "visibility": "public"}
    return lambda who, owner: can_edit_goal(who, goal | {f"owner_{kind}_id": owner["id"]})


def _can_create_team(who: OracleCaller, place: Row) -> bool:
    if "kind" in place:  # a unit
        return who.holds("teams:manage", ResourceOwner(unit=place["id"]))
    return who.holds("teams:manage", _get_team_owner(place))


def _can_hire(who: OracleCaller, unit: Row) -> bool:
    place = ResourceOwner(unit=unit["id"])
    return who.holds("people:manage", place) and who.holds("employment:manage", place)


def _can_hire_anywhere(who: OracleCaller, _: Row) -> bool:
    return all(map(who.holds_over_everyone, ("people:manage", "employment:manage")))


def _can_create_unit(who: OracleCaller, unit: Row) -> bool:
    return who.holds("organizations:manage", ResourceOwner(unit=unit["id"]))


def _can_create_member(who: OracleCaller, person: Row) -> bool:
    return who.holds("members:manage", _get_person_owner(person))


def _can_create_kpi(kind: str) -> AccessCheck:
    """Return who may create a KPI of such a unit or team."""
    scope = {"organization_id": None, "team_id": None}
    return lambda who, place: can_define_kpi(who, scope | {f"{kind}_id": place["id"]})


ACTION_RULES: dict[str, list[tuple[str, AccessCheck, tuple[str, ...]]]] = {
    "Goal": [
        ("EDIT", can_edit_goal, OPEN_STATUSES),
        ("ALIGN", can_edit_goal, OPEN_STATUSES),
        ("REASSIGN", can_edit_goal, OPEN_STATUSES),
        ("ACTIVATE", can_edit_goal, ("draft",)),
        ("DISCARD", can_edit_goal, ("draft",)),
        ("CHECK_IN", can_edit_goal, ("active",)),
        ("ACHIEVE", can_edit_goal, ("active",)),
        ("MARK_MISSED", can_edit_goal, ("active",)),
        ("ABANDON", can_edit_goal, ("active",)),
        ("REOPEN", can_edit_goal, CLOSED_STATUSES),
    ],
    "Kpi": [
        ("EDIT", can_edit_kpi, ("active",)),
        ("REDEFINE", can_edit_kpi, ("active",)),
        ("ARCHIVE", can_edit_kpi, ("active",)),
        ("RESTORE", can_edit_kpi, ("archived",)),
    ],
    "Person": [
        ("EDIT", can_edit_person, UNERASED),
        ("ASSIGN_MANAGER", can_edit_person, UNERASED),
        ("END_LINE", can_edit_person, UNERASED),
        ("CHANGE_EMPLOYEE_NUMBER", can_manage_employment, UNERASED),
        ("ADD_EXTERNAL_REFERENCE", can_manage_employment, UNERASED),
        ("REMOVE_EXTERNAL_REFERENCE", can_manage_employment, UNERASED),
        ("CHANGE_JOB", can_manage_employment, UNERASED),
        ("START_LEAVE", can_manage_employment, UNERASED),
        ("RETURN_FROM_LEAVE", can_manage_employment, UNERASED),
        ("DEPART", can_manage_employment, UNERASED),
        ("CANCEL_DEPARTURE", can_manage_employment, UNERASED),
        ("REHIRE", can_manage_employment, UNERASED),
        ("CORRECT_EMPLOYMENT", can_correct_person, UNERASED),
        ("CORRECT_JOB", can_correct_person, UNERASED),
        ("WITHDRAW_JOB", can_correct_person, UNERASED),
        ("CORRECT_LEAVE", can_correct_person, UNERASED),
        ("CORRECT_LINE", can_correct_person, UNERASED),
        ("ADD_PAST_LINE", can_correct_person, UNERASED),
        ("MERGE", can_merge_person, UNERASED),
        ("ERASE", can_erase_person, UNERASED),
        ("CREATE_GOAL", _can_create_goal("person"), ANY_STATUS),
        ("CREATE_MEMBER", _can_create_member, ANY_STATUS),
    ],
    "Team": [
        ("EDIT", can_lead_or_manage_team, ANY_STATUS),
        ("ADD_MEMBER", can_lead_or_manage_team, ANY_STATUS),
        ("CHANGE_MEMBERSHIP", can_lead_or_manage_team, ANY_STATUS),
        ("END_MEMBERSHIP", can_lead_or_manage_team, ANY_STATUS),
        ("MOVE", can_manage_team, ANY_STATUS),
        ("CLOSE", can_manage_team, ANY_STATUS),
        ("REOPEN", can_manage_team, ANY_STATUS),
        ("CREATE_GOAL", _can_create_goal("team"), ANY_STATUS),
        ("CREATE_KPI", _can_create_kpi("team"), ANY_STATUS),
        ("CREATE_TEAM", _can_create_team, ANY_STATUS),
    ],
    "Organization": [
        (name, can_manage_unit, ANY_STATUS)
        for name in (
            "EDIT",
            "MOVE",
            "CLOSE",
            "REOPEN",
            "ADD_EXTERNAL_REFERENCE",
            "REMOVE_EXTERNAL_REFERENCE",
        )
    ]
    + [
        ("CREATE_GOAL", _can_create_goal("organization"), ANY_STATUS),
        ("CREATE_KPI", _can_create_kpi("organization"), ANY_STATUS),
        ("CREATE_ORGANIZATION", _can_create_unit, ANY_STATUS),
        ("HIRE_PERSON", _can_hire, ANY_STATUS),
        ("CREATE_TEAM", _can_create_team, ANY_STATUS),
    ],
    "Member": [
        ("ASSIGN_ROLE", can_manage_member, ("active",)),
        ("REVOKE_ROLE", can_manage_member, ("active",)),
        ("REMOVE", can_manage_member, ("active",)),
        ("RESTORE", can_manage_member, ("removed",)),
    ],
    "Role": [
        (name, _require_tenant_wide_grant("roles:manage"), ANY_STATUS)
        for name in ("EDIT", "SET_GRANTS", "DELETE")
    ],
    "Tenant": [
        ("EDIT", _require_tenant_wide_grant("settings:manage"), ANY_STATUS),
        ("CREATE_ORGANIZATION", _require_tenant_wide_grant("organizations:manage"), ANY_STATUS),
        ("HIRE_PERSON", _can_hire_anywhere, ANY_STATUS),
        ("CREATE_ROLE", _require_tenant_wide_grant("roles:manage"), ANY_STATUS),
    ],
}


def is_in_state(row: Row, states: tuple[str, ...]) -> bool:
    """Return whether an object is in one of these states, or whether any state will do."""
    state = row.get("record_status") or row.get("status") or "current"
    return not states or state in states


def list_actions(who: OracleCaller, kind: str, row: Row) -> list[str]:
    """List the actions that the caller may take on an object in its state."""
    return [
        name.lower()
        for name, rule, states in ACTION_RULES[kind]
        if is_in_state(row, states) and rule(who, row) and not is_blocked(who, kind, name, row)
    ]
