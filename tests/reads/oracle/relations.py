"""The rows that each relation of the graph leads to, found in plain rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.reads.dataset import Row
from tests.reads.oracle import policy
from tests.reads.oracle.journal_facts import TYPE_BY_ENTITY, held_then
from tests.reads.oracle.relationships import OracleCaller, is_active_on, starts_employed

Arguments = dict[str, Any]
RelationResolver = Callable[[OracleCaller, Row, Arguments], list[Row]]


@dataclass(frozen=True)
class Relation:
    """A relation of a field; `inherits_visibility` makes its rows as visible as their source."""

    kind: str
    resolve: RelationResolver
    inherits_visibility: bool = False


def _get_day(who: OracleCaller, arguments: Arguments) -> date:
    return arguments.get("asOf") or who.facts.today


def to_one(kind: str, column: str) -> Relation:
    """Build a relation to the referenced row."""

    def walk(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
        found = who.facts.find_row(row[column])
        return [found] if found else []

    return Relation(kind, walk)


def to_many(kind: str, table: str, column: str, *, inherits_visibility: bool = False) -> Relation:
    """Build a relation to the rows that reference this one."""
    return Relation(
        kind,
        lambda who, row, _: who.facts.select_rows(table, **{column: row["id"]}),
        inherits_visibility,
    )


def _select_people(who: OracleCaller, ids: list[Any]) -> list[Row]:
    return [row for row in who.facts.select_rows("people") if row["id"] in set(ids)]


def _has_come(who: OracleCaller, day: date) -> bool:
    return day <= who.facts.today


def _may_know_place_of(who: OracleCaller, person_id: UUID, day: date) -> bool:
    """Return whether the caller may know a person's position on a day; future ones are guarded."""
    return _has_come(who, day) or policy.can_see_person_plans(who, who.facts.rows_by_id[person_id])


