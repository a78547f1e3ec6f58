"""Evidence of a period: goals, KPIs, feedback and earlier reviews of the reviewed person.

It composes what may be read anyway. Each part follows its own rules for the viewer, so nobody
learns from it what they could not read elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, FromClause, Numeric, and_, case, func, or_, select
from sqlalchemy.types import TypeEngine

from domain.goals import Goal, GoalStatus
from domain.kpis import Kpi, KpiState
from persistence.access.actor_facts import ActorFacts
from persistence.access.rules_to_sql import compile_rule
from persistence.feedback import FEEDBACK
from persistence.goals import CHECK_IN, GOAL, goals
from persistence.kernel.schema.tables import EnumText, shared_alias
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.kernel.wire_format import ratio_sql
from persistence.kpis import KPI, kpis
from persistence.kpis.comparing import DUE
from persistence.kpis.own_goals import PROGRESS
from persistence.kpis.status import KPI_STATUS, build_status_row
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reading.relations import tenant_subquery
from persistence.reviews import REVIEW, REVIEW_PACKET
from persistence.reviews.packets import review_packets

MAX_GOALS, MAX_KPIS = 100, 50

REVIEW_EVIDENCE = ReadModel("ReviewEvidence", None)
REVIEW_EVIDENCE_GOAL = ReadModel("ReviewEvidenceGoal", None)
REVIEW_EVIDENCE_KPI = ReadModel("ReviewEvidenceKpi", None)

PROGRESS_ON_DAY = (
    PROGRESS.replace("counted_goal.id", "{goal_id}")
    .replace("CASE status", "CASE {status}")
    .replace("last_day", "{last_day}")
)
"""The progress of a goal by what was reported until a day, as KPIs measure it."""


def _select_period(packet: Row, context: FieldContext) -> FromClause:
    """Return the person and the period of a packet that the viewer sees."""
    return _select_packet(packet, context, packet.c.id)


def _select_period_of_form(form: Row, context: FieldContext) -> FromClause:
    """Return the person and the period of a form; its writer need not see the packet."""
    return _select_packet(form, context, form.c.packet_id)


def _select_packet(_: Row, context: FieldContext, packet_id: Sql) -> FromClause:
    packet = review_packets.alias()
    names = ("subject_id", "starts_on", "last_day")
    found = tenant_subquery(
        context, packet, packet.c.id.label("packet_id"), packet.c.id == packet_id
    )
    until = func.least(packet.c.last_day, context.facts.today(), type_=Date()).label("until")
    return found.add_columns(*(packet.c[each] for each in names), until).subquery()


def _list_goals(period: Row, context: FieldContext) -> FromClause:
    """Return the visible goals of the person that ran in the period, with their state at its end.

    Drafts are no evidence, and a goal that was closed before the period belongs to an earlier one.
    """
    goal = shared_alias(goals)
    closed_on = SqlTemplate("({at} AT TIME ZONE 'UTC')::date", Date(), at=goal.c.closed_at)
    was_open = or_(goal.c.closed_at.is_(None), closed_on > period.c.until)
    status = case((was_open, literal_text(GoalStatus.ACTIVE)), else_=goal.c.status)
    return (
        select(
            goal.c.id,
            period.c.starts_on,
            period.c.until,
            SqlTemplate("{status}", EnumText(GoalStatus), status=status).label("status"),
        )
        .where(
            goal.c.tenant_id == context.facts.tenant(),
            goal.c.owner_person_id == period.c.subject_id,
            goal.c.starts_on <= period.c.until,
            goal.c.due_on >= period.c.starts_on,
            or_(goal.c.closed_at.is_(None), closed_on >= period.c.starts_on),
            goal.c.status != literal_text(GoalStatus.DRAFT),
            compile_rule(Goal.SEE, context.facts, goal),
        )
        .order_by(goal.c.due_on.desc(), goal.c.id.desc())
        .limit(literal_number(MAX_GOALS))
        .correlate_except(goal)
        .subquery()
    )


def _build_progress(goal: Row, context: FieldContext) -> Sql:
    parts = {"tenant": context.facts.tenant(), "goal_id": goal.c.id, "status": goal.c.status}
    return ratio_sql(SqlTemplate(PROGRESS_ON_DAY, Numeric(), **parts, last_day=goal.c.until))


def _list_kpis(period: Row, context: FieldContext) -> FromClause:
    """Return the visible KPIs that the person owns."""
    kpi = shared_alias(kpis)
    return (
        select(
            *(kpi.c[each] for each in ("id", "frequency", *DUE)),
            period.c.until,
        )
        .where(
            kpi.c.tenant_id == context.facts.tenant(),
            kpi.c.owner_id == period.c.subject_id,
            kpi.c.state == literal_text(KpiState.ACTIVE),
            compile_rule(Kpi.SEE, context.facts, kpi),
        )
        .order_by(kpi.c.id)
        .limit(literal_number(MAX_KPIS))
        .correlate_except(kpi)
        .subquery()
    )


@dataclass(frozen=True)
class _OnDay:
    """The context of a field whose argument `asOf` is a day of the row."""

    context: FieldContext
    day: Sql

    @property
    def facts(self) -> ActorFacts:
        return self.context.facts

    def has_argument(self, name: str, value: str | None = None) -> bool:
        return name == "as_of" or self.context.has_argument(name, value)

    def bind_argument(self, name: str, type_: TypeEngine[Any]) -> Sql:
        return self.day if name == "as_of" else self.context.bind_argument(name, type_)

    def bind_member_id(self) -> Sql:
        return self.context.bind_member_id()

    def bind_id(self, *path: str, prefix: str) -> Sql:
        return self.context.bind_id(*path, prefix=prefix)

    def bind_text(self, *path: str, parse: Callable[[Any], Any] | None = None) -> Sql:
        return self.context.bind_text(*path, parse=parse)

    def bind(self, create_source: Callable[[Any], Any], type_: TypeEngine[Any]) -> Sql:
        return self.context.bind(create_source, type_)

    def specialize(self, create_source: Callable[[Any], Any]) -> object:
        return self.context.specialize(create_source)


REVIEW_PACKET.computed_one("evidence", REVIEW_EVIDENCE, _select_period)
REVIEW.computed_one("evidence", REVIEW_EVIDENCE, _select_period_of_form)
for name in ("starts_on", "last_day"):
    REVIEW_EVIDENCE.value(name)
REVIEW_EVIDENCE.computed_list("goals", REVIEW_EVIDENCE_GOAL, _list_goals)
REVIEW_EVIDENCE.computed_list("kpis", REVIEW_EVIDENCE_KPI, _list_kpis)
REVIEW_EVIDENCE.many(
    "feedback",
    FEEDBACK,
    lambda period, feedback, _: and_(
        feedback.c.subject_id == period.c.subject_id,
        feedback.c.released_on.between(period.c.starts_on, period.c.last_day),
    ),
)
REVIEW_EVIDENCE.many(
    "earlier_packets",
    REVIEW_PACKET,
    lambda period, packet, _: and_(
        packet.c.subject_id == period.c.subject_id,
        packet.c.id != period.c.packet_id,
        packet.c.last_day < period.c.starts_on,
    ),
)

REVIEW_EVIDENCE_GOAL.one("goal", GOAL, lambda row, goal, _: goal.c.id == row.c.id)
REVIEW_EVIDENCE_GOAL.value("status")
REVIEW_EVIDENCE_GOAL.value("progress", _build_progress)
REVIEW_EVIDENCE_GOAL.many(
    "check_ins",
    CHECK_IN,
    lambda row, check_in, _: and_(
        check_in.c.goal_id == row.c.id,
        check_in.c.effective_on.between(row.c.starts_on, row.c.until),
    ),
    inherits_visibility=True,
)
REVIEW_EVIDENCE_KPI.one("kpi", KPI, lambda row, kpi, _: kpi.c.id == row.c.id)
REVIEW_EVIDENCE_KPI.computed_one(
    "status",
    KPI_STATUS,
    lambda row, context: build_status_row(row, _OnDay(context, row.c.until)),
)
