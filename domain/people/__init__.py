"""People: their directory entries, employments, leaves and reporting lines."""

from domain.people.corrected_person import CORRECTION_REASON, check_correction_reason
from domain.people.correction_use_cases import (
    LeaveCorrection,
    LineCorrection,
    add_past_line,
    correct_leave,
    correct_line,
)
from domain.people.employment import (
    REASON,
    Employment,
    EmploymentStatus,
    Leave,
    PersonReference,
    end_with_departure,
)
from domain.people.jobs import EmploymentType, Job, JobState
from domain.people.model import ErasureReason, Person, RecordStatus
from domain.people.reporting_lines import SEE_PLANNED_OF_PERSON, LineKind, ReportingLine
from domain.people.use_cases import (
    EMPLOYMENT_DAYS,
    PLAN_LINES,
    add_external_reference,
    assign_manager,
    authorize_line,
    becomes_manager,
    change_employee_number,
    change_job,
    correct_job,
    create_member,
    edit,
    end_reporting_line,
    ensure_unique_email,
    hire,
)

__all__ = [
    "CORRECTION_REASON",
    "EMPLOYMENT_DAYS",
    "PLAN_LINES",
    "REASON",
    "SEE_PLANNED_OF_PERSON",
    "Employment",
    "EmploymentStatus",
    "EmploymentType",
    "ErasureReason",
    "Job",
    "JobState",
    "Leave",
    "LeaveCorrection",
    "LineCorrection",
    "LineKind",
    "Person",
    "PersonReference",
    "RecordStatus",
    "ReportingLine",
    "add_external_reference",
    "add_past_line",
    "assign_manager",
    "authorize_line",
    "becomes_manager",
    "change_employee_number",
    "change_job",
    "check_correction_reason",
    "correct_job",
    "correct_leave",
    "correct_line",
    "create_member",
    "edit",
    "end_reporting_line",
    "end_with_departure",
    "ensure_unique_email",
    "hire",
]