def _list_lines(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    return who.facts.select_rows("reporting_lines", person_id=row["id"])


def _find_manager(who: OracleCaller, row: Row, arguments: Arguments) -> list[Row]:
    return _list_management_chain(who, row, arguments)[:1]


def _list_management_chain(who: OracleCaller, row: Row, arguments: Arguments) -> list[Row]:
    """List the managers above, up to the first whose own manager the caller may not know."""
    day, found, below = _get_day(who, arguments), [], row["id"]
    for each in who.facts.list_manager_ids(row["id"], day, policy.build_departure_check(who)):
        if not _may_know_place_of(who, below, day):
            break
        found.append(who.facts.rows_by_id[each])
        below = each
    return found


def _list_reports(who: OracleCaller, row: Row, arguments: Arguments) -> list[Row]:
    depth = arguments.get("depth")
    depth = 1 if depth is None else depth
    return [
        each
        for each in who.facts.select_rows("people")
        if row in _list_management_chain(who, each, arguments)[: max(depth, 0)]
    ]


def _list_known_primary_lines(who: OracleCaller, person: Row) -> list[Row]:
    """List primary lines, without planned lines and ends that the caller may not know."""
    lines = who.facts.select_rows("reporting_lines", kind="primary", person_id=person["id"])
    if policy.can_see_person_plans(who, person):
        return lines
    return [
        {**each, "ends_on": each["ends_on"] if _has_ended(who, each) else None}
        for each in lines
        if _has_come(who, each["starts_on"])
    ]


def _has_ended(who: OracleCaller, line: Row) -> bool:
    return line["ends_on"] is not None and _has_come(who, line["ends_on"])


def _list_unassigned_reports(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    """List the reports on the last day of a person who have no manager afterwards, nor today."""
    if row["left_on"] is None:
        return []
    day, has_left = max(row["left_on"], who.facts.today), policy.build_departure_check(who)
    last_day = row["left_on"] - timedelta(days=1)

    def is_unassigned(other: Row) -> bool:
        lines = _list_known_primary_lines(who, other)
        was_report = any(
            each["manager_id"] == row["id"] and is_active_on(each, last_day) for each in lines
        )
        is_report = any(
            is_active_on(each, day)
            and each["manager_id"] != row["id"]
            and not has_left(each["manager_id"], day)
            for each in lines
        )
        return was_report and not is_report and not has_left(other["id"], day)

    return [each for each in who.facts.select_rows("people") if is_unassigned(each)]


def _build_dotted_relation(mine: str, theirs: str) -> Relation:
    def walk(who: OracleCaller, row: Row, arguments: Arguments) -> list[Row]:
        day, has_left = _get_day(who, arguments), policy.build_departure_check(who)
        lines = who.facts.select_rows("reporting_lines", kind="dotted", **{mine: row["id"]})
        return _select_people(
            who,
            [
                each[theirs]
                for each in lines
                if is_active_on(each, day)
                and _may_know_place_of(who, each["person_id"], day)
                and not any(has_left(each[end], day) for end in ("person_id", "manager_id"))
            ],
        )

    return Relation("Person", walk)


def _list_memberships(who: OracleCaller, arguments: Arguments, **having: Any) -> list[Row]:
    """List the memberships on the requested day; future ones only for planners of the team."""
    day = _get_day(who, arguments)
    held = who.facts.list_memberships(day, policy.build_departure_check(who), **having)
    return [
        each
        for each in held
        if _has_come(who, day) or policy.can_see_plans(who, "Membership", each)
    ]


def _build_membership_relation(column: str, *, inherits_visibility: bool) -> Relation:
    return Relation(
        "Membership",
        lambda who, row, args: _list_memberships(who, args, **{column: row["id"]}),
        inherits_visibility,
    )


def _build_team_relation(kind: str, mine: str, theirs: str, **having: str) -> Relation:
    table = {"Person": "people", "Team": "teams"}[kind]

    def walk(who: OracleCaller, row: Row, arguments: Arguments) -> list[Row]:
        ids = {
            each[theirs]
            for each in _list_memberships(who, arguments, **{mine: row["id"]}, **having)
        }
        return [each for each in who.facts.select_rows(table) if each["id"] in ids]

    return Relation(kind, walk)


def _build_ancestor_relation(kind: str) -> Relation:
    return Relation(kind, lambda who, row, _: list(who.facts.iterate_ancestors(row))[1:])


def _find_job(who: OracleCaller, row: Row, arguments: Arguments) -> list[Row]:
    """Find the job of the requested day, as it is known now or was known at a moment."""
    day, moment = _get_day(who, arguments), arguments.get("knownAt")
    may_plan = policy.can_see_person_plans(who, row)
    if (moment is not None or not _has_come(who, day)) and not may_plan:
        return []
    known = [
        each
        for each in who.facts.select_rows("jobs", person_id=row["id"])
        if each["starts_on"] <= day and _is_known(each, moment) and starts_employed(row, each)
    ]
    return sorted(known, key=lambda each: each["starts_on"])[-1:]


def _is_known(job: Row, moment: datetime | None) -> bool:
    if moment is None:
        return job["superseded_at"] is None
    is_recorded = job["created_at"] <= moment
    return is_recorded and (job["superseded_at"] is None or job["superseded_at"] > moment)


def _list_jobs(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    current = who.facts.select_rows("jobs", person_id=row["id"], superseded_at=None)
    return [each for each in current if starts_employed(row, each)]


def _list_history(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    entries = who.facts.select_rows("journal", entity_id=row["id"])
    return [
        each
        for each in entries
        if held_then(each, who, policy.HISTORY_CHECKS[TYPE_BY_ENTITY[each["entity"]]])
        and policy.may_know_event(who, each)
    ]


def _find_last_check_in(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    found = who.facts.select_rows("check_ins", goal_id=row["id"])
    counting = [
        each for each in found if not who.facts.select_rows("check_ins", corrects_id=each["id"])
    ]
    order = "effective_on", "first_recorded_at", "id"
    return sorted(counting, key=lambda each: [each[name] for name in order])[-1:]


def _find_correction(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    return who.facts.select_rows("check_ins", corrects_id=row["id"])


def _build_viewer_relation(kind: str) -> Relation:
    def walk(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
        named = who.facts.select_rows(f"{kind}_viewers", **{f"{kind}_id": row["id"]})
        return _select_people(who, [each["person_id"] for each in named])

    return Relation("Person", walk)


def _find_definition(who: OracleCaller, row: Row, arguments: Arguments) -> list[Row]:
    """Find the definition of the requested day: the last that has begun, else the first."""
    found = who.facts.select_rows("kpi_definitions", kpi_id=row["id"])
    in_order = sorted(found, key=lambda each: each["starts_on"])
    begun = [each for each in in_order if each["starts_on"] <= _get_day(who, arguments)]
    return begun[-1:] or in_order[:1]


def _find_dependents(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    found = who.facts.select_rows("kpi_formula_inputs", input_id=row["id"])
    ids = {each["kpi_id"] for each in found}
    return [each for id in ids for each in who.facts.select_rows("kpis", id=id)]


def _build_assignment_relation(column: str, *, inherits_visibility: bool = False) -> Relation:
    return Relation(
        "RoleAssignment",
        lambda who, row, _: who.facts.list_assignments(**{column: row["id"]}),
        inherits_visibility,
    )


def _list_roles(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    held = who.facts.select_rows("role_assignments", member_id=row["id"])
    ids = {each["role_id"] for each in held}
    return [each for each in who.facts.select_rows("roles") if each["id"] in ids]


def sort_relation(link: Relation, *names: str) -> Relation:
    """Return the relation sorted by these columns."""

    def walk(who: OracleCaller, row: Row, arguments: Arguments) -> list[Row]:
        found = link.resolve(who, row, arguments)
        return sorted(found, key=lambda each: [each[name] for name in names])

    return Relation(link.kind, walk, link.inherits_visibility)


def select_all(kind: str, table: str) -> Relation:
    return Relation(kind, lambda who, _row, _args: who.facts.select_rows(table))


OWNER_TYPES = {"person": "Person", "team": "Team", "organization": "Organization"}

RELATIONS: dict[str, dict[str, Relation]] = {
    "Query": {
        "members": select_all("Member", "members"),
        "roles": select_all("Role", "roles"),
        "people": select_all("Person", "people"),
        "teams": select_all("Team", "teams"),
        "organizations": select_all("Organization", "organizations"),
        "goals": select_all("Goal", "goals"),
        "kpis": select_all("Kpi", "kpis"),
        "audit_log": select_all("JournalEntry", "journal"),
    },
    "Person": {
        "organization": to_one("Organization", "organization_id"),
        "manager": Relation("Person", _find_manager),
        "management_chain": Relation("Person", _list_management_chain),
        "reports": Relation("Person", _list_reports),
        "unassigned_reports": Relation("Person", _list_unassigned_reports),
        "dotted_managers": _build_dotted_relation("person_id", "manager_id"),
        "dotted_reports": _build_dotted_relation("manager_id", "person_id"),
        "reporting_lines": sort_relation(Relation("ReportingLine", _list_lines), "starts_on", "id"),
        "employments": sort_relation(
            to_many("Employment", "employments", "person_id", inherits_visibility=True),
            "hired_on",
            "id",
        ),
        "job": Relation("Job", _find_job),
        "jobs": sort_relation(Relation("Job", _list_jobs), "starts_on", "id"),
        "leaves": sort_relation(
            to_many("Leave", "leaves", "person_id", inherits_visibility=True), "starts_on", "id"
        ),
        "references": sort_relation(
            to_many("PersonReference", "person_references", "person_id", inherits_visibility=True),
            "source",
            "external_id",
        ),
        "memberships": _build_membership_relation("person_id", inherits_visibility=False),
        "teams": _build_team_relation("Team", "person_id", "team_id"),
        "teams_led": _build_team_relation("Team", "person_id", "team_id", role="lead"),
        "goals": to_many("Goal", "goals", "owner_person_id"),
        "kpis": to_many("Kpi", "kpis", "owner_id"),
        "member": to_many("Member", "members", "person_id"),
        "history": Relation("JournalEntry", _list_history, inherits_visibility=True),
    },
    "ReportingLine": {"manager": to_one("Person", "manager_id")},
    "Employment": {"successor": to_one("Person", "successor_id")},
    "Team": {
        "organization": to_one("Organization", "organization_id"),
        "parent": to_one("Team", "parent_id"),
        "ancestors": _build_ancestor_relation("Team"),
        "children": to_many("Team", "teams", "parent_id"),
        "memberships": _build_membership_relation("team_id", inherits_visibility=True),
        "people": _build_team_relation("Person", "team_id", "person_id"),
        "leads": _build_team_relation("Person", "team_id", "person_id", role="lead"),
        "goals": to_many("Goal", "goals", "owner_team_id"),
        "kpis": to_many("Kpi", "kpis", "team_id"),
        "history": Relation("JournalEntry", _list_history, inherits_visibility=True),
    },
    "Membership": {"team": to_one("Team", "team_id"), "person": to_one("Person", "person_id")},
    "Organization": {
        "parent": to_one("Organization", "parent_id"),
        "ancestors": _build_ancestor_relation("Organization"),
        "children": to_many("Organization", "organizations", "parent_id"),
        "references": sort_relation(
            to_many(
                "OrganizationReference",
                "organization_references",
                "organization_id",
                inherits_visibility=True,
            ),
            "source",
            "external_id",
        ),
        "people": to_many("Person", "people", "organization_id"),
        "teams": to_many("Team", "teams", "organization_id"),
        "goals": to_many("Goal", "goals", "owner_organization_id"),
        "kpis": to_many("Kpi", "kpis", "organization_id"),
        "history": Relation("JournalEntry", _list_history, inherits_visibility=True),
    },
    "Goal": {
        "parent": to_one("Goal", "parent_id"),
        "children": to_many("Goal", "goals", "parent_id"),
        "key_results": to_many("KeyResult", "key_results", "goal_id", inherits_visibility=True),
        "check_ins": to_many("CheckIn", "check_ins", "goal_id", inherits_visibility=True),
        "last_check_in": Relation("CheckIn", _find_last_check_in),
        "kpis": to_many("Kpi", "kpis", "purpose_id"),
        "viewers": _build_viewer_relation("goal"),
        "history": Relation("JournalEntry", _list_history, inherits_visibility=True),
    },
    "Kpi": {
        "owner": to_one("Person", "owner_id"),
        "purpose": to_one("Goal", "purpose_id"),
        "definition": Relation("KpiDefinition", _find_definition, inherits_visibility=True),
        "definitions": to_many(
            "KpiDefinition", "kpi_definitions", "kpi_id", inherits_visibility=True
        ),
        "dependents": Relation("Kpi", _find_dependents),
        "viewers": _build_viewer_relation("kpi"),
        "history": Relation("JournalEntry", _list_history, inherits_visibility=True),
    },
    "KpiDefinition": {
        "kpi": to_one("Kpi", "kpi_id"),
        "inputs": sort_relation(
            to_many(
                "KpiFormulaInput", "kpi_formula_inputs", "definition_id", inherits_visibility=True
            ),
            "alias",
        ),
    },
    "KpiFormulaInput": {"kpi": to_one("Kpi", "input_id")},
    "KeyResult": {"goal": to_one("Goal", "goal_id")},
    "CheckIn": {
        "goal": to_one("Goal", "goal_id"),
        "author": to_one("Person", "author_id"),
        "corrects": to_one("CheckIn", "corrects_id"),
        "corrected_by": Relation("CheckIn", _find_correction),
        "values": sort_relation(
            to_many("CheckInValue", "check_in_values", "check_in_id", inherits_visibility=True),
            "id",
        ),
    },
    "CheckInValue": {"key_result": to_one("KeyResult", "key_result_id")},
    "Member": {
        "person": to_one("Person", "person_id"),
        "assignments": sort_relation(
            _build_assignment_relation("member_id", inherits_visibility=True),
            "id",
        ),
        "history": Relation("JournalEntry", _list_history, inherits_visibility=True),
    },
    "Role": {
        "grants": sort_relation(
            to_many("RoleGrant", "role_grants", "role_id", inherits_visibility=True),
            "permission",
            "id",
        ),
        "assignments": _build_assignment_relation("role_id"),
        "history": Relation("JournalEntry", _list_history, inherits_visibility=True),
    },
    "Job": {"organization": to_one("Organization", "organization_id")},
    "RoleGrant": {"organization": to_one("Organization", "organization_id")},
    "RoleAssignment": {
        "role": to_one("Role", "role_id"),
        "member": to_one("Member", "member_id"),
        "organization": to_one("Organization", "organization_id"),
    },
    "Tenant": {"history": Relation("JournalEntry", _list_history, inherits_visibility=True)},
    "Viewer": {
        "person": to_one("Person", "person_id"),
        "member": to_one("Member", "id"),
        "tenant": to_one("Tenant", "tenant_id"),
        "roles": sort_relation(
            Relation("Role", _list_roles, inherits_visibility=True), "name", "id"
        ),
    },
    "JournalEntry": {"actor": to_one("Person", "actor_id")},
}


def follow_relation(
    who: OracleCaller, kind: str, row: Row, name: str, arguments: Arguments
) -> list[Row]:
    """Return the visible rows of a relation."""
    link = find_relation(kind, row, name)
    if name == "history" and not policy.can_read_history(who, kind, row):
        return []
    found = link.resolve(who, row, arguments)
    return [
        each for each in found if link.inherits_visibility or policy.can_see(who, link.kind, each)
    ]


def find_relation(kind: str, row: Row, name: str) -> Relation:
    """Find the relation of a field for this row; owners have one of several types."""
    if (kind, name) == ("Goal", "owner"):
        owner = row["owner_kind"]
        return to_one(OWNER_TYPES[owner], f"owner_{owner}_id")
    if (kind, name) == ("Kpi", "scope"):
        scope = row["scope_kind"]
        return to_one(OWNER_TYPES[scope], f"{scope}_id")
    if (kind, name) == ("JournalEntry", "subject"):
        return to_one(TYPE_BY_ENTITY[row["entity"]], "entity_id")
    return RELATIONS[kind][name]
