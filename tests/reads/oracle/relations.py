"""Where every field leads, walked over plain rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tests.reads.dataset import Row
from tests.reads.oracle import policy
from tests.reads.oracle.relationships import Caller, runs

Arguments = dict[str, Any]
Walk = Callable[[Caller, Row, Arguments], list[Row]]


@dataclass(frozen=True)
class Link:
    """Where a field leads; `within` are parts that whoever sees the whole sees."""

    kind: str
    walk: Walk
    within: bool = False


def _day(who: Caller, arguments: Arguments) -> date:
    return arguments.get("asOf") or who.facts.today


def to(kind: str, column: str) -> Link:
    """A pointer."""

    def walk(who: Caller, row: Row, _: Arguments) -> list[Row]:
        found = who.facts.get(row[column])
        return [found] if found else []

    return Link(kind, walk)


def of(kind: str, table: str, column: str, *, within: bool = False) -> Link:
    """The rows that point here."""
    return Link(kind, lambda who, row, _: who.facts.rows(table, **{column: row["id"]}), within)


def _people(who: Caller, ids: list[Any]) -> list[Row]:
    return [row for row in who.facts.rows("people") if row["id"] in set(ids)]


def _come(who: Caller, day: date) -> bool:
    return day <= who.facts.today


def _knows(who: Caller, person_id: UUID, day: date) -> bool:
    """Whether the caller may know where a person stands on a day: to come is not for everybody."""
    return _come(who, day) or policy.plans_for_person(who, who.facts.by_id[person_id])


def _lines(who: Caller, row: Row, _: Arguments) -> list[Row]:
    return who.facts.rows("reporting_lines", person_id=row["id"])


def _manager(who: Caller, row: Row, arguments: Arguments) -> list[Row]:
    return _chain(who, row, arguments)[:1]


def _chain(who: Caller, row: Row, arguments: Arguments) -> list[Row]:
    """Everybody above, up to the first whose own manager is not for the caller to know."""
    day, found, below = _day(who, arguments), [], row["id"]
    for each in who.facts.managers(row["id"], day):
        if not _knows(who, below, day):
            break
        found.append(who.facts.by_id[each])
        below = each
    return found


def _reports(who: Caller, row: Row, arguments: Arguments) -> list[Row]:
    depth = arguments.get("depth")
    depth = 1 if depth is None else depth
    return [
        each
        for each in who.facts.rows("people")
        if row in _chain(who, each, arguments)[: max(depth, 0)]
    ]


def _dotted(mine: str, theirs: str) -> Link:
    def walk(who: Caller, row: Row, arguments: Arguments) -> list[Row]:
        day = _day(who, arguments)
        lines = who.facts.rows("reporting_lines", kind="dotted", **{mine: row["id"]})
        return _people(
            who,
            [
                each[theirs]
                for each in lines
                if runs(each, day) and _knows(who, each["person_id"], day)
            ],
        )

    return Link("Person", walk)


def _held(who: Caller, arguments: Arguments, **having: Any) -> list[Row]:
    """The memberships on the day asked about; to come they are for who plans for the team."""
    day = _day(who, arguments)
    held = who.facts.memberships(day, **having)
    return [each for each in held if _come(who, day) or policy.foresees(who, "Membership", each)]


def _memberships(column: str, *, within: bool) -> Link:
    return Link(
        "Membership", lambda who, row, args: _held(who, args, **{column: row["id"]}), within
    )


def _through_teams(kind: str, mine: str, theirs: str, **having: str) -> Link:
    table = {"Person": "people", "Team": "teams"}[kind]

    def walk(who: Caller, row: Row, arguments: Arguments) -> list[Row]:
        ids = {each[theirs] for each in _held(who, arguments, **{mine: row["id"]}, **having)}
        return [each for each in who.facts.rows(table) if each["id"] in ids]

    return Link(kind, walk)


def _ancestors(kind: str) -> Link:
    return Link(kind, lambda who, row, _: list(who.facts.up(row))[1:])


def _history(who: Caller, row: Row, _: Arguments) -> list[Row]:
    return who.facts.rows("journal", entity_id=row["id"])


def _last_check_in(who: Caller, row: Row, _: Arguments) -> list[Row]:
    found = who.facts.rows("check_ins", goal_id=row["id"])
    return sorted(found, key=lambda each: (each["recorded_at"], each["id"]))[-1:]


def _viewers(who: Caller, row: Row, _: Arguments) -> list[Row]:
    named = who.facts.rows("goal_viewers", goal_id=row["id"])
    return _people(who, [each["person_id"] for each in named])


def _roles(who: Caller, row: Row, _: Arguments) -> list[Row]:
    held = who.facts.rows("role_assignments", member_id=row["id"])
    ids = {each["role_id"] for each in held}
    return [each for each in who.facts.rows("roles") if each["id"] in ids]


def sorted_by(link: Link, *names: str) -> Link:
    """The same, in order of these columns."""

    def walk(who: Caller, row: Row, arguments: Arguments) -> list[Row]:
        found = link.walk(who, row, arguments)
        return sorted(found, key=lambda each: [each[name] for name in names])

    return Link(link.kind, walk, link.within)


def all_of(kind: str, table: str) -> Link:
    return Link(kind, lambda who, _row, _args: who.facts.rows(table))


OWNERS = {"person": "Person", "team": "Team", "organization": "Organization"}

LINKS: dict[str, dict[str, Link]] = {
    "Query": {
        "members": all_of("Member", "members"),
        "roles": all_of("Role", "roles"),
        "people": all_of("Person", "people"),
        "teams": all_of("Team", "teams"),
        "organizations": all_of("Organization", "organizations"),
        "goals": all_of("Goal", "goals"),
        "audit_log": all_of("JournalEntry", "journal"),
    },
    "Person": {
        "organization": to("Organization", "organization_id"),
        "manager": Link("Person", _manager),
        "management_chain": Link("Person", _chain),
        "reports": Link("Person", _reports),
        "dotted_managers": _dotted("person_id", "manager_id"),
        "dotted_reports": _dotted("manager_id", "person_id"),
        "reporting_lines": sorted_by(Link("ReportingLine", _lines), "starts_on", "id"),
        "employments": sorted_by(
            of("Employment", "employments", "person_id", within=True), "hired_on", "id"
        ),
        "leaves": sorted_by(of("Leave", "leaves", "person_id", within=True), "starts_on", "id"),
        "references": sorted_by(
            of("PersonReference", "person_references", "person_id", within=True),
            "source",
            "external_id",
        ),
        "memberships": _memberships("person_id", within=False),
        "teams": _through_teams("Team", "person_id", "team_id"),
        "teams_led": _through_teams("Team", "person_id", "team_id", role="lead"),
        "goals": of("Goal", "goals", "owner_person_id"),
        "member": of("Member", "members", "person_id"),
        "history": Link("JournalEntry", _history, within=True),
    },
    "ReportingLine": {"manager": to("Person", "manager_id")},
    "Team": {
        "organization": to("Organization", "organization_id"),
        "parent": to("Team", "parent_id"),
        "ancestors": _ancestors("Team"),
        "children": of("Team", "teams", "parent_id"),
        "memberships": _memberships("team_id", within=True),
        "people": _through_teams("Person", "team_id", "person_id"),
        "leads": _through_teams("Person", "team_id", "person_id", role="lead"),
        "goals": of("Goal", "goals", "owner_team_id"),
        "history": Link("JournalEntry", _history, within=True),
    },
    "Membership": {"team": to("Team", "team_id"), "person": to("Person", "person_id")},
    "Organization": {
        "parent": to("Organization", "parent_id"),
        "ancestors": _ancestors("Organization"),
        "children": of("Organization", "organizations", "parent_id"),
        "references": sorted_by(
            of("OrganizationReference", "organization_references", "organization_id", within=True),
            "source",
            "external_id",
        ),
        "people": of("Person", "people", "organization_id"),
        "teams": of("Team", "teams", "organization_id"),
        "goals": of("Goal", "goals", "owner_organization_id"),
        "history": Link("JournalEntry", _history, within=True),
    },
    "Goal": {
        "parent": to("Goal", "parent_id"),
        "children": of("Goal", "goals", "parent_id"),
        "key_results": of("KeyResult", "key_results", "goal_id", within=True),
        "check_ins": of("CheckIn", "check_ins", "goal_id", within=True),
        "last_check_in": Link("CheckIn", _last_check_in),
        "viewers": Link("Person", _viewers),
        "history": Link("JournalEntry", _history, within=True),
    },
    "KeyResult": {"goal": to("Goal", "goal_id")},
    "CheckIn": {
        "goal": to("Goal", "goal_id"),
        "author": to("Person", "author_id"),
        "values": sorted_by(
            of("CheckInValue", "check_in_values", "check_in_id", within=True), "id"
        ),
    },
    "CheckInValue": {"key_result": to("KeyResult", "key_result_id")},
    "Member": {
        "person": to("Person", "person_id"),
        "assignments": sorted_by(
            of("RoleAssignment", "role_assignments", "member_id", within=True), "id"
        ),
        "history": Link("JournalEntry", _history, within=True),
    },
    "Role": {
        "grants": sorted_by(
            of("RoleGrant", "role_grants", "role_id", within=True), "permission", "id"
        ),
        "assignments": of("RoleAssignment", "role_assignments", "role_id"),
        "history": Link("JournalEntry", _history, within=True),
    },
    "RoleGrant": {"organization": to("Organization", "organization_id")},
    "RoleAssignment": {
        "role": to("Role", "role_id"),
        "member": to("Member", "member_id"),
        "organization": to("Organization", "organization_id"),
    },
    "Tenant": {"history": Link("JournalEntry", _history, within=True)},
    "Viewer": {
        "person": to("Person", "person_id"),
        "member": to("Member", "id"),
        "tenant": to("Tenant", "tenant_id"),
        "roles": sorted_by(Link("Role", _roles, within=True), "name", "id"),
    },
    "JournalEntry": {"actor": to("Person", "actor_id")},
}


def follow(who: Caller, kind: str, row: Row, name: str, arguments: Arguments) -> list[Row]:
    """What the caller may see of where a field leads."""
    link = link_of(kind, row, name)
    if name == "history" and not policy.audits(who, kind, row):
        return []
    found = link.walk(who, row, arguments)
    return [each for each in found if link.within or policy.visible(who, link.kind, each)]


def link_of(kind: str, row: Row, name: str) -> Link:
    """Where a field of this very row leads; an owner is of one kind or another."""
    if (kind, name) == ("Goal", "owner"):
        owner = row["owner_kind"]
        return to(OWNERS[owner], f"owner_{owner}_id")
    if (kind, name) == ("JournalEntry", "subject"):
        return to(policy.AGGREGATES[row["entity"]], "entity_id")
    return LINKS[kind][name]
