"""People: how they, their employments, absences and reporting lines are kept."""

from sqlalchemy import Column, Date, Text, Uuid, text

from domain.people import LineKind
from persistence.kernel.tables import (
    Word,
    indexed,
    part_of,
    part_table,
    points_to,
    tenant_table,
    unique,
)

people = tenant_table(
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
    points_to("organization_id", "organizations"),
    unique("employee_number"),
    indexed(
        "work_email",
        name="uq_people_work_email",
        unique=True,
        postgresql_where=text("left_on IS NULL"),
    ),
    indexed("work_email"),
    indexed("name", "id"),
    indexed("family_name", "given_name", "id"),
    indexed("hired_on", "id"),
    indexed("organization_id", "name", "id"),
)

employments = part_table(
    "employments",
    Column("person_id", Uuid, nullable=False),
    Column("hired_on", Date, nullable=False),
    Column("left_on", Date),
    Column("leaving_reason", Text),
    part_of("person_id", "people"),
    indexed("person_id", "hired_on", "id"),
)

leaves = part_table(
    "leaves",
    Column("person_id", Uuid, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("reason", Text),
    part_of("person_id", "people"),
    indexed("person_id", "starts_on", "id"),
)

person_references = part_table(
    "person_references",
    Column("person_id", Uuid, nullable=False),
    Column("source", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    part_of("person_id", "people"),
    unique("source", "external_id"),
    indexed("person_id", "source", "external_id"),
)

reporting_lines = part_table(
    "reporting_lines",
    Column("person_id", Uuid, nullable=False),
    Column("manager_id", Uuid, nullable=False),
    Column("kind", Word(LineKind), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    part_of("person_id", "people"),
    points_to("manager_id", "people"),
    indexed("person_id", "kind", "starts_on", "id"),
    indexed("manager_id", "kind", "starts_on", "id"),
)
