"""People: tables, mapping and read models of people, employment and reporting lines."""

from functools import partial
from typing import Any

from sqlalchemy import (
    Integer,
    Select,
    and_,
    case,
    exists,
    func,
    literal_column,
    not_,
    or_,
    text,
    true,
    type_coerce,
)

from domain.kernel.access import EVERYBODY, InheritedFrom
from domain.kernel.identity import PersonId
from domain.people import (
    SEE_PLANNED_OF_PERSON,
    Employment,
    EmploymentStatus,
    Leave,
    LineKind,
    Person,
    PersonReference,
    ReportingLine,
)
from persistence.access.closure_tables import maintain_reporting_closure, reporting_closure
from persistence.access.rules_to_sql import compile_rule, has_left, is_effective_on
from persistence.concept import register_concept, register_part
from persistence.effective_dates import (
    build_in_effect_condition,
    build_shown_end,
    get_requested_day,
    is_known_departure,
    restrict_future,
)
from persistence.jobs import JOBS, add_job_fields
from persistence.journal_read_model import JOURNAL
from persistence.kernel.mapping.registry import map_children
from persistence.kernel.schema.columns import columns_of, register_id
from persistence.kernel.schema.tables import (
    EnumText,
    aggregate_table,
    entity_table,
    parent_foreign_key,
    shared_alias,
    tenant_index,
    tenant_unique,
)
from persistence.reading.json_output import literal_text
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import (
    LookupKey,
    add_lookup,
    by_column,
    by_reference,
    match_text,
    tenant_subquery,
    via_link_table,
)

register_id(PersonId, "people")

people = aggregate_table(
    "people",
    *columns_of(Person),
    tenant_index("employee_number_folded", unique=True),
    tenant_index("employee_number"),
    tenant_index("work_email_folded", unique=True, postgresql_where=text("left_on IS NULL")),
    tenant_index("work_email_folded"),
    tenant_index("name", "id"),
    tenant_index("name_sort_key", "id"),
    tenant_index("family_name_sort_key", "given_name_sort_key", "id"),
    tenant_index("hired_on", "id"),
    tenant_index("organization_id", "name_sort_key", "id"),
    tenant_index("unit_changes_on", postgresql_where=text("unit_changes_on IS NOT NULL")),
    prefix="person",
)

employments = entity_table(
    "employments",
    *columns_of(Employment),
    parent_foreign_key("person_id", "people"),
    tenant_index("person_id", "hired_on", "id"),
    tenant_index("successor_id"),
    prefix="employment",
)

leaves = entity_table(
    "leaves",
    *columns_of(Leave),
    parent_foreign_key("person_id", "people"),
    tenant_index("person_id", "starts_on", "id"),
    prefix="leave",
)

person_references = entity_table(
    "person_references",
    *columns_of(PersonReference),
    parent_foreign_key("person_id", "people"),
    tenant_unique("source", "external_id"),
    tenant_index("person_id", "source", "external_id"),
    prefix="personref",
)

reporting_lines = entity_table(
    "reporting_lines",
    *columns_of(ReportingLine),
    parent_foreign_key("person_id", "people"),
    tenant_index("person_id", "kind", "starts_on", "id"),
    tenant_index("manager_id", "kind", "starts_on", "id"),
    prefix="line",
)

PERSON = register_concept(
    Person,
    people,
    order=("name",),
    closure=maintain_reporting_closure(),
    employments=map_children(
        Employment, employments, parent_column="person_id", order_columns=("hired_on", "id")
    ),
    leaves=map_children(
        Leave, leaves, parent_column="person_id", order_columns=("starts_on", "id")
    ),
    references=map_children(
        PersonReference,
        person_references,
        parent_column="person_id",
        order_columns=("source", "external_id"),
    ),
    jobs=JOBS,
    lines=map_children(
        ReportingLine, reporting_lines, parent_column="person_id", order_columns=("starts_on", "id")
    ),
)
EMPLOYMENT = register_part(Employment, employments, order=("hired_on", "id"))
LEAVE = register_part(Leave, leaves, order=("starts_on", "id"))
PERSON_REFERENCE = register_part(
    PersonReference, person_references, order=("source", "external_id")
)
REPORTING_LINE = register_part(ReportingLine, reporting_lines, order=("starts_on", "id"))

PARTS = {"employments": EMPLOYMENT, "leaves": LEAVE, "references": PERSON_REFERENCE}
for name, part in PARTS.items():
    PERSON.list_of(name, part, lambda row, part, _: part.c.person_id == row.c.id)
REPORTING_LINE.one("manager", PERSON, lambda line, person, _: person.c.id == line.c.manager_id)
PERSON.list_of(
    "reporting_lines",
    REPORTING_LINE,
    lambda row, line, _: line.c.person_id == row.c.id,
    inherits_visibility=False,
)
add_job_fields(PERSON)
JOURNAL.one("actor", PERSON, lambda entry, person, _: person.c.id == entry.c.actor_id)


