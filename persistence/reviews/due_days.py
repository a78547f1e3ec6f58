"""When a due day is over: at its end where the person is who has to act.

Reminders look at the same day. A person without a time zone is in that of the tenant.
"""

from sqlalchemy import Boolean, Date

from persistence.kernel.schema.tables import metadata
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, Sql
from persistence.reading.relations import tenant_subquery

DAY_OF_PERSON = """({today} + ((now() AT TIME ZONE coalesce({person_zone}, {tenant_zone}))::date
  - (now() AT TIME ZONE {tenant_zone})::date))"""
"""The day where a person is: that of the tenant, or the one before or after it."""

IS_OVER = """(CASE WHEN {day} < {today} - 1 THEN true WHEN {day} > {today} THEN false
  ELSE {day} < coalesce({here}, {today}) END)"""
"""Only around the present day of the tenant does it matter where the person is."""


def is_day_over(day: Sql, person_id: Sql, context: FieldContext) -> Sql:
    """Return whether a day is over where a person is."""
    today = context.facts.today()
    person, tenant = (metadata.tables[name].alias() for name in ("people", "tenants"))
    zone = tenant_subquery(
        context, tenant, tenant.c.time_zone, tenant.c.id == context.facts.tenant()
    ).scalar_subquery()
    local = SqlTemplate(
        DAY_OF_PERSON, Date(), today=today, person_zone=person.c.time_zone, tenant_zone=zone
    )
    here = tenant_subquery(context, person, local, person.c.id == person_id).scalar_subquery()
    return SqlTemplate(IS_OVER, Boolean(), day=day, today=today, here=here)
