"""The lineage of a KPI in SQL: one row for each link, through any number of visible KPIs.

A hidden KPI is no step on the way, so what is only reached through one is not found either.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    CTE,
    DateTime,
    FromClause,
    Select,
    Table,
    Uuid,
    and_,
    column,
    func,
    literal_column,
    select,
    true,
    type_coerce,
    union_all,
    values,
)

from domain.alerts import AlertStatus
from domain.kpis import Kpi
from domain.kpis.lineage import MAX_LEVELS, MAX_LINKS, KpiLineageDirection, KpiLinkKind
from persistence.access.rules_to_sql import compile_rule
from persistence.alerts import ALERT, alerts
from persistence.goals import KEY_RESULT, key_results
from persistence.kernel.schema.tables import EnumText, shared_alias
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.kpis import KPI, KPI_MEASUREMENT_REVISION, kpi_formula_inputs, kpis
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reading.relations import tenant_subquery
from persistence.scorecards import SCORECARD, scorecard_entries, scorecards

KPI_LINK = ReadModel("KpiLineageLink", None)
UP, DOWN = map(literal_text, KpiLineageDirection)
INPUT, DRIVER = map(literal_text, (KpiLinkKind.FORMULA_INPUT, KpiLinkKind.DRIVER))
ONE, FENCE = literal_number(1), literal_number(0)
Steps = tuple[tuple[Sql, Sql, Table, str, str], ...]
NO_ID = literal_column("NULL::uuid", Uuid)

FORMULAS: Steps = (
    (UP, INPUT, kpi_formula_inputs, "kpi_id", "input_id"),
    (DOWN, INPUT, kpi_formula_inputs, "input_id", "kpi_id"),
)
DRIVERS: Steps = (
    (UP, DRIVER, kpis, "parent_id", "id"),
    (DOWN, DRIVER, kpis, "id", "parent_id"),
)
"""For each direction and kind: the table of the links, and its columns from a KPI to the next."""


def walk(context: FieldContext, kpi_id: Sql, steps: Steps) -> CTE:
    """Return the visible KPIs around one, with the link that leads to each; itself at depth 0."""
    directions = [(each,) for each in dict.fromkeys(direction for direction, *_ in steps)]
    start = values(column("direction", EnumText(KpiLineageDirection)), name="side").data(directions)
    first = select(
        start.c.direction,
        literal_number(0).label("depth"),
        INPUT.label("kind"),
        NO_ID.label("near_id"),
        SqlTemplate("{id}", Uuid(), id=kpi_id).label("far_id"),
    )
    found = first.cte("walk", recursive=True, nesting=True)
    link, other = _select_links(context, found, steps), kpis.alias()
    can_see = compile_rule(KPI.see, context.facts, other)
    tenant, can_see = context.facts.tenant(), compile_rule(KPI.see, context.facts, other)
    following = (
        select(found.c.direction, found.c.depth + ONE, link.c.kind, found.c.far_id, other.c.id)
        .select_from(
            found.join(link, true()).join(
                other, and_(other.c.tenant_id == tenant, other.c.id == link.c.far_id, can_see)
            )
        )
        .where(found.c.depth < literal_number(MAX_LEVELS))
    )
    return found.union(following)


def _select_links(context: FieldContext, found: CTE, steps: Steps) -> FromClause:
    """Return the links of one KPI of the walk, in its direction."""
    selects = list[Select[tuple[str, object]]]()
    for direction, kind, table, near, far in steps:
        link = table.alias()
        conditions = (
            link.c.tenant_id == context.facts.tenant(),
            link.c[near] == found.c.far_id,
            link.c[far].is_not(None),
            found.c.direction == direction,
        )
        selects.append(
            select(kind.label("kind"), link.c[far].label("far_id"))
            .where(*conditions)
            .correlate_except(link)
        )
    return union_all(*selects).lateral()


def _build_links(kpi: Row, context: FieldContext) -> FromClause:
    steps = walk(context, kpi.c.id, (*FORMULAS, *DRIVERS))
    between_kpis = (
        select(
            *(steps.c[name] for name in ("direction", "kind", "near_id")),
            func.min(steps.c.depth).label("depth"),
            literal_text(Kpi.NAME).label("object_kind"),
            steps.c.far_id.label("object_id"),
        )
        .where(steps.c.depth > literal_number(0))
        .group_by(steps.c.direction, steps.c.kind, steps.c.near_id, steps.c.far_id)
    )
    links = union_all(between_kpis, *_select_uses(context, steps)).subquery()
    order = (links.c.direction.desc(), links.c.depth, links.c.kind, links.c.near_id)
    place = func.row_number().over(order_by=(*order, links.c.object_id))
    return select(*links.c, place.label("place")).order_by(place).limit(MAX_LINKS).subquery()


def _list_users(context: FieldContext, kpi_id: Sql) -> Iterator[tuple[KpiLinkKind, Select[Any]]]:
    """Yield what uses a KPI, as far as the viewer may see it."""
    entry, scorecard = shared_alias(scorecard_entries), scorecards.alias()
    key_result, alert = key_results.alias(), alerts.alias()
    facts, tenant = context.facts, context.facts.tenant()
    entries = tenant_subquery(context, entry, entry.c.scorecard_id, entry.c.kpi_id == kpi_id)
    is_open = alert.c.status != literal_text(AlertStatus.CLOSED)
    for kind, model, row, conditions in (
        (KpiLinkKind.SCORECARD, SCORECARD, scorecard, (scorecard.c.id.in_(entries),)),
        (KpiLinkKind.KEY_RESULT, KEY_RESULT, key_result, (key_result.c.kpi_id == kpi_id,)),
        (KpiLinkKind.ALERT, ALERT, alert, (alert.c.kpi_id == kpi_id, is_open)),
    ):
        is_visible = compile_rule(model.see, facts, row)
        yield kind, select(row.c.id).where(row.c.tenant_id == tenant, *conditions, is_visible)


def _select_uses(context: FieldContext, steps: CTE) -> Iterator[Select[tuple[object, ...]]]:
    """Yield what uses the KPI, or a KPI that depends on it. A kind is called as what it is.

    Without the fence, PostgreSQL would ask the rules for all rows of the tenant.
    """
    for kind, uses in _list_users(context, steps.c.far_id):
        user = uses.offset(FENCE).correlate(steps).lateral()
        yield (
            select(
                steps.c.direction,
                literal_text(kind),
                steps.c.far_id,
                func.min(steps.c.depth) + ONE,
                literal_text(kind),
                user.c.id,
            )
            .select_from(steps.join(user, true()))
            .where(steps.c.direction == DOWN)
            .group_by(steps.c.direction, steps.c.far_id, user.c.id)
        )


def _is_replaced_with(revision: Row, other: Row, context: FieldContext) -> Sql:
    """Match the results that had used a value, and were replaced by the same change."""
    readers = walk(context, revision.c.kpi_id, FORMULAS[1:])
    ids = select(readers.c.far_id).where(readers.c.depth > literal_number(0))
    return and_(
        other.c.replaced_at
        == SqlTemplate("{at}", DateTime(timezone=True), at=revision.c.replaced_at),
        other.c.kpi_id.in_(ids.correlate_except(readers)),
    )


KPI_MEASUREMENT_REVISION.many("used_by", KPI_MEASUREMENT_REVISION, _is_replaced_with)
KPI_LINK.value("direction")
KPI_LINK.value("kind", lambda row, _: type_coerce(row.c.kind, EnumText(KpiLinkKind)))
KPI_LINK.value("depth")
KPI_LINK.one("kpi", KPI, lambda row, kpi, _: kpi.c.id == row.c.near_id)
KPI_LINK.union(
    "object",
    "object_kind",
    {
        "kpi": (KPI, "object_id"),
        "scorecard": (SCORECARD, "object_id"),
        "key_result": (KEY_RESULT, "object_id"),
        "alert": (ALERT, "object_id"),
    },
)
KPI.computed_list("lineage", KPI_LINK, _build_links, "place")
