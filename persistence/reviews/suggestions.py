"""Suggestions: people who have worked with the reviewed person, as far as the caller may know.

Who shared a team or a goal with them in the period, until today, has something to say. A goal
that the caller does not see neither counts nor changes the order. One statement reads everything.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Date,
    FromClause,
    Integer,
    Select,
    and_,
    case,
    exists,
    func,
    literal_column,
    or_,
    type_coerce,
)

from domain.goals import Goal
from domain.people import LineKind, Person
from domain.reviews.directions import ReviewDirection
from domain.reviews.nominations import ReviewNominationStatus, policy
from domain.teams import Membership
from persistence.access.rules_to_sql import compile_rule, is_effective_on
from persistence.goals import GOAL, check_ins, goals
from persistence.kernel.schema.tables import metadata, shared_alias
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.people import PERSON, people
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reading.relations import tenant_subquery
from persistence.reviews.cycles import review_cycles
from persistence.reviews.nominations import (
    REVIEW_NOMINATION_ROUND,
    review_nominations,
    review_proposals,
)
from persistence.teams import TEAM, team_memberships

MAX_SUGGESTIONS = 20
ONE: Sql = literal_column("1")
ONE_DAY: Sql = literal_column("1", Integer)
"""PostgreSQL adds numbers to days as days."""


REVIEW_SUGGESTION = ReadModel("ReviewSuggestion", None)
REVIEW_SHARED_TEAM = ReadModel("ReviewSharedTeam", None)


def _select_suggestions(row: Row, context: FieldContext) -> FromClause:
    """Return the people with the most shared goals, then those with the most days in a team."""
    person = shared_alias(people)
    days, count = _sum_days(row, person.c.id, context), _count_goals(row, person.c.id, context)
    found = tenant_subquery(
        context,
        person,
        person.c.id.label("person_id"),
        or_(
            person.c.id.in_(_select_teammates(row, context)),
            *(person.c.id.in_(each) for each in _select_goal_mates(row, context)),
        ),
        or_(person.c.left_on.is_(None), person.c.left_on > context.facts.today()),
        compile_rule(Person.SEE, context.facts, person),
        _can_write(row, person.c.id, context),
        _is_not_known(row, person.c.id, context),
    )
    return (
        found.add_columns(row.c.subject_id.label("subject_id"), row.c.cycle_id.label("cycle_id"))
        .order_by(count.desc(), days.desc(), person.c.id)
        .limit(literal_number(MAX_SUGGESTIONS))
        .subquery()
    )


def _find_day(row: Row, context: FieldContext, column: str) -> Sql:
    """Return the first day of the period of a cycle, or its last one that is not in the future."""
    cycle = shared_alias(review_cycles)
    found = tenant_subquery(context, cycle, cycle.c[column], cycle.c.id == row.c.cycle_id)
    day = found.scalar_subquery()
    return func.least(day, context.facts.today()) if column == "last_day" else day


def _overlap(row: Row, context: FieldContext, own: Row, other: Row) -> tuple[Sql, Sql]:
    """Return the first and the last day of the period on which both memberships run."""
    first = func.greatest(own.c.starts_on, other.c.starts_on, _find_day(row, context, "starts_on"))
    ends = [type_coerce(each.c.ends_on, Date) - ONE_DAY for each in (own, other)]
    last = func.least(*ends, _find_day(row, context, "last_day"))
    return type_coerce(first, Date), type_coerce(last, Date)


def _match_memberships(row: Row, context: FieldContext, own: Row, other: Row) -> Sequence[Sql]:
    """Return the conditions on memberships of a team at the same time, both visible."""
    first, last = _overlap(row, context, own, other)
    return (
        own.c.tenant_id == context.facts.tenant(),
        own.c.person_id == row.c.subject_id,
        own.c.team_id == other.c.team_id,
        other.c.person_id != row.c.subject_id,
        first <= last,
        compile_rule(Membership.SEE, context.facts, own),
        compile_rule(Membership.SEE, context.facts, other),
    )


def _select_teammates(row: Row, context: FieldContext) -> Select[Any]:
    own, other = team_memberships.alias(), team_memberships.alias()
    conditions = _match_memberships(row, context, own, other)
    found = tenant_subquery(context, other, other.c.person_id, *conditions)
    return found.correlate_except(own, other)


def _sum_days(row: Row, person_id: Sql, context: FieldContext) -> Sql:
    own, other = team_memberships.alias(), team_memberships.alias()
    first, last = _overlap(row, context, own, other)
    conditions = (*_match_memberships(row, context, own, other), other.c.person_id == person_id)
    total = func.coalesce(func.sum(last - first + ONE_DAY), literal_number(0))
    found = tenant_subquery(context, other, total, *conditions).correlate_except(own, other)
    return found.scalar_subquery()


def _match_goal(row: Row, context: FieldContext, goal: Row) -> Sql:
    """Return the condition that a goal is visible, and runs in the period."""
    return and_(
        goal.c.starts_on <= _find_day(row, context, "last_day"),
        goal.c.due_on >= _find_day(row, context, "starts_on"),
        compile_rule(Goal.SEE, context.facts, goal),
    )


def _works_on(row: Row, context: FieldContext, goal: Row, person_id: Sql) -> Sql:
    """Return the condition that a person owns a goal or one below, or has checked in on it."""
    check_in, child = shared_alias(check_ins), goals.alias()
    reported = tenant_subquery(
        context,
        check_in,
        ONE,
        check_in.c.goal_id == goal.c.id,
        check_in.c.author_id == person_id,
        check_in.c.effective_on.between(
            _find_day(row, context, "starts_on"), _find_day(row, context, "last_day")
        ),
    )
    aligned = tenant_subquery(
        context,
        child,
        ONE,
        child.c.parent_id == goal.c.id,
        child.c.owner_person_id == person_id,
        _match_goal(row, context, child),
    )
    return or_(goal.c.owner_person_id == person_id, exists(reported), exists(aligned))


def _select_goals_of_subject(row: Row, context: FieldContext) -> Select[Any]:
    goal = goals.alias()
    return tenant_subquery(
        context,
        goal,
        goal.c.id,
        _match_goal(row, context, goal),
        _works_on(row, context, goal, row.c.subject_id),
    )


def _select_goal_mates(row: Row, context: FieldContext) -> Sequence[Select[Any]]:
    """Return queries of the people who work on the same goals; more conditions follow later."""
    goal, check_in, child = goals.alias(), check_ins.alias(), goals.alias()
    return (
        tenant_subquery(
            context,
            goal,
            goal.c.owner_person_id,
            goal.c.owner_person_id.is_not(None),
            goal.c.id.in_(_select_goals_of_subject(row, context)),
        ),
        tenant_subquery(
            context,
            check_in,
            check_in.c.author_id,
            check_in.c.goal_id.in_(_select_goals_of_subject(row, context)),
            check_in.c.effective_on.between(
                _find_day(row, context, "starts_on"), _find_day(row, context, "last_day")
            ),
        ),
        tenant_subquery(
            context,
            child,
            child.c.owner_person_id,
            child.c.owner_person_id.is_not(None),
            child.c.parent_id.in_(_select_goals_of_subject(row, context)),
            _match_goal(row, context, child),
        ),
    )


def _match_shared_goal(row: Row, goal: Row, context: FieldContext) -> Sql:
    """Match the visible goals that the reviewed person and the suggested one both work on."""
    return and_(
        _match_goal(row, context, goal),
        _works_on(row, context, goal, row.c.subject_id),
        _works_on(row, context, goal, row.c.person_id),
    )


def _count_goals(row: Row, person_id: Sql, context: FieldContext) -> Sql:
    goal = goals.alias()
    return tenant_subquery(
        context,
        goal,
        func.count(),
        _match_goal(row, context, goal),
        _works_on(row, context, goal, row.c.subject_id),
        _works_on(row, context, goal, person_id),
    ).scalar_subquery()


def _reports_to(context: FieldContext, person_id: Sql, manager_id: Sql) -> Sql:
    line = shared_alias(metadata.tables["reporting_lines"])
    return exists(
        tenant_subquery(
            context,
            line,
            ONE,
            line.c.person_id == person_id,
            line.c.manager_id == manager_id,
            line.c.kind == literal_text(LineKind.PRIMARY),
            is_effective_on(line, context.facts.today()),
        )
    )


def _can_write(row: Row, person_id: Sql, context: FieldContext) -> Sql:
    """Build the condition that a person stands in the direction: a report, or no manager."""
    is_upward = row.c.direction == literal_text(ReviewDirection.UPWARD)
    return and_(
        person_id != row.c.subject_id,
        case(
            (is_upward, _reports_to(context, person_id, row.c.subject_id)),
            else_=~_reports_to(context, row.c.subject_id, person_id),
        ),
    )


def _is_not_known(row: Row, person_id: Sql, context: FieldContext) -> Sql:
    """Build the condition that the caller sees neither a proposal nor a nomination of a person."""
    proposal, nomination = shared_alias(review_proposals), shared_alias(review_nominations)
    proposed = tenant_subquery(
        context,
        proposal,
        ONE,
        proposal.c.round_id == row.c.id,
        proposal.c.person_id == person_id,
    )
    nominated = tenant_subquery(
        context,
        nomination,
        ONE,
        nomination.c.round_id == row.c.id,
        nomination.c.nominee_id == person_id,
        or_(
            and_(
                compile_rule(policy.SEE_NOMINEES, context.facts, row),
                nomination.c.status == literal_text(ReviewNominationStatus.APPROVED),
            ),
            and_(
                compile_rule(policy.SEE_ALL_OF_ROUND, context.facts, row),
                nomination.c.status != literal_text(ReviewNominationStatus.WITHDRAWN),
            ),
        ),
    )
    return and_(~exists(proposed), ~exists(nominated))


def _select_shared_teams(row: Row, context: FieldContext) -> FromClause:
    """Return the teams of both, with the days of the period on which both were in it."""
    own, other = team_memberships.alias(), team_memberships.alias()
    first, last = _overlap(row, context, own, other)
    conditions = (
        *_match_memberships(row, context, own, other),
        other.c.person_id == row.c.person_id,
    )
    found = tenant_subquery(context, other, other.c.team_id.label("team_id"), *conditions)
    return (
        found.correlate_except(own, other)
        .add_columns(first.label("starts_on"), last.label("last_day"))
        .order_by(first, other.c.team_id)
        .subquery()
    )


REVIEW_SUGGESTION.one("person", PERSON, lambda row, person, _: person.c.id == row.c.person_id)
REVIEW_SUGGESTION.computed_list("shared_teams", REVIEW_SHARED_TEAM, _select_shared_teams)
REVIEW_SUGGESTION.list_of(
    "shared_goals",
    GOAL,
    _match_shared_goal,
    inherits_visibility=False,
    order=lambda _row, goal, _context: goal.c.id,
)
REVIEW_SHARED_TEAM.one("team", TEAM, lambda row, team, _: team.c.id == row.c.team_id)
for name in ("starts_on", "last_day"):
    REVIEW_SHARED_TEAM.value(name)
REVIEW_NOMINATION_ROUND.computed_list("suggested_reviewers", REVIEW_SUGGESTION, _select_suggestions)
