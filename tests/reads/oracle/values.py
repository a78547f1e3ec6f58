"""The value of every leaf field, from plain rows; None where the caller may not read it."""

from datetime import UTC, date, datetime, time
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.feedback import EXPLANATIONS, OUTSIDE_EXPLANATIONS
from tests.reads.dataset import Row
from tests.reads.oracle import policy
from tests.reads.oracle.node_types import PREFIXES, TYPE_BY_ENTITY
from tests.reads.oracle.policy.kpi_reviews import is_withheld
from tests.reads.oracle.relationships import (
    OracleCaller,
    find_period,
    is_active_on,
    starts_employed,
)

PEOPLE_OF_PERIODS = {
    "Membership": ("person_id",),
    "ReportingLine": ("person_id", "manager_id"),
    "Leave": ("person_id",),
}
"""Periods that end when one of these people leaves."""

TASK_MUTATIONS = {
    "action_item": ["actionItemComplete", "actionItemCancel"],
    "alert": ["alertAcknowledge", "kpiRecordMeasurements"],
    "feedback_request": ["feedbackGive", "feedbackDecline"],
    "feedback_program": ["feedbackProgramRespond"],
    "kpi_value": ["kpiRecordMeasurements"],
    "kpi_review": ["kpiReviewHold"],
    "survey": ["surveyRespond"],
}


def resolve_leaf(  # noqa: C901, PLR0911, PLR0912, PLR0915 - one for each that is computed
    who: OracleCaller, kind: str, row: Row, name: str
) -> Any:
    """Return a leaf as the caller may see it, before it is formatted."""
    if kind in PEOPLE_OF_PERIODS and name == "ends_on":
        return _day_before(_find_shown_end(who, kind, row))
    if not policy.can_read_field(who, kind, name, row):
        return None
    match kind, name:
        case "FeedbackProgramRater", "name":
            return row["respondent_name"]
        case "FeedbackProgramRater", "has_responded":
            return row["has_responded"] if row["person_id"] == who.id else None
        case (
            ("FeedbackProgramRater" | "FeedbackProgramResult" | "FeedbackProgramAnswer"),
            "group",
        ):
            return row["rater_group"]
        case "Viewer", "id":
            return f"viewer_{row['id']}"
        case _, "id":
            return f"{PREFIXES[kind]}_{row['id']}"
        case "JournalEntry", "cursor":
            return f"cursor_{row['id']}"
        case "Tenant", "change_cursor":
            entries = who.facts.select_rows("journal", tenant_id=row["id"])
            entries = [each for each in entries if each["entity"] != "feedback"]
            newest = max(entries, key=lambda each: each["number"])
            return f"cursor_{newest['id']}"
        case _, "viewer_can":
            return policy.list_actions(who, kind, row)
        case "KeyResult", "progress":
            return float(_compute_progress(row))
        case "Goal", "progress":
            measured = who.facts.select_rows("key_results", goal_id=row["id"])
            shares = [_compute_progress(each) for each in measured]
            return float(sum(shares) / len(shares)) if shares else None
        case "JournalEntry", "subject_id":
            return f"{PREFIXES[TYPE_BY_ENTITY[row['entity']]]}_{row['entity_id']}"
        case "RoleGrant", "kpi_id":
            return f"kpi_{row[name]}" if row[name] else None
        case "CheckIn", "is_corrected":
            return bool(who.facts.select_rows("check_ins", corrects_id=row["id"]))
        case "KpiMeasurement" | "KpiMeasurementRevision", "comment" | "reason":
            return None if row["state"] == "suppressed" else row[name]
        case "KpiMeasurement" | "KpiMeasurementRevision", "period" | "ends_on":
            period = find_period(who, row)
            return period.label if name == "period" else period.last_day
        case "Alert", "period" | "first_period":
            place = "last" if name == "period" else "first"
            return find_period(who, row, f"{place}_starts_on").label
        case "Person", "works_here":
            return _derive_employment_status(who, row) in ("employed", "on_leave")
        case "Person", "job_title" | "level" | "location":
            return _find_fact_of_today(who, row, name)
        case "Job", "recorded_at":
            return row["created_at"]
        case "Person", "employment_status":
            return _derive_employment_status(who, row)
        case "Webhook", "types":
            return [each.lower() for each in row[name]]
        case "Task", "mutations":
            return TASK_MUTATIONS[row["kind"]]
        case "Member", "is_service_client":
            return row["person_id"] is None
        case "ServiceClient", "client_id":
            return f"trellis_client_{row['tenant_id'].hex}{row['id'].hex}"
        case "ServiceClientKey", "last_used_at":
            uses = who.facts.select_rows("service_client_key_uses", key_id=row["id"])
            return uses[0]["used_at"] if uses else None
        case "Tenant", "slug":
            return who.facts.world.slug
        case "Tenant", "status":
            return "active"
        case "Viewer", "permissions":
            held = {each.permission for each in who.grants if who.has_permission(each.permission)}
            return sorted((each.replace(":", "_") for each in held), key=str.upper)
        case "Feedback", "explanation":
            if row["author_id"] is None:
                return OUTSIDE_EXPLANATIONS.get(
                    row["audience"], EXPLANATIONS[row["mode"], row["audience"]]
                )
            return EXPLANATIONS[row["mode"], row["audience"]]
        case "Feedback", "version" | "created_at" | "updated_at" if not (
            policy.can_see_feedback_author(who, row)
        ):
            at = datetime.combine(row["released_on"], time.min, UTC)
            return 1 if name == "version" else at
        case "KpiReviewEntry", "status" | "value" | "compared_value" if is_withheld(who, row):
            return "suppressed" if name == "status" else None
        case "KpiReviewEntry", "is_restated":
            return row["revision"] is not None and not who.facts.select_rows(
                "kpi_measurements",
                kpi_id=row["kpi_id"],
                member_id=None,
                period_ordinal=row["period_ordinal"],
                revision=row["revision"],
            )
        case (
            "Annotation"
            | "ServiceClient"
            | "KpiReviewEntry"
            | "ReviewCycle"
            | "ReviewPacket"
            | "ReviewParticipant"
            | "ReviewCyclePhase"
            | "ReviewCycleGroupPhase"
            | "ReviewCycleSummary",
            "last_day",
        ):
            return row["last_day"]
        case "Review", "is_overdue":
            is_open = row["status"] in ("not_started", "draft")
            return is_open and _is_over(who, row["due_on"], row["stand_in_id"] or row["writer_id"])
        case "ReviewPacket", "is_overdue":
            waits = row["status"] in ("collecting", "decided", "approved", "shared")
            actor = row["subject_id" if row["status"] == "shared" else "manager_id"]
            return waits and _is_over(who, row["due_on"], actor)
        case _, "last_day" | "ends_on" if "last_day" not in row:
            return _day_before(row["left_on" if "left_on" in row else "ends_on"])
        case _:
            return row[name]


