"""Every question that access rules answer, with the oracle's answer to it.

The questions are derived from the mapping: a new aggregate, part, action or guarded attribute adds
its own, and the run fails until the oracle has an answer.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import FromClause

from domain.kernel.access import EVERYBODY, NOBODY, Has, Rule
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from persistence.kernel.mapping.registry import MAPPINGS
from tests.reads.dataset import Row
from tests.reads.oracle import policy
from tests.reads.oracle.policy.access_requests import can_ask
from tests.reads.oracle.policy.bulk_operations import owns
from tests.reads.oracle.policy.calibration import can_read_row_history
from tests.reads.oracle.policy.custom_fields import can_write_hr_values
from tests.reads.oracle.policy.feedback_programs import (
    can_manage_program_schedule,
    can_reveal_program_author,
)
from tests.reads.oracle.policy.legal_holds import can_manage_hold
from tests.reads.oracle.policy.reviews import is_hr_of
from tests.reads.oracle.policy.surveys import can_manage_bank, can_manage_surveys
from tests.reads.oracle.policy.sync_runs import can_manage_everybody
from tests.reads.oracle.relationships import OracleCaller, ResourceOwner

OracleAnswer = Callable[[OracleCaller, Row], bool]


@dataclass(frozen=True)
class AccessQuestion:
    """A question of access: the product answers it by `rule`, the oracle by `answer`."""

    kind: type
    table: FromClause
    name: str
    rule: Rule
    answer: OracleAnswer


def _can_hire(who: OracleCaller, person: Row) -> bool:
    return policy.can_edit_person(who, person) and policy.can_manage_employment(who, person)


def _can_create_team(who: OracleCaller, team: Row) -> bool:
    return who.holds(
        "teams:manage", ResourceOwner(team=team["parent_id"], unit=team["organization_id"])
    )


def _can_create_unit(who: OracleCaller, unit: Row) -> bool:
    return who.holds("organizations:manage", ResourceOwner(unit=unit["parent_id"]))


def _can_assign_role(who: OracleCaller, part: Row) -> bool:
    return who.holds("members:manage", ResourceOwner(unit=part["organization_id"]))


def _can_manage_all_roles(who: OracleCaller, _: Row) -> bool:
    return who.holds_over_everyone("roles:manage")


def _can_share_goal(who: OracleCaller, goal: Row) -> bool:
    if goal["status"] not in policy.OPEN_STATUSES:
        return False
    if goal["owner_kind"] == "organization":
        return policy.can_edit_goal(who, goal)
    return goal["owner_person_id"] == who.id or who.leads(goal["owner_team_id"])


def _can_manage_settings(who: OracleCaller, _: Row) -> bool:
    return who.holds_over_everyone("settings:manage")


def _can_manage_employment(who: OracleCaller, _: Row) -> bool:
    return who.holds_over_everyone("employment:manage")


def _can_manage_all_members(who: OracleCaller, _: Row) -> bool:
    return who.holds_over_everyone("members:manage")


def _can_manage_issuers(who: OracleCaller, _: Row) -> bool:
    return who.holds_over_everyone("issuers:manage")


def _can_manage_reviews(who: OracleCaller, _: Row) -> bool:
    return who.holds_over_everyone("reviews:manage")


def _can_write_hr_values(kind: str, who: OracleCaller, row: Row) -> bool:
    return can_write_hr_values(who, kind, row)


EXTRA_ANSWERS: dict[tuple[str, str], OracleAnswer] = {
    ("Person", "plans"): policy.can_see_person_plans,
    ("Team", "plans"): policy.can_lead_or_manage_team,
    ("Goal", "create"): policy.can_edit_goal,
    ("Goal", "share"): _can_share_goal,
    ("Kpi", "create"): policy.can_define_kpi,
    ("Scorecard", "create"): policy.can_define_kpi,
    ("KpiReviewSchedule", "create"): policy.can_plan_reviews,
    ("KpiReview", "hold"): policy.can_read_review_history,
    ("ServiceClient", "create"): _can_manage_all_members,
    ("SyncRun", "start"): can_manage_everybody,
    ("StagedUpload", "create"): lambda _who, _row: True,
    ("StagedUpload", "send"): owns,
    ("AccessRequest", "create"): can_ask,
    ("LegalHold", "place"): can_manage_hold,
    ("BulkOperation", "run"): lambda _who, _row: True,
    ("Issuer", "register"): _can_manage_issuers,
    ("Webhook", "create"): _can_manage_all_members,
    ("WorkCalendar", "create"): _can_manage_settings,
    ("CustomField", "create"): _can_manage_settings,
    **{
        (kind, "write_hr_values"): partial(_can_write_hr_values, kind)
        for kind in ("Person", "Team", "Goal")
    },
    ("RatingScale", "create"): _can_manage_reviews,
    ("CompetencyFramework", "create"): _can_manage_reviews,
    ("ReviewTemplate", "create"): _can_manage_reviews,
    ("ScoreRule", "create"): _can_manage_reviews,
    ("ReviewCycle", "create"): policy.can_manage_cycle,
    ("FairnessAttribute", "create"): _can_manage_employment,
    ("CalibrationSession", "create"): policy.can_manage_cycle,
    ("CalibrationSubject", "add"): can_read_row_history,
    ("Survey", "launch"): can_manage_surveys,
    ("SurveyBankQuestion", "create"): can_manage_bank,
    ("SurveySchedule", "create"): can_manage_surveys,
    ("SurveySchedule", "feed_kpi"): can_manage_surveys,
    ("FeedbackProgram", "launch"): is_hr_of,
    ("FeedbackProgramSchedule", "create"): can_manage_program_schedule,
    ("FeedbackProgram", "reveal_author"): can_reveal_program_author,
    ("ReviewPacket", "create"): policy.can_create_packet,
    ("Review", "open"): policy.can_create_packet,
    ("ReviewAppeal", "file"): policy.is_subject,
    ("Review", "open_nominated"): lambda _who, _row: True,
    ("ReviewNominationRound", "open"): is_hr_of,
    ("ReviewNomination", "propose"): lambda _who, _row: True,
    ("ActionItem", "create"): policy.can_create_action_item,
    ("FeedbackRequest", "create"): policy.can_request_feedback,
    ("FeedbackRequest", "answer"): policy.can_answer_request,
    ("Feedback", "give"): policy.can_give_feedback,
    ("Feedback", "reveal_author"): policy.can_reveal_feedback_author,
    ("Annotation", "create"): policy.can_edit_annotation,
    ("AlertRule", "create"): policy.can_set_alert_rule,
    ("Alert", "open"): policy.can_set_alert_rule,
    ("Person", "hire"): _can_hire,
    ("Team", "create"): _can_create_team,
    ("Organization", "create"): _can_create_unit,
    ("Member", "create"): policy.can_manage_member,
    ("Role", "create"): _can_manage_all_roles,
    ("RoleAssignment", "hand_out"): _can_assign_role,
}
"""Answers to questions that the graph never asks, such as who may create something."""


def list_questions() -> Iterator[AccessQuestion]:
    """List all questions."""
    for kind in sorted(MAPPINGS, key=lambda each: each.__name__):
        for name, rule in dict(_list_distinct_rules(kind)).items():
            yield AccessQuestion(
                kind, MAPPINGS[kind].table, name, rule, find_oracle_answer(kind, name)
            )


def find_oracle_answer(kind: type, name: str) -> OracleAnswer:
    """Return the oracle's answer. Raises LookupError where none is written."""
    asked, verb = kind.__name__, name.partition(" of ")[0]
    if (asked, name) in EXTRA_ANSWERS:
        return EXTRA_ANSWERS[asked, name]
    if verb == "see" and name != "see":
        return lambda who, row: policy.can_read_field(who, asked, name.removeprefix("see of "), row)
    if name == "see" and asked in policy.VISIBILITY_CHECKS:
        return lambda who, row: policy.can_see(who, asked, row)
    if name == "history" and asked in policy.HISTORY_CHECKS:
        return lambda who, row: policy.can_read_history(who, asked, row)
    for verb, rule, states in policy.ACTION_RULES.get(asked, ()):
        if verb.lower() == name:
            return lambda who, row: policy.is_in_state(row, states) and rule(who, row)
    raise LookupError(f"The oracle does not know who may {name} a {asked}.")


def _list_distinct_rules(kind: type) -> Iterator[tuple[str, Rule]]:
    """List each rule once, with the first thing that it guards; a state counts as a rule."""
    known: dict[Rule, str] = {}
    for name, rule in collect_rules(kind).items():
        if known.setdefault(rule, name) == name:
            yield name, rule


def collect_rules(kind: Any) -> dict[str, Rule]:
    """Collect all rules of a type; a rule of an action includes the action's states."""
    return dict(_list_rules(kind))


def _list_rules(kind: Any) -> Iterator[tuple[str, Rule]]:
    yield "see", kind.SEE
    for attribute, rule in kind.GUARDED.items():
        yield f"see of {attribute}", rule
    if issubclass(kind, Aggregate):
        yield "history", kind.SEE_HISTORY
    for action in vars(kind).values():
        if isinstance(action, Action):
            in_state = Has(action.state_attribute, *action.states) if action.states else EVERYBODY
            yield action.name, action.rule & in_state
    if issubclass(kind, Aggregate) and kind.SEE_PLANNED != NOBODY:
        yield "plans", kind.SEE_PLANNED
