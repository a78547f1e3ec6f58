"""What is created under which object: the actions that `viewerCan` of a place lists.

Their rules follow from the rule of the new object. A blocker is a state in which the use case
refuses although the rule holds.
"""

from sqlalchemy import exists, literal_column, or_

from domain.action_items import ActionItem
from domain.alerts import AlertRule
from domain.annotations import Annotation
from domain.bulk_operations import BulkOperation, StagedUpload
from domain.custom_fields import CustomField
from domain.feedback import Feedback
from domain.feedback_programs import FeedbackProgram, FeedbackProgramSchedule
from domain.goals import Goal
from domain.issuers import Issuer
from domain.kpi_reviews import KpiReview, KpiReviewSchedule, KpiReviewScheduleStatus
from domain.kpis import Kpi
from domain.members import Member
from domain.organizations import Organization
from domain.people import Person
from domain.reviews import (
    CalibrationSession,
    CompetencyFramework,
    FairnessAttribute,
    RatingScale,
    ReviewAppeal,
    ReviewCycle,
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
from domain.webhooks import Webhook
from domain.working_days import WorkCalendar
from persistence.feedback import FEEDBACK_REQUEST
from persistence.kernel.schema.tables import shared_alias
from persistence.kernel.sql_literals import literal_text
from persistence.kpi_reviews import KPI_REVIEW_SCHEDULE
from persistence.kpis import KPI
from persistence.members import members
from persistence.organizations import ORGANIZATION
from persistence.people import PERSON
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import tenant_subquery
from persistence.reviews import REVIEW_CYCLE, REVIEW_PACKET
from persistence.reviews.appeals import takes_no_appeal
from persistence.scorecards import SCORECARD
from persistence.teams import TEAM
from persistence.tenants import TENANT


def _has_ended(place: Row, context: FieldContext) -> Sql:
    is_over: Sql = place.c.ends_on <= context.facts.today()
    return is_over


def _has_end(unit: Row, _: FieldContext) -> Sql:
    """Build the condition that a unit has an end; nobody is placed in such a unit."""
    has_end: Sql = unit.c.ends_on.is_not(None)
    return has_end


def _has_left(person: Row, context: FieldContext) -> Sql:
    is_past: Sql = person.c.left_on <= context.facts.today()
    return is_past


def _has_left_or_is_viewer(person: Row, context: FieldContext) -> Sql:
    """Build the condition that a person gets no feedback: from nobody, or not from the viewer."""
    viewer = context.facts.person()
    return or_(_has_left(person, context), viewer.is_(None), person.c.id == viewer)


def _is_ended(schedule: Row, _: FieldContext) -> Sql:
    is_ended: Sql = schedule.c.status != literal_text(KpiReviewScheduleStatus.ACTIVE)
    return is_ended


def _has_account_or_left(person: Row, context: FieldContext) -> Sql:
    member = shared_alias(members)
    is_account = member.c.person_id == person.c.id
    account = tenant_subquery(context, member, literal_column("1"), is_account)
    return or_(exists(account), _has_left(person, context))


KPI.creates(AlertRule, AlertRule.CREATE, argument="kpiId", kpi_id="id")
KPI_REVIEW_SCHEDULE.creates(KpiReview, KpiReview.HOLD, argument="scheduleId", schedule_id="id")
KPI_REVIEW_SCHEDULE.blocker("hold_kpi_review", _is_ended)
KPI.creates(KpiReviewSchedule, KpiReviewSchedule.CREATE, argument="subject.kpiId", kpi_id="id")
SCORECARD.creates(
    KpiReviewSchedule, KpiReviewSchedule.CREATE, argument="subject.scorecardId", scorecard_id="id"
)
FEEDBACK_REQUEST.creates(Feedback, Feedback.GIVE, argument="requestId", subject_id="subject_id")
KPI.creates(Annotation, Annotation.CREATE, argument="scope.kpiId", kpi_id="id")
ORGANIZATION.creates(
    Annotation, Annotation.CREATE, argument="scope.organizationId", organization_id="id"
)
TEAM.creates(Annotation, Annotation.CREATE, argument="scope.teamId", team_id="id")
ORGANIZATION.creates(Goal, Goal.CREATE, argument="owner.organizationId", owner_organization_id="id")
ORGANIZATION.creates(Kpi, Kpi.CREATE, argument="scope.organizationId", organization_id="id")
ORGANIZATION.creates(Organization, Organization.CREATE, argument="parentId", parent_id="id")
ORGANIZATION.creates(Person, Person.HIRE, argument="organizationId", organization_id="id")
ORGANIZATION.creates(
    ReviewCycle, ReviewCycle.CREATE, argument="organizationId", organization_id="id"
)
ORGANIZATION.creates(
    Scorecard, Scorecard.CREATE, argument="scope.organizationId", organization_id="id"
)
ORGANIZATION.creates(Survey, Survey.LAUNCH, argument="organizationId", organization_id="id")
ORGANIZATION.creates(
    FeedbackProgramSchedule,
    FeedbackProgramSchedule.CREATE,
    argument="organizationId",
    organization_id="id",
)
ORGANIZATION.creates(
    SurveySchedule, SurveySchedule.CREATE, argument="organizationId", organization_id="id"
)
ORGANIZATION.creates(Team, Team.CREATE, argument="organizationId", organization_id="id")
ORGANIZATION.blocker("create_goal", _has_ended)
ORGANIZATION.blocker("create_kpi", _has_ended)
ORGANIZATION.blocker("create_organization", _has_ended)
ORGANIZATION.blocker("create_scorecard", _has_ended)
ORGANIZATION.blocker("create_team", _has_ended)
ORGANIZATION.blocker("hire_person", _has_end)

TEAM.creates(Goal, Goal.CREATE, argument="owner.teamId", owner_team_id="id")
TEAM.creates(Kpi, Kpi.CREATE, argument="scope.teamId", team_id="id")
TEAM.creates(Scorecard, Scorecard.CREATE, argument="scope.teamId", team_id="id")
TEAM.creates(
    Team,
    Team.CREATE,
    argument="parentId",
    parent_id="id",
    organization_id="organization_id",
)
TEAM.blocker("create_goal", _has_ended)
TEAM.blocker("create_kpi", _has_ended)
TEAM.blocker("create_scorecard", _has_ended)
TEAM.blocker("create_team", _has_ended)

REVIEW_PACKET.creates(
    ReviewAppeal,
    ReviewAppeal.FILE,
    argument="packetId",
    packet_id="id",
    subject_id="subject_id",
)
REVIEW_PACKET.blocker("file_review_appeal", takes_no_appeal)

PERSON.creates(ActionItem, ActionItem.CREATE, argument="ownerId", owner_id="id")
PERSON.creates(Feedback, Feedback.GIVE, argument="personId", subject_id="id")
PERSON.creates(FeedbackProgram, FeedbackProgram.LAUNCH, argument="subjectId", subject_id="id")
PERSON.creates(Goal, Goal.CREATE, argument="owner.personId", owner_person_id="id")
PERSON.creates(ReviewPacket, ReviewPacket.CREATE, argument="subjectId", subject_id="id")
PERSON.creates(Member, Member.CREATE, argument="personId", person_id="id")
PERSON.blocker("create_action_item", _has_left)
PERSON.blocker("create_goal", _has_left)
PERSON.blocker("give_feedback", _has_left_or_is_viewer)
PERSON.blocker("create_member", _has_account_or_left)
PERSON.blocker("create_review_packet", _has_left)
PERSON.blocker("launch_feedback_program", _has_left)

REVIEW_CYCLE.creates(
    CalibrationSession,
    CalibrationSession.CREATE,
    argument="cycleId",
    cycle_id="id",
    organization_id="organization_id",
)

TENANT.creates(CompetencyFramework, CompetencyFramework.CREATE)
TENANT.creates(CustomField, CustomField.CREATE)
TENANT.creates(FairnessAttribute, FairnessAttribute.CREATE)
TENANT.creates(Issuer, Issuer.REGISTER)
TENANT.creates(FeedbackProgramSchedule, FeedbackProgramSchedule.CREATE, absent="organizationId")
TENANT.creates(Organization, Organization.CREATE, absent="parentId")
TENANT.creates(Person, Person.HIRE, absent="organizationId")
TENANT.creates(RatingScale, RatingScale.CREATE)
TENANT.creates(ReviewTemplate, ReviewTemplate.CREATE)
TENANT.creates(ScoreRule, ScoreRule.CREATE)
TENANT.creates(ReviewCycle, ReviewCycle.CREATE, absent="organizationId")
TENANT.creates(BulkOperation, BulkOperation.CREATE)
TENANT.creates(StagedUpload, StagedUpload.CREATE)
TENANT.creates(Role, Role.CREATE)
TENANT.creates(ServiceClient, ServiceClient.CREATE)
TENANT.creates(Survey, Survey.LAUNCH, absent="organizationId")
TENANT.creates(SurveyBankQuestion, SurveyBankQuestion.CREATE)
TENANT.creates(SurveySchedule, SurveySchedule.CREATE, absent="organizationId")
TENANT.creates(SyncRun, SyncRun.CREATE)
TENANT.creates(Webhook, Webhook.CREATE)
TENANT.creates(WorkCalendar, WorkCalendar.CREATE)
