"""Who may see and do what, said plainly: the table of the design, row by row."""

from collections.abc import Callable

from tests.reads.dataset import Row
from tests.reads.oracle.preconditions import hindered
from tests.reads.oracle.relationships import Caller, Whose

Sees = Callable[[Caller, Row], bool]

EMPLOYMENT = {
    "Person": {
        "hired_on",
        "left_on",
        "employee_number",
        "employment_status",
        "employments",
        "leaves",
        "references",
    },
    "Organization": {"references"},
}
"""The fields that take more than seeing the thing."""

AGGREGATES = {
    "goal": "Goal",
    "person": "Person",
    "team": "Team",
    "organization": "Organization",
    "member": "Member",
    "role": "Role",
    "tenant": "Tenant",
}


# -- people, teams and units: the directory ---------------------------------------------------


def _person(person: Row) -> Whose:
    return Whose(person=person["id"], unit=person["organization_id"])


def _close(who: Caller, person: Row) -> bool:
    return who.id == person["id"] or who.manages(person["id"])


def edits_person(who: Caller, person: Row) -> bool:
    return who.holds("people:manage", _person(person))


def employs(who: Caller, person: Row) -> bool:
    return who.holds("employment:manage", _person(person))


def sees_employment(who: Caller, person: Row) -> bool:
    reads = who.holds("employment:read", _person(person))
    return _close(who, person) or reads or employs(who, person)


def sees_person(who: Caller, person: Row) -> bool:
    reads = who.holds("directory:read", _person(person))
    return _close(who, person) or reads or edits_person(who, person) or employs(who, person)


def plans_for_person(who: Caller, person: Row) -> bool:
    return edits_person(who, person) or employs(who, person)


def audits_person(who: Caller, person: Row) -> bool:
    changes = edits_person(who, person) or employs(who, person)
    return who.id == person["id"] or changes or who.holds("audit:read", _person(person))


def _team(team: Row) -> Whose:
    return Whose(team=team["id"], unit=team["organization_id"])


def manages_team(who: Caller, team: Row) -> bool:
    return who.holds("teams:manage", _team(team))


def runs_team(who: Caller, team: Row) -> bool:
    return who.leads(team["id"]) or manages_team(who, team)


def sees_team(who: Caller, team: Row) -> bool:
    return who.holds("directory:read", _team(team)) or runs_team(who, team)


def audits_team(who: Caller, team: Row) -> bool:
    return runs_team(who, team) or who.holds("audit:read", _team(team))


def manages_unit(who: Caller, unit: Row) -> bool:
    return who.holds("organizations:manage", Whose(unit=unit["id"]))


def sees_unit(who: Caller, unit: Row) -> bool:
    reads = who.holds("directory:read", Whose(unit=unit["id"]))
    return reads or unit["id"] in who.units or manages_unit(who, unit)


def audits_unit(who: Caller, unit: Row) -> bool:
    return manages_unit(who, unit) or who.holds("audit:read", Whose(unit=unit["id"]))


# -- goals ------------------------------------------------------------------------------------


def _goal(who: Caller, goal: Row) -> Whose:
    person, team = goal["owner_person_id"], goal["owner_team_id"]
    unit = goal["owner_organization_id"]
    if team:
        unit = (who.facts.get(team) or {}).get("organization_id")
    if person:
        unit = who.facts.unit_of_person(person)
    return Whose(person, team, unit)


def edits_goal(who: Caller, goal: Row) -> bool:
    if goal["owner_person_id"] == who.id or who.leads(goal["owner_team_id"]):
        return True
    if goal["visibility"] == "private":
        return False
    return who.manages(goal["owner_person_id"]) or who.holds("goals:manage", _goal(who, goal))


def sees_goal(who: Caller, goal: Row) -> bool:
    if edits_goal(who, goal):
        return True
    if goal["status"] == "draft":
        return False
    if goal["visibility"] == "public" and who.holds("goals:read", _goal(who, goal)):
        return True
    if goal["visibility"] == "organization" and _goal(who, goal).unit in who.units:
        return True
    named = who.facts.rows("goal_viewers", goal_id=goal["id"])
    return who.id in {each["person_id"] for each in named}


def audits_goal(who: Caller, goal: Row) -> bool:
    shared = goal["visibility"] != "private"
    audits = shared and who.holds("audit:read", _goal(who, goal)) and sees_goal(who, goal)
    return edits_goal(who, goal) or audits


# -- members, roles and the tenant ------------------------------------------------------------


def _member(who: Caller, member: Row) -> Whose:
    person = member["person_id"]
    return Whose(person=person, unit=who.facts.unit_of_person(person))


def manages_member(who: Caller, member: Row) -> bool:
    return who.holds("members:manage", _member(who, member))


def sees_member(who: Caller, member: Row) -> bool:
    mine = member["person_id"] == who.id
    return mine or who.holds("members:read", _member(who, member))


def sees_role(who: Caller, _: Row) -> bool:
    return who.has("members:read")


def _entire(permission: str) -> Sees:
    """For what belongs to the tenant as a whole, only a grant over everyone counts."""
    return lambda who, _: (permission, "everyone", None) in who.grants


# -- together ---------------------------------------------------------------------------------


def _via(column: str, kind: str) -> Sees:
    def sees(who: Caller, part: Row) -> bool:
        whole = who.facts.get(part[column])
        return whole is not None and visible(who, kind, whole)

    return sees


def foresees(who: Caller, kind: str, part: Row) -> bool:
    """Whether the caller may know what is planned for the whole that the part belongs to."""
    column, plans = PLANNED[kind]
    return plans(who, who.facts.by_id[part[column]])