def _build_employment_status(row: Row, context: FieldContext) -> Sql:
    """Where the person stands today, by the dates (see `Person.employment_status`)."""
    today, leave = context.facts.today(), shared_alias(leaves)
    conditions = (
        leave.c.person_id == row.c.id,
        leave.c.starts_on >= row.c.hired_on,
        is_effective_on(leave, today),
    )
    is_on_leave = exists(tenant_subquery(context, leave, literal_column("1"), *conditions))
    status = case(
        (row.c.hired_on > today, literal_text(EmploymentStatus.UPCOMING)),
        (row.c.left_on <= today, literal_text(EmploymentStatus.LEFT)),
        (is_on_leave, literal_text(EmploymentStatus.ON_LEAVE)),
        else_=literal_text(EmploymentStatus.EMPLOYED),
    )
    return type_coerce(status, EnumText(EmploymentStatus))


def _build_works_here(row: Row, context: FieldContext) -> Sql:
    """Build whether today is a day of the latest employment (see `Person.works_here`)."""
    today = context.facts.today()
    return and_(row.c.hired_on <= today, or_(row.c.left_on.is_(None), row.c.left_on > today))


PERSON.value("works_here", _build_works_here)
PERSON.value("employment_status", _build_employment_status, see=Person.SEE_EMPLOYMENT)
PERSON.blocker("cancel_departure", lambda row, _: row.c.left_on.is_(None))
for name in ("rehire", "erase"):
    PERSON.blocker(
        name,
        lambda row, context: or_(row.c.left_on.is_(None), row.c.left_on > context.facts.today()),
    )


def _has_no_leave(row: Row, context: FieldContext) -> Sql:
    leave = shared_alias(leaves)
    return not_(
        exists(tenant_subquery(context, leave, literal_column("1"), leave.c.person_id == row.c.id))
    )


PERSON.blocker("return_from_leave", _has_no_leave)


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
        not_(
            compile_rule(
                InheritedFrom("ancestor_id", "person", Person.SEE_PLANNED),
                context.facts,
                step_between,
            )
        ),
    )
    lowest = compile_rule(
        InheritedFrom("descendant_id", "person", Person.SEE_PLANNED), context.facts, step
    )
    return and_(lowest, not_(exists(hidden_steps)))


def _build_known_departures(step: Row, context: FieldContext) -> Select[Any]:
    """Select the departures between the ends of this step that the caller may know of."""
    step_between, leaver = reporting_closure.alias(), people.alias()
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


_match_dotted_managers = via_link_table(
    reporting_lines, "person_id", "manager_id", _is_dotted, _line_in_effect
)
_match_dotted_reports = via_link_table(
    reporting_lines, "manager_id", "person_id", _is_dotted, _line_in_effect
)
_match_reports = via_link_table(
    reporting_closure, "ancestor_id", "descendant_id", _is_within_depth, _step_in_effect
)
LEAVE.value("ends_on", build_shown_end(lambda *_: true(), "person_id"))
REPORTING_LINE.value(
    "ends_on", build_shown_end(_can_see_planned_line, "person_id", "manager_id"), see=EVERYBODY
)
EMPLOYMENT.one("successor", PERSON, lambda row, person, _: person.c.id == row.c.successor_id)
PERSON.one("manager", PERSON, _match_manager)
PERSON.many("dotted_managers", PERSON, _match_dotted_managers)
PERSON.many("dotted_reports", PERSON, _match_dotted_reports)
PERSON.many("reports", PERSON, _match_reports)


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


PERSON.many("unassigned_reports", PERSON, _match_unassigned_report, see=Person.SEE_EMPLOYMENT)
PERSON.list_of(
    "management_chain",
    PERSON,
    lambda row, other, context: exists(_select_steps_above(row, other, context)),
    inherits_visibility=False,
    order=lambda row, other, context: _select_steps_above(row, other, context).scalar_subquery(),
)


def _match_work_email(row: Row, context: FieldContext) -> Sql:
    """Match one person whose employment is not over; one who works here today comes first."""
    holder, today = people.alias(), context.facts.today()
    found = tenant_subquery(
        context,
        holder,
        holder.c.id,
        match_text(holder, "work_email", context),
        or_(holder.c.left_on.is_(None), holder.c.left_on > today),
    ).order_by(holder.c.hired_on > today, holder.c.id)
    return row.c.id == found.limit(literal_column("1")).scalar_subquery()


add_lookup(
    "person",
    PERSON,
    work_email=LookupKey("work_email", _match_work_email),
    employee_number=by_column("employee_number"),
    external=by_reference(person_references, "person_id"),
)
