"""Employments: their table, and the forms that changes have replaced."""

from sqlalchemy import Column, Date, DateTime, Uuid, func

from domain.kernel.identity import PersonId
from domain.people import Employment
from persistence.concept import register_part
from persistence.kernel.mapping.registry import map_children
from persistence.kernel.schema.columns import columns_of, register_id
from persistence.kernel.schema.tables import (
    entity_table,
    link_table,
    parent_foreign_key,
    tenant_index,
)

register_id(PersonId, "people")  # before the columns that refer to people

employments = entity_table(
    "employments",
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    *columns_of(Employment),
    parent_foreign_key("person_id", "people"),
    tenant_index("person_id", "hired_on", "id"),
    tenant_index("successor_id"),
    prefix="employment",
)

superseded_employments = link_table(
    "superseded_employments",
    Column("id", Uuid, nullable=False),
    Column("superseded_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("hired_on", Date, nullable=False),
    Column("left_on", Date),
    parent_foreign_key("person_id", "people"),
    tenant_index("person_id"),
    key=("id", "superseded_at"),
)

EMPLOYMENTS = map_children(
    Employment,
    employments,
    parent_column="person_id",
    order_columns=("hired_on", "id"),
    superseded=superseded_employments,
)
EMPLOYMENT = register_part(Employment, employments, order=("hired_on", "id"))
