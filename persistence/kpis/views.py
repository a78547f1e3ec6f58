"""Who may see a KPI because of its visibility, and how many have looked at it.

People whom the viewer may not see count as if they did not exist. Those who see a KPI by a role, or
as managers, are not counted: it was not shared with them.
"""

from sqlalchemy import FromClause, Integer, Select, and_, case, func, not_, or_, select

from domain.kpis.enums import KpiVisibility
from domain.kpis.quality import REVIEW_DAYS
from domain.kpis.views import KpiView
from persistence.access.closure_tables import organization_closure
from persistence.access.rules_to_sql import compile_rule
from persistence.access.units import match_unit
from persistence.concept import register_part
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    entity_table,
    parent_foreign_key,
    shared_alias,
    tenant_index,
)
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.kpis.definitions import KPI, kpi_recorders, kpi_viewers
from persistence.people import PERSON, people
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reading.relations import tenant_subquery
from persistence.teams import team_memberships
from persistence.tenants import tenants

kpi_views = entity_table(
    "kpi_views",
    *columns_of(KpiView),
    parent_foreign_key("kpi_id", "kpis"),
    tenant_index("kpi_id", "person_id"),
    tenant_index("person_id"),
    prefix="kpiview",
)
register_part(KpiView, kpi_views, order=("id",), has_id=False)

KPI_AUDIENCE = ReadModel("KpiAudience", None)
ONE = literal_number(1)


def select_threshold(context: FieldContext) -> Sql:
    """Return below how many people a number of people is not shown."""
    tenant = shared_alias(tenants)
    found = select(tenant.c.suppression_threshold).where(
        tenant.c.tenant_id == context.facts.tenant()
    )
    return found.correlate_except(tenant).scalar_subquery()


def select_audience(kpi: Row, context: FieldContext) -> Select[tuple[int]]:
    """Select a row for each person beside the owner who may see a KPI by its visibility."""
    person, today = people.alias(), context.facts.today()
    is_shared = kpi.c.visibility == literal_text(KpiVisibility.ORGANIZATION)
    shown = [
        kpi.c.visibility == literal_text(KpiVisibility.TENANT),
        and_(is_shared, _belongs_to_unit(kpi, person, context)),
    ]
    for links in (kpi_viewers.alias(), kpi_recorders.alias()):
        named = tenant_subquery(context, links, links.c.person_id, links.c.kpi_id == kpi.c.id)
        shown.append(person.c.id.in_(named))
    return tenant_subquery(
        context,
        person,
        ONE.label("one"),
        person.c.id != kpi.c.owner_id,
        person.c.hired_on <= today,
        or_(person.c.left_on.is_(None), person.c.left_on > today),
        compile_rule(PERSON.see, context.facts, person),
        or_(*shown),
    )


def _belongs_to_unit(kpi: Row, person: FromClause, context: FieldContext) -> Sql:
    """Return whether a person works in the organization of a KPI or below, or is in its team."""
    line, member = organization_closure.alias(), team_memberships.alias()
    today = context.facts.today()
    below = tenant_subquery(
        context, line, line.c.descendant_id, line.c.ancestor_id == kpi.c.organization_id
    )
    in_team = tenant_subquery(
        context,
        member,
        member.c.person_id,
        member.c.team_id == kpi.c.team_id,
        member.c.starts_on <= today,
        or_(member.c.ends_on.is_(None), member.c.ends_on > today),
    )
    return or_(
        match_unit(person, context.facts, lambda unit: unit.in_(below)),
        person.c.id.in_(in_team),
    )


def build_first_day(kpi: Row, context: FieldContext) -> Sql:
    """Return since which day a look counts: in the last two periods, and at least a month."""
    cases = [
        (kpi.c.frequency == literal_text(each), literal_number(number))
        for each, number in REVIEW_DAYS.items()
    ]
    return context.facts.today() - case(*cases, else_=literal_number(0))


def count_views(kpi: Row, context: FieldContext) -> Sql:
    """Return how many people beside the owner have looked at a KPI lately."""
    view, person = kpi_views.alias(), people.alias()
    seen = tenant_subquery(
        context, person, person.c.id, compile_rule(PERSON.see, context.facts, person)
    )
    return tenant_subquery(
        context,
        view,
        func.count(view.c.person_id.distinct(), type_=Integer()),
        view.c.kpi_id == kpi.c.id,
        view.c.last_seen_on >= build_first_day(kpi, context),
        view.c.person_id != kpi.c.owner_id,
        view.c.person_id.in_(seen),
    ).scalar_subquery()


def is_communicated(kpi: Row, context: FieldContext) -> Sql:
    """Return whether enough people have looked at a KPI, or too few may see it to ask that."""
    threshold = select_threshold(context)
    some = select_audience(kpi, context).limit(threshold).subquery()
    audience = select(func.count()).select_from(some).correlate_except(some).scalar_subquery()
    return or_(not_(audience >= threshold), count_views(kpi, context) >= threshold)


def _build_row(kpi: Row, context: FieldContext) -> FromClause:
    """Return one row about a KPI."""
    found = select_audience(kpi, context).subquery()
    number = select(func.count(type_=Integer())).select_from(found).correlate_except(found)
    counted = (
        select(
            number.scalar_subquery().label("people"),
            count_views(kpi, context).label("views"),
            select_threshold(context).label("threshold"),
            build_first_day(kpi, context).label("seen_since"),
        )
        .offset(literal_number(0))
        .correlate(kpi)
        .subquery()
    )
    return (
        select(
            counted.c.people,
            counted.c.seen_since,
            case((counted.c.views >= counted.c.threshold, counted.c.views)).label("seen_by"),
        )
        .correlate_except(counted)
        .subquery()
    )


for name in ("people", "seen_by", "seen_since"):
    KPI_AUDIENCE.value(name)
KPI.computed_one("audience", KPI_AUDIENCE, _build_row)
