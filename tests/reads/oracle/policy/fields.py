"""Who may read which field of an object that they see."""

from tests.reads.dataset import Row
from tests.reads.oracle.policy.access_check import AccessCheck
from tests.reads.oracle.policy.calibration import can_see_name, can_see_rating
from tests.reads.oracle.policy.custom_fields import can_read_custom_values
from tests.reads.oracle.policy.directory import (
    can_manage_team,
    can_manage_unit,
    can_see_employment,
)
from tests.reads.oracle.policy.feedback import can_see_feedback_author
from tests.reads.oracle.policy.feedback_programs import can_see_program_totals
from tests.reads.oracle.policy.goals import can_manage_goal
from tests.reads.oracle.policy.visibility import PLANNABLE_PARTS, can_see_plans
from tests.reads.oracle.relationships import OracleCaller

GUARDED_VALUES = ("custom_values_of_managers", "custom_values_of_hr")
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
        *GUARDED_VALUES,
    },
    "Organization": {"references"},
    **{kind: {"references", *GUARDED_VALUES} for kind in ("Team", "Goal")},
    "Feedback": {"author_id"},
    "CalibrationSubject": {
        *("person_id", "manager_id", "organization_id", "packet_id"),
        *("horizontal_rating", "vertical_rating"),
    },
    "FeedbackProgram": {"invited_count", "response_count"},
    "FeedbackProgramAnswer": {"author_id", "author_name"},
}


def can_read_field(who: OracleCaller, kind: str, name: str, row: Row) -> bool:
    """Return whether the caller may read a field of a visible object."""
    if kind in PLANNABLE_PARTS and name == "ends_on":
        over = row["ends_on"] is not None and row["ends_on"] <= who.facts.today
        return over or can_see_plans(who, kind, row)
    if name not in GUARDED_FIELDS.get(kind, ()):
        return True
    if kind == "CalibrationSubject" and name.endswith("_rating"):
        return can_see_rating(who, row, name.removesuffix("_rating"))
    if name in GUARDED_VALUES:
        return can_read_custom_values(who, kind, name, row)
    checks: dict[str, AccessCheck] = {
        "CalibrationSubject": can_see_name,
        "Feedback": can_see_feedback_author,
        "FeedbackProgram": can_see_program_totals,
        "FeedbackProgramAnswer": lambda _, answer: bool(answer["is_named"]),
        "Person": can_see_employment,
        "Team": can_manage_team,
        "Goal": can_manage_goal,
    }
    return checks.get(kind, can_manage_unit)(who, row)
