"""Reporting lines: their tables, and the managers and reports of people on a day."""

from functools import partial
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    Integer,
    Select,
    Uuid,
    and_,
    case,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
)

from domain.kernel.access import EVERYBODY, InheritedFrom
from domain.people import SEE_PLANNED_OF_PERSON, LineKind, Person, ReportingLine
from persistence.access.closure_tables import reporting_closure
from persistence.access.rules_to_sql import compile_rule, has_left, is_effective_on
from persistence.concept import register_part
from persistence.effective_dates import (
    build_in_effect_condition,
    build_shown_end,
    get_requested_day,
    is_known_departure,
    restrict_future,
)
from persistence.kernel.mapping.registry import map_children
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    entity_table,
    link_table,
    metadata,
    parent_foreign_key,
    shared_alias,
    tenant_index,
)
from persistence.people.known_managers import select_known_managers
from persistence.reading.json_output import literal_text
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reading.relations import tenant_subquery, via_link_table

reporting_lines = entity_table(
    "reporting_lines",
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    *columns_of(ReportingLine),
    parent_foreign_key("person_id", "people"),
    tenant_index("person_id", "kind", "starts_on", "id"),
    tenant_index("manager_id", "kind", "starts_on", "id"),
    prefix="line",
)

superseded_lines = link_table(
    "superseded_lines",
    Column("id", Uuid, nullable=False),
    Column("superseded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    *columns_of(ReportingLine),
    parent_foreign_key("person_id", "people"),
    tenant_index("person_id"),
    tenant_index("manager_id"),
    key=("id", "superseded_at"),
)

LINES = map_children(
    ReportingLine,
    reporting_lines,
    parent_column="person_id",
    order_columns=("starts_on", "id"),
    superseded=superseded_lines,
)
TABLES = reporting_lines, superseded_lines
REPORTING_LINE = register_part(ReportingLine, reporting_lines, order=("starts_on", "id"))


def _can_see_planned_step(step: Row, context: FieldContext) -> Sql:
    """Build the condition that the caller may see all steps below the upper end of this one."""
    step_between = reporting_closure.alias()
    hidden_steps = tenant_subquery(
        context,
        step_between,
        literal_column("1"),
        step_between.c.descendant_id == step.c.descendant_id,
        step_between.c.depth < step.c.depth,
        is_effective_on(step_between, get_requested_day(context)),
        # Not `not_`: a rule that always holds would leave a table without its tenant.
        compile_rule(
            InheritedFrom("ancestor_id", "person", Person.SEE_PLANNED), context.facts, step_between
        ).is_(false()),
    )
    lowest = compile_rule(
        InheritedFrom("descendant_id", "person", Person.SEE_PLANNED), context.facts, step
    )
    return and_(lowest, not_(exists(hidden_steps)))


def _build_known_departures(step: Row, context: FieldContext) -> Select[Any]:
    """Select the departures between the ends of this step that the caller may know of."""
    step_between, leaver = reporting_closure.alias(), metadata.tables["people"].alias()
    return (
        tenant_subquery(
            context,
            step_between,
            literal_column("1"),
            step_between.c.descendant_id == step.c.descendant_id,
            step_between.c.depth <= step.c.depth,
            is_effective_on(step_between, get_requested_day(context)),
            leaver.c.tenant_id == context.facts.tenant(),
            leaver.c.id.in_([step_between.c.descendant_id, step_between.c.ancestor_id]),
            leaver.c.left_on <= get_requested_day(context),
            is_known_departure(leaver, context),
        )
        .select_from(leaver)
        .correlate_except(step_between, leaver)
    )


def _step_in_effect(step: Row, context: FieldContext) -> Sql:
    """Build the condition that a way up is in effect: nobody on it has left by that day."""
    day = get_requested_day(context)
    nobody_left = [step.c.left_on.is_(None), step.c.left_on > day]
    if context.has_argument("as_of"):
        known_departures = exists(_build_known_departures(step, context))
        nobody_left.append(and_(step.c.left_on > context.facts.today(), not_(known_departures)))
    in_effect = and_(is_effective_on(step, day), or_(*nobody_left))
    return restrict_future(in_effect, _can_see_planned_step, step, context)


def _can_see_planned_line(line: Row, context: FieldContext) -> Sql:
    return compile_rule(SEE_PLANNED_OF_PERSON, context.facts, line)


_line_in_effect = build_in_effect_condition(_can_see_planned_line, "person_id", "manager_id")


def _is_dotted(line: Row, _: FieldContext) -> Sql:
    return line.c.kind == literal_text(LineKind.DOTTED)


def _match_manager(row: Row, other: Row, context: FieldContext) -> Sql:
    if context.has_argument("known_at"):
        known = select_known_managers(row, LineKind.PRIMARY, TABLES, context)
        ids = [each.limit(literal_column("1")).scalar_subquery() for each in known]
        return other.c.id == func.coalesce(*ids)
    step = shared_alias(reporting_closure)
    conditions = (
        step.c.descendant_id == row.c.id,
        step.c.depth == literal_column("1"),
        _step_in_effect(step, context),
    )
    found = tenant_subquery(context, step, step.c.ancestor_id, *conditions)
    return other.c.id == found.limit(literal_column("1")).scalar_subquery()


def _is_within_depth(line: Row, context: FieldContext) -> Sql:
    depth = (
        context.bind_argument("depth", Integer())
        if context.has_argument("depth")
        else literal_column("1")
    )
    return line.c.depth <= depth


def _select_steps_above(row: Row, other: Row, context: FieldContext) -> Select[Any]:
    line = shared_alias(reporting_closure)
    return tenant_subquery(
        context,
        line,
        line.c.depth,
        line.c.descendant_id == row.c.id,
        line.c.ancestor_id == other.c.id,
        _step_in_effect(line, context),
    )


_match_present_dotted_managers = via_link_table(
    reporting_lines, "person_id", "manager_id", _is_dotted, _line_in_effect
)
_match_dotted_reports = via_link_table(
    reporting_lines, "manager_id", "person_id", _is_dotted, _line_in_effect
)
_match_reports = via_link_table(
    reporting_closure, "ancestor_id", "descendant_id", _is_within_depth, _step_in_effect
)


def _match_dotted_managers(row: Row, other: Row, context: FieldContext) -> Sql:
    if not context.has_argument("known_at"):
        return _match_present_dotted_managers(row, other, context)
    found = select_known_managers(row, LineKind.DOTTED, TABLES, context)
    return or_(*(other.c.id.in_(each) for each in found))


REPORTING_LINE.value(
    "ends_on", build_shown_end(_can_see_planned_line, "person_id", "manager_id"), see=EVERYBODY
)


def _match_unassigned_report(row: Row, other: Row, context: FieldContext) -> Sql:
    """Build the condition that `other` reported to a leaver on the last day, and to nobody then.

    For those who may not see the plans of `other`, the lines of today go on.
    """
    today, can_plan = context.facts.today(), compile_rule(Person.SEE_PLANNED, context.facts, other)
    is_guarded = and_(row.c.left_on > today, not_(can_plan))
    day = func.greatest(row.c.left_on, today)
    last_day = case((is_guarded, today), else_=row.c.left_on - literal_column("1"))
    own, next_line = reporting_lines.alias(), reporting_lines.alias()
    is_known = partial(is_known_departure, context=context)
    reported = tenant_subquery(
        context,
        own,
        literal_column("1"),
        own.c.person_id == other.c.id,
        own.c.manager_id == row.c.id,
        own.c.kind == literal_text(LineKind.PRIMARY),
        is_effective_on(own, last_day),
    )
    reports = tenant_subquery(
        context,
        next_line,
        literal_column("1"),
        next_line.c.person_id == other.c.id,
        next_line.c.kind == literal_text(LineKind.PRIMARY),
        next_line.c.manager_id != row.c.id,
        is_effective_on(next_line, case((is_guarded, today), else_=day)),
        not_(has_left(context.facts, day, next_line.c.manager_id, is_known=is_known)),
    )
    return and_(
        exists(reported),
        not_(exists(reports)),
        not_(has_left(context.facts, day, other.c.id, is_known=is_known)),
    )


def add_manager_fields(person: ReadModel) -> None:
    """Add the managers and the reports to the model of people."""
    REPORTING_LINE.one("manager", person, lambda line, other, _: other.c.id == line.c.manager_id)
    person.list_of(
        "reporting_lines",
        REPORTING_LINE,
        lambda row, line, _: line.c.person_id == row.c.id,
        inherits_visibility=False,
    )
    person.one("manager", person, _match_manager)
    person.many("dotted_managers", person, _match_dotted_managers)
    person.many("dotted_reports", person, _match_dotted_reports)
    person.many("reports", person, _match_reports)
    person.many("unassigned_reports", person, _match_unassigned_report, see=Person.SEE_EMPLOYMENT)
    person.list_of(
        "management_chain",
        person,
        lambda row, other, context: exists(_select_steps_above(row, other, context)),
        inherits_visibility=False,
        order=lambda row, other, context: _select_steps_above(
            row, other, context
        ).scalar_subquery(),
    )
