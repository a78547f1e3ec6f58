"""Annotations: table, mapping and read models."""

from sqlalchemy import CheckConstraint, Date, and_, exists, func, or_

from domain.annotations import Annotation, AnnotationScopeKind
from persistence.access.closure_tables import organization_closure, team_closure
from persistence.concept import register_concept
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    aggregate_table,
    kind_check,
    shared_alias,
    tenant_foreign_key,
    tenant_index,
)
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.kpis import KPI, KPI_POINT, SCOPES, kpis
from persistence.people import PERSON
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import tenant_subquery
from persistence.teams import teams

annotations = aggregate_table(
    "annotations",
    *columns_of(Annotation),
    tenant_foreign_key("kpi_id", "kpis"),
    kind_check("scope", kpi="kpi_id", organization="organization_id", team="team_id"),
    CheckConstraint("last_day >= starts_on", name="days"),
    tenant_index("starts_on", "id"),
    tenant_index("kpi_id", "starts_on", "id"),
    tenant_index("organization_id", "starts_on", "id"),
    tenant_index("team_id", "starts_on", "id"),
    tenant_index("author_id", "starts_on", "id"),
    prefix="annotation",
)

ANNOTATION = register_concept(
    Annotation, annotations, order=("starts_on",), affects_access=False, is_in_feed=True
)
ANNOTATION.union("scope", "scope_kind", {"kpi": (KPI, "kpi_id"), **SCOPES})
ANNOTATION.belongs_to(PERSON, foreign_key="author_id", one="author", many="annotations")


def is_shown_with(kpi: Row, annotation: Row, context: FieldContext) -> Sql:
    """Match the annotations of a KPI, of its unit and the units above, and of the tenant.

    With the arguments `from` and `to`, only those that touch a day of the period.
    """
    about_tenant = annotation.c.scope_kind == literal_text(AnnotationScopeKind.TENANT)
    team, above = shared_alias(teams), shared_alias(team_closure)
    unit = shared_alias(organization_closure)
    unit_of_team = tenant_subquery(
        context, team, team.c.organization_id, team.c.id == kpi.c.team_id
    )
    unit_id = func.coalesce(kpi.c.organization_id, unit_of_team.scalar_subquery())
    conditions = [
        or_(
            about_tenant,
            annotation.c.kpi_id == kpi.c.id,
            annotation.c.organization_id.in_(
                tenant_subquery(context, unit, unit.c.ancestor_id, unit.c.descendant_id == unit_id)
            ),
            annotation.c.team_id.in_(
                tenant_subquery(
                    context, above, above.c.ancestor_id, above.c.descendant_id == kpi.c.team_id
                )
            ),
        )
    ]
    if context.has_argument("from"):
        conditions.append(annotation.c.last_day >= context.bind_argument("from", Date()))
    if context.has_argument("to"):
        conditions.append(annotation.c.starts_on <= context.bind_argument("to", Date()))
    return and_(*conditions)


KPI.many("annotations", ANNOTATION, is_shown_with)


def _is_shown_with_point(point: Row, annotation: Row, context: FieldContext) -> Sql:
    """Match the annotations of the KPI of a point that touch a day of its period."""
    kpi = shared_alias(kpis)
    of_kpi = tenant_subquery(
        context,
        kpi,
        literal_number(1),
        kpi.c.id == point.c.subject_id,
        is_shown_with(kpi, annotation, context),
    )
    return and_(
        annotation.c.last_day >= point.c.starts_on,
        annotation.c.starts_on < point.c.ends_before,
        exists(of_kpi),
    )


KPI_POINT.many("annotations", ANNOTATION, _is_shown_with_point)
