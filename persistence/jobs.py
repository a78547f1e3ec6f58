"""Jobs: their table and read model, and the fields of people that follow from them.

The directory repeats the job of the day on which it was last written. A planned job takes effect
on its day without a write: from `job_changes_on` on, reads look at the jobs instead.
"""

from collections.abc import Callable

from sqlalchemy import Column, DateTime, and_, case, literal_column, or_, text
from sqlalchemy.dialects.postgresql import JSONB

from domain.people import Job, Person
from persistence.access.rules_to_sql import compile_rule
from persistence.access.units import build_unit, match_unit
from persistence.concept import register_part
from persistence.effective_dates import get_requested_day, restrict_future
from persistence.kernel.mapping.registry import VersionColumns, map_children
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    entity_table,
    parent_foreign_key,
    shared_alias,
    tenant_index,
)
from persistence.kernel.wire_format import DERIVED_KEY
from persistence.organizations import ORGANIZATION
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reading.relations import tenant_subquery

jobs = entity_table(
    "jobs",
    *columns_of(Job),
    Column("stated_facts", JSONB, nullable=False, info={DERIVED_KEY: True}),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    parent_foreign_key("person_id", "people"),
    tenant_index("person_id", "starts_on", "id"),
    tenant_index(
        "person_id", "starts_on", unique=True, postgresql_where=text("superseded_at IS NULL")
    ),
    tenant_index("organization_id"),
    prefix="job",
)

JOBS = map_children(
    Job,
    jobs,
    parent_column="person_id",
    order_columns=("starts_on", "id"),
    versions=VersionColumns("superseded_at", stated="stated_facts"),
)
JOB = register_part(Job, jobs, order=("starts_on", "id"))
JOB.value("recorded_at", lambda row, _: row.c.created_at)
JOB.one(
    "organization",
    ORGANIZATION,
    lambda job, unit, _: unit.c.id == job.c.organization_id,
)


def add_job_fields(person: ReadModel) -> None:
    """Add the jobs to the model of people, and let the directory show the job of today."""
    person.one("job", JOB, lambda row, job, context: job.c.id == _select_job(row, context))
    person.list_of("jobs", JOB, _is_current_job, inherits_visibility=False)
    for name in ("job_title", "level", "location"):
        person.value(name, _build_fact_of_today(name))
    person.one(
        "organization",
        ORGANIZATION,
        lambda row, unit, context: unit.c.id == build_unit(row, context.facts),
        key=lambda row, context: build_unit(row, context.facts),
    )
    ORGANIZATION.many(
        "people",
        person,
        lambda unit, row, context: match_unit(row, context.facts, lambda id: id == unit.c.id),
    )


def _is_current_job(row: Row, job: Row, _: FieldContext) -> Sql:
    return and_(
        job.c.person_id == row.c.id, job.c.superseded_at.is_(None), _starts_in_employment(row, job)
    )


def _starts_in_employment(row: Row, job: Row) -> Sql:
    """Build the condition that a job starts before the departure: a later plan has no effect."""
    return or_(row.c.left_on.is_(None), job.c.starts_on < row.c.left_on)


def _select_job(row: Row, context: FieldContext) -> Sql:
    """Select the id of the job on the requested day, as it is known now or was known then."""
    job, day = shared_alias(jobs), get_requested_day(context)
    conditions = [
        job.c.person_id == row.c.id,
        _starts_in_employment(row, job),
        restrict_future(job.c.starts_on <= day, _can_see_planned, row, context),
    ]
    if context.has_argument("known_at"):
        moment = context.bind_argument("known_at", DateTime(timezone=True))
        conditions += [
            job.c.created_at <= moment,
            or_(job.c.superseded_at.is_(None), job.c.superseded_at > moment),
            _can_see_planned(row, context),
        ]
    else:
        conditions.append(job.c.superseded_at.is_(None))
    return _select_newest(context, job, job.c.id, *conditions)


def _can_see_planned(row: Row, context: FieldContext) -> Sql:
    return compile_rule(Person.SEE_PLANNED, context.facts, row)


def _build_fact_of_today(name: str) -> Callable[[Row, FieldContext], Sql]:
    """Return a fact of the directory: the column, or once a planned job has come, that job's."""

    def build(row: Row, context: FieldContext) -> Sql:
        job, today = shared_alias(jobs), context.facts.today()
        fact = _select_newest(
            context,
            job,
            job.c[name],
            job.c.person_id == row.c.id,
            job.c.superseded_at.is_(None),
            _starts_in_employment(row, job),
            job.c.starts_on <= today,
        )
        return case((row.c.job_changes_on <= today, fact), else_=row.c[name])

    return build


def _select_newest(context: FieldContext, job: Row, selected: Sql, *conditions: Sql) -> Sql:
    """Select a value of the job among these that began last."""
    found = tenant_subquery(context, job, selected, *conditions)
    return found.order_by(job.c.starts_on.desc()).limit(literal_column("1")).scalar_subquery()
