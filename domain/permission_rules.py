"""All permissions as data: who may see and do what with each type of object.

The graph's `permissionMatrix` and the permission table of the documentation are derived from it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, product

from domain.access_requests import AccessRequest
from domain.action_items import ActionItem
from domain.alerts import Alert, AlertRule
from domain.annotations import Annotation
from domain.bulk_operations import BulkOperation, StagedUpload
from domain.custom_fields import CustomField
from domain.feedback import Feedback, FeedbackRequest
from domain.feedback_programs import FeedbackProgram, FeedbackProgramSchedule
from domain.goals import Goal
from domain.issuers import Issuer
from domain.kernel.access import NOBODY, AllOf, AnyOf, Holds, InheritedFrom, Rule
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part, find_kind, get_part_kind
from domain.kernel.fields import graph_name
from domain.kernel.permissions import Permission
from domain.kernel.rule_sentences import (
    AccessRuleKind,
    describe_condition,
    describe_group,
    get_rule_kind,
)
from domain.kpi_reviews import KpiReview, KpiReviewSchedule
from domain.kpis import Kpi
from domain.legal_holds import LegalHold
from domain.members import Member
from domain.organizations import Organization
from domain.people import Person
from domain.retention import RetentionPolicy
from domain.reviews import (
    CalibrationSession,
    CalibrationSubject,
    CompetencyFramework,
    FairnessAttribute,
    RatingScale,
    Review,
    ReviewAppeal,
    ReviewCycle,
    ReviewNomination,
    ReviewNominationRound,
    ReviewPacket,
    ReviewTemplate,
    ScoreRule,
)
from domain.roles import Role
from domain.scorecards import Scorecard
from domain.service_clients import ServiceClient
from domain.surveys import Survey, SurveyBankQuestion, SurveySchedule
from domain.sync_runs import SyncRun
from domain.teams import Team
from domain.tenants import Tenant
from domain.webhooks import Webhook
from domain.working_days import WorkCalendar

CONCEPTS: tuple[type[Aggregate], ...] = (
    Tenant,
    RetentionPolicy,
    CustomField,
    Role,
    Member,
    AccessRequest,
    Issuer,
    ServiceClient,
    SyncRun,
    StagedUpload,
    BulkOperation,
    Webhook,
    Organization,
    Person,
    LegalHold,
    Team,
    Goal,
    Kpi,
    Scorecard,
    KpiReviewSchedule,
    KpiReview,
    ActionItem,
    AlertRule,
    Alert,
    Annotation,
    WorkCalendar,
    RatingScale,
    CompetencyFramework,
    ReviewTemplate,
    ScoreRule,
    Feedback,
    ReviewCycle,
    Survey,
    SurveyBankQuestion,
    SurveySchedule,
    FeedbackRequest,
    FeedbackProgram,
    FeedbackProgramSchedule,
    ReviewPacket,
    Review,
    CalibrationSession,
    CalibrationSubject,
    FairnessAttribute,
    ReviewAppeal,
    ReviewNominationRound,
    ReviewNomination,
)


class AccessRight(StrEnum):
    """What a rule allows."""

    SEE = "see"
    SEE_FIELD = "see_field"
    SEE_ENTRIES = "see_entries"
    SEE_PLANNED = "see_planned"
    SEE_HISTORY = "see_history"
    ACT = "act"


@dataclass(frozen=True)
class RuleStep:
    """A rule inside a rule: `depth` is 0 for the whole, and one more for each level below."""

    depth: int
    kind: AccessRuleKind
    sentence: str
    permission: Permission | None = None


@dataclass(frozen=True)
class PermissionRule:
    """Who may do one thing with the objects of a concept.

    `name` is that of the action, of the guarded field or of the event that stands for one; it is
    empty for the other rights.
    """

    concept: type[Aggregate]
    right: AccessRight
    rule: Rule
    name: str = ""
    states: tuple[str, ...] = ()

    def list_alternatives(self) -> list[tuple[str, ...]]:
        """List the alternatives of the rule in words, each as conditions that all must hold.

        No alternative means nobody, and one without conditions everyone in the tenant.
        """
        expanded = _expand(self.rule, self.concept.SEE)
        return list(dict.fromkeys(tuple(map(describe_condition, each)) for each in expanded))

    def list_steps(self) -> list[RuleStep]:
        """List the rules of its tree, each before those inside it."""
        return list(_walk(self.rule, self.concept, 0))

    def list_permissions(self) -> list[Permission]:
        """List the permissions of which a grant may be needed, also for objects it belongs to."""
        found = {each.permission for each in self.list_steps() if each.permission is not None}
        return sorted(found)


def list_permission_rules(concept: type[Aggregate]) -> Iterator[PermissionRule]:
    """List all rules of a concept: kinds of reading first, then its actions."""
    yield PermissionRule(concept, AccessRight.SEE, concept.SEE)
    for attribute, rule in concept.GUARDED.items():
        name = graph_name(concept, attribute)
        yield PermissionRule(concept, AccessRight.SEE_FIELD, rule, name)
    for event, attribute in concept.GUARDED_EVENTS.items():
        yield PermissionRule(concept, AccessRight.SEE_ENTRIES, concept.GUARDED[attribute], event)
    if concept.SEE_PLANNED != NOBODY:
        yield PermissionRule(concept, AccessRight.SEE_PLANNED, concept.SEE_PLANNED)
    yield PermissionRule(concept, AccessRight.SEE_HISTORY, concept.SEE_HISTORY)
    for action in vars(concept).values():
        if isinstance(action, Action):
            states = action.states or ()
            yield PermissionRule(concept, AccessRight.ACT, action.rule, action.name, states)


def _walk(rule: Rule, concept: type[Aggregate | Part], depth: int) -> Iterator[RuleStep]:
    permission = rule.permission if isinstance(rule, Holds) else None
    yield RuleStep(depth, get_rule_kind(rule), describe_group(rule, concept.SEE), permission)
    match rule:
        case AnyOf(rules) | AllOf(rules):
            for each in rules:
                yield from _walk(each, concept, depth + 1)
        case InheritedFrom(_, parent, inner):
            kind = find_kind(parent) or get_part_kind(parent)
            yield from _walk(inner, kind, depth + 1)


def _expand(rule: Rule, see: Rule, *, is_nested: bool = False) -> Iterator[tuple[Rule, ...]]:
    """Yield the alternatives of a rule, each as the conditions that must all hold.

    Inside a condition, the rule about seeing the object is not expanded.
    """
    match rule:
        case AnyOf(rules) if not (is_nested and rule == see):
            for each in rules:
                yield from _expand(each, see, is_nested=is_nested)
        case AllOf(rules):
            for parts in product(*(list(_expand(each, see, is_nested=True)) for each in rules)):
                yield tuple(chain.from_iterable(parts))
        case _:
            yield (rule,)
