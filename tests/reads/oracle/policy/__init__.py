"""Who may see and do what, written as plain Python: the table of the design, row by row."""

from tests.reads.oracle.policy.action_items import can_create_action_item
from tests.reads.oracle.policy.actions import (
    ACTION_RULES,
    OPEN_STATUSES,
    is_in_state,
    list_actions,
)
from tests.reads.oracle.policy.alerts import can_set_alert_rule
from tests.reads.oracle.policy.annotations import can_edit_annotation
from tests.reads.oracle.policy.directory import (
    build_departure_check,
    can_edit_person,
    can_lead_or_manage_team,
    can_manage_employment,
    can_see_employment,
    can_see_person_plans,
)
from tests.reads.oracle.policy.feedback import (
    can_answer_request,
    can_give_feedback,
    can_request_feedback,
    can_reveal_feedback_author,
    can_see_feedback_author,
)
from tests.reads.oracle.policy.fields import GUARDED_FIELDS, can_read_field
from tests.reads.oracle.policy.goals import can_edit_goal
from tests.reads.oracle.policy.kpi_reviews import can_plan_reviews, can_read_review_history
from tests.reads.oracle.policy.kpis import can_define_kpi
from tests.reads.oracle.policy.members import can_manage_member
from tests.reads.oracle.policy.review_cycles import can_manage_cycle
from tests.reads.oracle.policy.reviews import can_create_packet, is_subject
from tests.reads.oracle.policy.visibility import (
    HISTORY_CHECKS,
    VISIBILITY_CHECKS,
    can_read_history,
    can_see,
    can_see_plans,
    may_know_event,
)

__all__ = [
    "ACTION_RULES",
    "GUARDED_FIELDS",
    "HISTORY_CHECKS",
    "OPEN_STATUSES",
    "VISIBILITY_CHECKS",
    "build_departure_check",
    "can_answer_request",
    "can_create_action_item",
    "can_create_packet",
    "can_define_kpi",
    "can_edit_annotation",
    "can_edit_goal",
    "can_edit_person",
    "can_give_feedback",
    "can_lead_or_manage_team",
    "can_manage_cycle",
    "can_manage_employment",
    "can_manage_member",
    "can_plan_reviews",
    "can_read_field",
    "can_read_history",
    "can_read_review_history",
    "can_request_feedback",
    "can_reveal_feedback_author",
    "can_see",
    "can_see_employment",
    "can_see_feedback_author",
    "can_see_person_plans",
    "can_see_plans",
    "can_set_alert_rule",
    "is_in_state",
    "is_subject",
    "list_actions",
    "may_know_event",
]