def _is_over(who: OracleCaller, day: date, person_id: UUID) -> bool:
    """Return whether a day is over where a person is."""
    tenant = who.facts.select_rows("tenants")[0]["time_zone"]
    zone = who.facts.rows_by_id[person_id]["time_zone"] or tenant
    there, here = (datetime.now(ZoneInfo(each)).date() for each in (zone, tenant))
    return bool(day < who.facts.today + (there - here))


def _find_fact_of_today(who: OracleCaller, person: Row, name: str) -> Any:
    """Find a fact in the directory: the stored one, until the next job starts."""
    today = who.facts.today
    if person["job_changes_on"] is None or person["job_changes_on"] > today:
        return person[name]
    jobs = who.facts.select_rows("jobs", person_id=person["id"], superseded_at=None)
    held = [each for each in jobs if starts_employed(person, each)]
    started = [each for each in held if each["starts_on"] <= today]
    return max(started, key=lambda each: each["starts_on"])[name]


def _find_shown_end(who: OracleCaller, kind: str, row: Row) -> date | None:
    """Find the end of a period that the caller may know: its own, or that of an employment."""
    ends = [row["ends_on"]] if policy.can_read_field(who, kind, "ends_on", row) else []
    has_left = policy.build_departure_check(who)
    people = [who.facts.rows_by_id[row[column]] for column in PEOPLE_OF_PERIODS[kind]]
    ends += [
        max(each["left_on"], row["starts_on"])
        for each in people
        if each["left_on"] is not None and has_left(each["id"], each["left_on"])
    ]
    return min((each for each in ends if each is not None), default=None)


def _day_before(end: date | None) -> date | None:
    """Return the last day of a period whose end is stored as the day after."""
    return None if end is None else date.fromordinal(end.toordinal() - 1)


def _compute_progress(measure: Row) -> Fraction:
    """Return the share of the distance; without a distance, whether the value is held."""
    start, target, now = (
        Fraction(measure[f"{each}_value"]) for each in ("start", "target", "current")
    )
    if start == target:
        held = now >= target if measure["direction"] == "increase" else now <= target
        return Fraction(held)
    return max(Fraction(0), min(Fraction(1), (now - start) / (target - start)))


def _derive_employment_status(who: OracleCaller, person: Row) -> str:
    today = who.facts.today
    if today < person["hired_on"]:
        return "upcoming"
    if person["left_on"] is not None and person["left_on"] <= today:
        return "left"
    away = any(
        is_active_on(each, today) and each["starts_on"] >= person["hired_on"]
        for each in who.facts.select_rows("leaves", person_id=person["id"])
    )
    return "on_leave" if away else "employed"
