"""The handlers of all kinds of background tasks, which workers run."""

from collections.abc import Mapping

from domain import (
    access_requests,
    alerts,
    annotations,
    bulk_operations,
    feedback,
    feedback_programs,
    kpis,
    members,
    retention,
    surveys,
    sync_runs,
    working_days,
)
from domain.kernel.audit_chain import SEAL_ENTRIES, SEALING
from domain.kernel.background_tasks import TaskHandler
from domain.kernel.counted_people import COUNT_PEOPLE
from domain.kernel.followed_lines import FOLLOW_LINES
from domain.kernel.leavers import FOLLOW_LEAVER
from domain.kpis.evaluation import EVALUATE_ALL, EVALUATIONS
from domain.kpis.own_data.measuring import MEASURING, PEOPLE_COUNTING
from domain.kpis.own_data.tasks import MEASURE
from domain.leavers import LEAVER_FOLLOWING
from domain.reviews import cycles
from domain.reviews.nominations.following import NOMINATION_HANDLERS

TASK_HANDLERS: Mapping[str, TaskHandler] = {
    kpis.EVALUATE: alerts.EVALUATION,
    EVALUATE_ALL: EVALUATIONS,
    annotations.EVALUATE: alerts.ANNOTATION_EVALUATION,
    MEASURE: MEASURING,
    COUNT_PEOPLE: PEOPLE_COUNTING,
    cycles.ADVANCE_TASK: cycles.ADVANCING,
    cycles.OPEN_TASK: cycles.OPENING,
    cycles.FOLLOW_TASK: cycles.FOLLOWING,
    cycles.REMIND_TASK: cycles.REMINDING,
    FOLLOW_LINES: cycles.LINES_FOLLOWING,
    FOLLOW_LEAVER: LEAVER_FOLLOWING,
    working_days.FOLLOW_CALENDARS: working_days.STORING,
    cycles.SHARE_TASK: cycles.SHARING,
    **NOMINATION_HANDLERS,
    **surveys.TASK_HANDLERS,
    **feedback_programs.TASK_HANDLERS,
    feedback.EXPIRE: feedback.EXPIRY,
    **bulk_operations.TASK_HANDLERS,
    SEAL_ENTRIES: SEALING,
    members.EXPIRE: members.EXPIRY,
    access_requests.EXPIRE: access_requests.EXPIRY,
    retention.APPLY: retention.APPLYING,
    sync_runs.ABANDON: sync_runs.ABANDONING,
    sync_runs.FORGET: sync_runs.FORGETTING,
}
"""The handlers by kind. A kind is `concept.verb`, and stays while tasks of it may wait."""
