"""The relations of people."""

from datetime import date, datetime, timedelta
from uuid import UUID

from tests.reads.dataset import Row
from tests.reads.oracle import policy
from tests.reads.oracle.relations.feedback import list_given
from tests.reads.oracle.relations.memberships import build_membership_relation, build_team_relation
from tests.reads.oracle.relations.relation import (
    Arguments,
    Relation,
    Relations,
    get_day,
    has_come,
    list_history,
    may_know_place_of,
    select_people,
    sort_relation,
    to_many,
    to_one,
)
from tests.reads.oracle.relationships import OracleCaller, is_active_on, starts_employed


def _list_lines(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    return who.facts.select_rows("reporting_lines", person_id=row["id"])


def _find_manager(who: OracleCaller, row: Row, arguments: Arguments) -> list[Row]:
    if arguments.get("knownAt") is not None:
        return _list_known_managers(who, row, "primary", arguments)
    return _list_management_chain(who, row, arguments)[:1]


def _list_management_chain(who: OracleCaller, row: Row, arguments: Arguments) -> list[Row]:
    """List the managers above, up to the first whose own manager the caller may not know."""
    day, found, below = get_day(who, arguments), [], row["id"]
    for each in who.facts.list_manager_ids(row["id"], day, policy.build_departure_check(who)):
        if not may_know_place_of(who, below, day):
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
        if has_come(who, each["starts_on"])
    ]


def _has_ended(who: OracleCaller, line: Row) -> bool:
    return line["ends_on"] is not None and has_come(who, line["ends_on"])


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
        if arguments.get("knownAt") is not None:
            return _list_known_managers(who, row, "dotted", arguments)
        day, has_left = get_day(who, arguments), policy.build_departure_check(who)
        lines = who.facts.select_rows("reporting_lines", kind="dotted", **{mine: row["id"]})
        return select_people(
            who,
            [
                each[theirs]
                for each in lines
                if is_active_on(each, day)
                and may_know_place_of(who, each["person_id"], day)
                and not any(has_left(each[end], day) for end in ("person_id", "manager_id"))
            ],
        )

    return Relation("Person", walk)


def _list_known_managers(who: OracleCaller, row: Row, kind: str, arguments: Arguments) -> list[Row]:
    """List the managers of the requested day, as they were known at a moment."""
    if not policy.can_see_person_plans(who, row):
        return []
    day, moment = get_day(who, arguments), arguments["knownAt"]
    lines = _list_known(who, "reporting_lines", "superseded_lines", moment)
    return select_people(
        who,
        [
            each["manager_id"]
            for each in lines
            if (each["person_id"], each["kind"]) == (row["id"], kind)
            and is_active_on(each, day)
            and not any(_had_left(who, each[end], day, moment) for end in ENDS_OF_LINES)
        ],
    )


ENDS_OF_LINES = ("person_id", "manager_id")


def _had_left(who: OracleCaller, person_id: UUID, day: date, moment: datetime) -> bool:
    """Return whether somebody had left by a day, as the caller may know that it was known."""
    person = who.facts.rows_by_id[person_id]
    if not policy.can_see_employment(who, person):
        return who.facts.has_left(person_id, min(day, who.facts.today))
    known = _list_known(who, "employments", "superseded_employments", moment)
    ends = [each["left_on"] for each in known if each["person_id"] == person_id]
    return all(each is not None and each <= day for each in ends)


def _list_known(who: OracleCaller, table: str, superseded: str, moment: datetime) -> list[Row]:
    found = [*who.facts.select_rows(table), *who.facts.select_rows(superseded)]
    return [
        each
        for each in found
        if each["updated_at"] <= moment
        and ("superseded_at" not in each or each["superseded_at"] > moment)
    ]


def _find_job(who: OracleCaller, row: Row, arguments: Arguments) -> list[Row]:
    """Find the job of the requested day, as it is known now or was known at a moment."""
    day, moment = get_day(who, arguments), arguments.get("knownAt")
    may_plan = policy.can_see_person_plans(who, row)
    if (moment is not None or not has_come(who, day)) and not may_plan:
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


RELATIONS: Relations = {
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
        "memberships": build_membership_relation("person_id", inherits_visibility=False),
        "teams": build_team_relation("Team", "person_id", "team_id"),
        "teams_led": build_team_relation("Team", "person_id", "team_id", role="lead"),
        "feedback_given": Relation("Feedback", list_given),
        "feedback_requested": to_many("FeedbackRequest", "feedback_requests", "asker_id"),
        "feedback_received": to_many("Feedback", "feedbacks", "subject_id"),
        "goals": to_many("Goal", "goals", "owner_person_id"),
        "kpis": to_many("Kpi", "kpis", "owner_id"),
        "member": to_many("Member", "members", "person_id"),
        "history": Relation("JournalEntry", list_history, inherits_visibility=True),
    },
    "ReportingLine": {"manager": to_one("Person", "manager_id")},
    "Employment": {"successor": to_one("Person", "successor_id")},
    "Job": {"organization": to_one("Organization", "organization_id")},
}
