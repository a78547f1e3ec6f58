"""People: tables, mapping and read models of people, their leaves and references."""

from sqlalchemy import (
    and_,
    case,
    exists,
    literal_column,
    not_,
    or_,
    text,
    true,
    type_coerce,
)

from domain.people import (
    EmploymentStatus,
    Leave,
    Person,
    PersonReference,
)
from persistence.access.closure_tables import maintain_reporting_closure
from persistence.access.rules_to_sql import is_effective_on
from persistence.concept import register_concept, register_part
from persistence.custom_fields import add_custom_values
from persistence.effective_dates import (
    build_shown_end,
)
from persistence.jobs import JOBS, add_job_fields
from persistence.journal_read_model import JOURNAL
from persistence.kernel.mapping.registry import map_children
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    EnumText,
    aggregate_table,
    entity_table,
    parent_foreign_key,
    shared_alias,
    tenant_index,
    tenant_unique,
)
from persistence.people.employments import EMPLOYMENT, EMPLOYMENTS
from persistence.people.reporting import LINES, add_manager_fields
from persistence.reading.json_output import literal_text
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import (
    LookupKey,
    add_lookup,
    by_column,
    by_reference,
    match_text,
    tenant_subquery,
)

people = aggregate_table(
    "people",
    *columns_of(Person),
    tenant_index("employee_number_folded", unique=True),
    tenant_index("employee_number"),
    tenant_index("work_email_folded", unique=True, postgresql_where=text("left_on IS NULL")),
    tenant_index("work_email_folded"),
    # With ids, PostgreSQL reads all names of a small tenant to find that of one person.
    tenant_index("name"),
    tenant_index("name_sort_key", "id"),
    tenant_index("family_name_sort_key", "given_name_sort_key", "id"),
    tenant_index("hired_on", "id"),
    tenant_index("organization_id", "name_sort_key", "id"),
    tenant_index("unit_changes_on", postgresql_where=text("unit_changes_on IS NOT NULL")),
    prefix="person",
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

PERSON = register_concept(
    Person,
    people,
    order=("name",),
    is_in_feed=True,
    closure=maintain_reporting_closure(),
    employments=EMPLOYMENTS,
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
    lines=LINES,
)
LEAVE = register_part(Leave, leaves, order=("starts_on", "id"))
PERSON_REFERENCE = register_part(
    PersonReference, person_references, order=("source", "external_id")
)

PARTS = {"employments": EMPLOYMENT, "leaves": LEAVE, "references": PERSON_REFERENCE}
for name, part in PARTS.items():
    PERSON.list_of(name, part, lambda row, part, _: part.c.person_id == row.c.id)
EMPLOYMENT.one("successor", PERSON, lambda row, person, _: person.c.id == row.c.successor_id)
add_manager_fields(PERSON)
add_job_fields(PERSON)
add_custom_values(PERSON)
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


LEAVE.value("ends_on", build_shown_end(lambda *_: true(), "person_id"))


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
