"""People: how they, their employments, absences and reporting lines are kept."""

from typing import Any

from sqlalchemy import (
    Column,
    Date,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    case,
    exists,
    literal_column,
    not_,
    or_,
    text,
    type_coerce,
)

from domain.kernel.access import InheritedFrom
from domain.kernel.texts import normalize_email
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
from persistence.journal import JOURNAL, add_history
from persistence.kernel.closures import maintain_reporting_closure, reporting_closure
from persistence.kernel.mapping import map_children, map_entity
from persistence.kernel.predicates import compile_rule, is_effective_on
from persistence.kernel.tables import (
    EnumText,
    aggregate_table,
    entity_table,
    parent_foreign_key,
    shared_alias,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)
from persistence.organizations import ORGANIZATION
from persistence.reading.links import Condition, looked_up, referred, through
from persistence.reading.readable import ROOT, Ask, Readable, Row, Sql
from persistence.reading.wire import literal_text

people = aggregate_table(
    "people",
    Column("given_name", Text, nullable=False),
    Column("family_name", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("work_email", Text),
    Column("employee_number", Text),
    Column("job_title", Text),
    Column("level", Text),
    Column("location", Text),
    Column("time_zone", Text),
    Column("organization_id", Uuid),
    Column("hired_on", Date, nullable=False),
    Column("left_on", Date),
    tenant_foreign_key("organization_id", "organizations"),
    tenant_unique("employee_number"),
    tenant_index(
        "work_email",
        name="uq_people_work_email",
        unique=True,
        postgresql_where=text("left_on IS NULL"),
    ),
    tenant_index("work_email"),
    tenant_index("name", "id"),
    tenant_index("family_name", "given_name", "id"),
    tenant_index("hired_on", "id"),
    tenant_index("organization_id", "name", "id"),
    prefix="person",
)

employments = entity_table(
    "employments",
    Column("person_id", Uuid, nullable=False),
    Column("hired_on", Date, nullable=False),
    Column("left_on", Date),
    Column("leaving_reason", Text),
    parent_foreign_key("person_id", "people"),
    tenant_index("person_id", "hired_on", "id"),
    prefix="employment",
)

leaves = entity_table(
    "leaves",
    Column("person_id", Uuid, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("reason", Text),
    parent_foreign_key("person_id", "people"),
    tenant_index("person_id", "starts_on", "id"),
    prefix="leave",
)

person_references = entity_table(
    "person_references",
    Column("person_id", Uuid, nullable=False),
    Column("source", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    parent_foreign_key("person_id", "people"),
    tenant_unique("source", "external_id"),
    tenant_index("person_id", "source", "external_id"),
    prefix="reference",
)

reporting_lines = entity_table(
    "reporting_lines",
    Column("person_id", Uuid, nullable=False),
    Column("manager_id", Uuid, nullable=False),
    Column("kind", EnumText(LineKind), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    parent_foreign_key("person_id", "people"),
    tenant_foreign_key("manager_id", "people"),
    tenant_index("person_id", "kind", "starts_on", "id"),
    tenant_index("manager_id", "kind", "starts_on", "id"),
    prefix="line",
)

map_entity(Employment, employments)
map_entity(Leave, leaves)
map_entity(PersonReference, person_references)
map_entity(ReportingLine, reporting_lines)
map_entity(
    Person,
    people,
    maintain_reporting_closure(),
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
    lines=map_children(
        ReportingLine, reporting_lines, parent_column="person_id", order_columns=("starts_on", "id")
    ),
)

PERSON = Readable.of(Person, people, "person", order=("name",))
EMPLOYMENT = Readable("Employment", employments, order=("hired_on", "id"))
LEAVE = Readable("Leave", leaves, order=("starts_on", "id"))
PERSON_REFERENCE = Readable("PersonReference", person_references, order=("source", "external_id"))
REPORTING_LINE = Readable(
    "ReportingLine",
    reporting_lines,
    "line",
    see=ReportingLine.SEE,
    guarded=ReportingLine.GUARDED,
    order=("starts_on", "id"),
)

PERSON.belongs_to(ORGANIZATION, by="organization_id", one="organization", many="people")
for name, part in (
    ("employments", EMPLOYMENT),
    ("leaves", LEAVE),
    ("references", PERSON_REFERENCE),
):
    PERSON.listed(name, part, lambda row, part, _: part.c.person_id == row.c.id)
REPORTING_LINE.one("manager", PERSON, lambda line, person, _: person.c.id == line.c.manager_id)
PERSON.listed(
    "reporting_lines",
    REPORTING_LINE,
    lambda row, line, _: line.c.person_id == row.c.id,
    within=False,
)
add_history(PERSON)
JOURNAL.one("actor", PERSON, lambda entry, person, _: person.c.id == entry.c.actor_id)


def _employment_status(row: Row, ask: Ask) -> Sql:
    """Where the person stands today, by the dates (see `Person.employment_status`)."""
    today, leave = ask.facts.today(), shared_alias(leaves)
    mine = (leave.c.person_id == row.c.id, is_effective_on(leave, today))
    away = exists(looked_up(ask, leave, literal_column("1"), *mine))
    status = case(
        (row.c.hired_on > today, literal_text(EmploymentStatus.UPCOMING)),
        (row.c.left_on <= today, literal_text(EmploymentStatus.LEFT)),
        (away, literal_text(EmploymentStatus.ON_LEAVE)),
        else_=literal_text(EmploymentStatus.EMPLOYED),
    )
    return type_coerce(status, EnumText(EmploymentStatus))


PERSON.value("employment_status", _employment_status, see=Person.SEE_EMPLOYMENT)
PERSON.hinders("stay", lambda row, _: row.c.left_on.is_(None))
PERSON.hinders(
    "rehire", lambda row, ask: or_(row.c.left_on.is_(None), row.c.left_on > ask.facts.today())
)


def _was_never_away(row: Row, ask: Ask) -> Sql:
    leave = shared_alias(leaves)
    return not_(exists(looked_up(ask, leave, literal_column("1"), leave.c.person_id == row.c.id)))


PERSON.hinders("return_from_leave", _was_never_away)


def day(ask: Ask) -> Sql:
    """The day that is asked about: `asOf`, or today."""
    return ask.argument("as_of", Date()) if ask.given("as_of") else ask.facts.today()


def on_that_day(foreseen: Condition) -> Condition:
    """The rows that run on the day asked about; of days to come only what may be foreseen."""

    def running(row: Row, ask: Ask) -> Sql:
        running = is_effective_on(row, day(ask))
        if not ask.given("as_of"):
            return running
        return and_(running, or_(day(ask) <= ask.facts.today(), foreseen(row, ask)))

    return running


def _step_foreseen(step: Row, ask: Ask) -> Sql:
    """A step up the line tells of everybody on its way, but for the one at its upper end."""
    between = reporting_closure.alias()
    unknown = looked_up(
        ask,
        between,
        literal_column("1"),
        between.c.descendant_id == step.c.descendant_id,
        between.c.depth < step.c.depth,
        is_effective_on(between, day(ask)),
        not_(
            compile_rule(
                InheritedFrom("ancestor_id", "person", Person.SEE_PLANNED), ask.facts, between
            )
        ),
    )
    lowest = compile_rule(
        InheritedFrom("descendant_id", "person", Person.SEE_PLANNED), ask.facts, step
    )
    return and_(lowest, not_(exists(unknown)))


_line_running = on_that_day(lambda line, ask: compile_rule(SEE_PLANNED_OF_PERSON, ask.facts, line))
_step_running = on_that_day(_step_foreseen)


def _is_primary(line: Row, _: Ask) -> Sql:
    return line.c.kind == literal_text(LineKind.PRIMARY)


def _is_dotted(line: Row, _: Ask) -> Sql:
    return line.c.kind == literal_text(LineKind.DOTTED)


def _manager(row: Row, other: Row, ask: Ask) -> Sql:
    line = shared_alias(reporting_lines)
    now = (line.c.person_id == row.c.id, _is_primary(line, ask), _line_running(line, ask))
    found = looked_up(ask, line, line.c.manager_id, *now)
    return other.c.id == found.limit(literal_column("1")).scalar_subquery()


def _as_deep_as_asked(line: Row, ask: Ask) -> Sql:
    depth = ask.argument("depth", Integer()) if ask.given("depth") else literal_column("1")
    return line.c.depth <= depth


def _steps_above(row: Row, other: Row, ask: Ask) -> Select[Any]:
    line = shared_alias(reporting_closure)
    return looked_up(
        ask,
        line,
        line.c.depth,
        line.c.descendant_id == row.c.id,
        line.c.ancestor_id == other.c.id,
        _step_running(line, ask),
    )


_managed = through(reporting_lines, "person_id", "manager_id", _is_dotted, _line_running)
_managing = through(reporting_lines, "manager_id", "person_id", _is_dotted, _line_running)
_below = through(
    reporting_closure, "ancestor_id", "descendant_id", _as_deep_as_asked, _step_running
)
PERSON.one("manager", PERSON, _manager)
PERSON.many("dotted_managers", PERSON, _managed)
PERSON.many("dotted_reports", PERSON, _managing)
PERSON.many("reports", PERSON, _below)
PERSON.listed(
    "management_chain",
    PERSON,
    lambda row, other, ask: exists(_steps_above(row, other, ask)),
    within=False,
    order=lambda row, other, ask: _steps_above(row, other, ask).scalar_subquery(),
)


def _email(value: str) -> str | None:
    return normalize_email("A work e-mail", value)


def _named(_: Row, row: Row, ask: Ask) -> Sql:
    """The person whom the arguments name: by id, by work e-mail or by another system's id."""
    if ask.given("work_email"):
        still = or_(row.c.left_on.is_(None), row.c.left_on > ask.facts.today())
        return and_(row.c.work_email == ask.text("work_email", read=_email), still)
    if ask.given("external"):
        return row.c.id == referred(ask, person_references, "person_id")
    return row.c.id == ask.identifier("id", prefix="person")


ROOT.one("person", PERSON, _named)
ROOT.many("people", PERSON)