def _membership(who: Caller, part: Row) -> bool:
    now = part["starts_on"] <= who.facts.today
    known = part["person_id"] == who.id or _via("team_id", "Team")(who, part)
    return (now and known) or foresees(who, "Membership", part)


def _line(who: Caller, part: Row) -> bool:
    now = part["starts_on"] <= who.facts.today
    return (now and _via("person_id", "Person")(who, part)) or foresees(who, "ReportingLine", part)


def _employment(who: Caller, part: Row) -> bool:
    person = who.facts.get(part["person_id"])
    return person is not None and sees_employment(who, person)


def _entry(who: Caller, entry: Row) -> bool:
    about = who.facts.get(entry["entity_id"])
    return about is not None and audits(who, AGGREGATES[entry["entity"]], about)


PLANNED: dict[str, tuple[str, Sees]] = {
    "Membership": ("team_id", runs_team),
    "ReportingLine": ("person_id", plans_for_person),
}
"""Parts that may lie in the future: where their whole is, and who plans for it."""

SEES: dict[str, Sees] = {
    "Person": sees_person,
    "Team": sees_team,
    "Organization": sees_unit,
    "Goal": sees_goal,
    "Member": sees_member,
    "Role": sees_role,
    "Tenant": lambda _, __: True,
    "KeyResult": _via("goal_id", "Goal"),
    "CheckIn": _via("goal_id", "Goal"),
    "CheckInValue": _via("check_in_id", "CheckIn"),
    "Membership": _membership,
    "ReportingLine": _line,
    "Employment": _employment,
    "RoleAssignment": _via("member_id", "Member"),
    "RoleGrant": _via("role_id", "Role"),
    "JournalEntry": _entry,
}

AUDITS: dict[str, Sees] = {
    "Person": audits_person,
    "Team": audits_team,
    "Organization": audits_unit,
    "Goal": audits_goal,
    "Member": lambda who, member: who.holds("audit:read", _member(who, member)),
    "Role": _entire("audit:read"),
    "Tenant": _entire("audit:read"),
}


def visible(who: Caller, kind: str, row: Row) -> bool:
    """Whether the caller may know of something."""
    key = (kind, row["id"])
    if key not in who.seen:
        who.seen[key] = SEES[kind](who, row)
    return who.seen[key]


def audits(who: Caller, kind: str, row: Row) -> bool:
    """Whether the caller may read what happened to something."""
    return AUDITS[kind](who, row)


def may_read(who: Caller, kind: str, name: str, row: Row) -> bool:
    """Whether the caller may read a field of something that they see."""
    if kind in PLANNED and name == "ends_on":
        over = row["ends_on"] is not None and row["ends_on"] <= who.facts.today
        return over or foresees(who, kind, row)
    if name not in EMPLOYMENT.get(kind, ()):
        return True
    return sees_employment(who, row) if kind == "Person" else manages_unit(who, row)


OPEN, CLOSED = ("draft", "active"), ("achieved", "missed", "abandoned")
ANY: tuple[str, ...] = ()

CAN: dict[str, list[tuple[str, Sees, tuple[str, ...]]]] = {
    "Goal": [
        ("EDIT", edits_goal, OPEN),
        ("ALIGN", edits_goal, OPEN),
        ("ACTIVATE", edits_goal, ("draft",)),
        ("DISCARD", edits_goal, ("draft",)),
        ("CHECK_IN", edits_goal, ("active",)),
        ("ACHIEVE", edits_goal, ("active",)),
        ("MARK_MISSED", edits_goal, ("active",)),
        ("ABANDON", edits_goal, ("active",)),
        ("REOPEN", edits_goal, CLOSED),
    ],
    "Person": [
        ("EDIT", edits_person, ANY),
        ("ASSIGN_MANAGER", edits_person, ANY),
        ("END_LINE", edits_person, ANY),
        ("CHANGE_EMPLOYEE_NUMBER", employs, ANY),
        ("ADD_EXTERNAL_REFERENCE", employs, ANY),
        ("REMOVE_EXTERNAL_REFERENCE", employs, ANY),
        ("START_LEAVE", employs, ANY),
        ("RETURN_FROM_LEAVE", employs, ANY),
        ("DEPART", employs, ANY),
        ("CANCEL_DEPARTURE", employs, ANY),
        ("REHIRE", employs, ANY),
    ],
    "Team": [
        ("EDIT", runs_team, ANY),
        ("ADD_MEMBER", runs_team, ANY),
        ("CHANGE_MEMBERSHIP", runs_team, ANY),
        ("END_MEMBERSHIP", runs_team, ANY),
        ("MOVE", manages_team, ANY),
        ("CLOSE", manages_team, ANY),
        ("REOPEN", manages_team, ANY),
    ],
    "Organization": [
        (name, manages_unit, ANY)
        for name in (
            "EDIT",
            "MOVE",
            "CLOSE",
            "REOPEN",
            "ADD_EXTERNAL_REFERENCE",
            "REMOVE_EXTERNAL_REFERENCE",
        )
    ],
    "Member": [
        ("ASSIGN_ROLE", manages_member, ("active",)),
        ("REVOKE_ROLE", manages_member, ("active",)),
        ("REMOVE", manages_member, ("active",)),
        ("RESTORE", manages_member, ("removed",)),
    ],
    "Role": [(name, _entire("roles:manage"), ANY) for name in ("EDIT", "SET_GRANTS", "DELETE")],
    "Tenant": [("EDIT", _entire("settings:manage"), ANY)],
}


def can(who: Caller, kind: str, row: Row) -> list[str]:
    """What the caller may do to something in its state."""
    return [
        name.lower()
        for name, rule, states in CAN[kind]
        if (not states or row["status"] in states)
        and rule(who, row)
        and not hindered(who.facts, kind, name, row)
    ]
