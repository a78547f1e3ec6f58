"""What the journal tells about its subjects: their kind, and how they were then and last."""

from collections.abc import Callable
from uuid import UUID

from tests.reads.dataset import Row
from tests.reads.oracle.relationships import OracleCaller

AccessCheck = Callable[[OracleCaller, Row], bool]

GUARDED_EVENTS = {
    "person": {
        "hired",
        "job_changed",
        "job_corrected",
        "job_withdrawn",
        "employee_number_changed",
        "external_reference_added",
        "external_reference_removed",
        "leave_started",
        "returned_from_leave",
        "departed",
        "departure_cancelled",
        "rehired",
        "employment_corrected",
        "leave_corrected",
    },
    "feedback": {"given"},
    "calibration_subject": {"added"},
    "organization": {"external_reference_added", "external_reference_removed"},
    "team": {"external_reference_added", "external_reference_removed"},
    "goal": {"external_reference_added", "external_reference_removed"},
}
"""The events that say something about a guarded field."""


PLANNED_EVENTS = {
    "person": {
        *("manager_assigned", "line_ended", "line_corrected"),
        *("job_changed", "job_corrected", "job_withdrawn"),
    },
    "team": {"member_added", "membership_changed", "membership_ended"},
}
"""The events that are plans until their effective day."""


FACTS = (
    *("organization_id", "person_id", "status", "visibility"),
    *("owner_id", "team_id", "scope_kind", "kpi_id"),
    *("owner_person_id", "owner_team_id", "owner_organization_id"),
)


def holds_then_and_now(entry: Row, who: OracleCaller, check: AccessCheck) -> bool:
    """Return whether a check holds for the subject as it is or was last, and as it was then."""
    now = who.facts.find_row(entry["entity_id"])
    if now is None:
        tombstone = who.facts.tombstones_by_id.get(entry["entity_id"])
        if tombstone is None:
            return False
        now = _restore_row(entry, tombstone["access_facts"])
    return check(who, now) and held_then(entry, who, check)


def held_then(entry: Row, who: OracleCaller, check: AccessCheck) -> bool:
    """Return whether a check held for the subject of an entry, before and after the change."""
    return all(check(who, _restore_row(entry, facts)) for facts in entry["access_facts"])


def _restore_row(entry: Row, facts: Row) -> Row:
    """Return the subject as stored facts show it; what they do not show is unknown."""
    unknown: Row = dict.fromkeys(FACTS) | {"viewer_ids": [], "recorder_ids": []}
    row = unknown | facts | {"id": entry["entity_id"]}
    return row | {
        name: UUID(str(value)) for name, value in row.items() if name.endswith("_id") and value
    }
