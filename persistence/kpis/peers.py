"""Peers of a KPI in SQL: KPIs of the same template in organizations of like kind and size."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    FromClause,
    Integer,
    Numeric,
    Text,
    Uuid,
    cast,
    false,
    func,
    not_,
    null,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

from domain.kpis.analysis.peers import MAX_PEERS, MIN_PEERS, SIZE_FACTOR, KpiPosition
from domain.kpis.enums import KpiDirection, KpiState, KpiVisibility
from persistence.access.closure_tables import organization_closure
from persistence.access.units import match_unit
from persistence.kernel.schema.tables import EnumText
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.kpis.comparing import DEFINED
from persistence.kpis.definitions import kpi_definitions, kpis, order_by_nearness
from persistence.kpis.estimates import ESTIMATES
from persistence.kpis.periods import is_combined, select_values
from persistence.kpis.sentences import write_number
from persistence.organizations import organizations
from persistence.people import people
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reading.relations import tenant_subquery

ONE, FENCE = literal_number(1), literal_number(0)
KPI_PEERS = ReadModel("KpiPeers", None)
MEASURED_ALIKE = ("template_key", "template_variant", "unit", "unit_name", "currency")
"""What the definition of today of a peer has in common with that of the KPI."""


def select_peers(kpi: Row, context: FieldContext) -> Sql:
    """Return the ids of the KPIs of peers as an array; null where there are none.

    People are counted last, and only where there is a KPI: of an organization one KPI counts.
    """
    found = _select_candidates(kpi, context)
    size = _count_people(found.c.organization_id, context)
    own_size = _count_people(kpi.c.organization_id, context)
    alike = (
        select(found.c.id)
        .where(
            size * literal_number(SIZE_FACTOR) >= own_size,
            size <= own_size * literal_number(SIZE_FACTOR),
        )
        .limit(literal_number(MAX_PEERS))
        .correlate_except(found)
        .subquery()
    )
    ids = select(func.array_agg(alike.c.id)).scalar_subquery()
    return type_coerce(ids, ARRAY(Uuid))


def _select_candidates(kpi: Row, context: FieldContext) -> FromClause:
    """Select the KPIs that measure the same in organizations of the same kind."""
    peer, own = kpis.alias(), _select_definition(kpi, context)
    theirs, place = _select_definition(peer, context), _select_organizations(kpi, context)
    oldest = SqlTemplate("(array_agg({id} ORDER BY {id}))[1]", Uuid(), id=peer.c.id)
    return (
        select(oldest.label("id"), peer.c.organization_id)
        .select_from(
            peer.join(place, place.c.id == peer.c.organization_id)
            .join(theirs, true())
            .join(own, true())
        )
        .where(
            peer.c.tenant_id == context.facts.tenant(),
            peer.c.visibility == literal_text(KpiVisibility.TENANT),
            peer.c.state == literal_text(KpiState.ACTIVE),
            peer.c.frequency == kpi.c.frequency,
            own.c.template_key.is_not(None),
            *(theirs.c[name].is_not_distinct_from(own.c[name]) for name in MEASURED_ALIKE),
        )
        .group_by(peer.c.organization_id)
        .offset(FENCE)
        .correlate_except(peer, place, theirs, own)
        .subquery()
    )


def _select_definition(kpi: Row, context: FieldContext) -> FromClause:
    """Select the definition of today."""
    definition, today = kpi_definitions.alias(), context.facts.today()
    return (
        select(*(definition.c[name] for name in MEASURED_ALIKE))
        .where(definition.c.tenant_id == context.facts.tenant(), definition.c.kpi_id == kpi.c.id)
        .order_by(*order_by_nearness(definition, today))
        .limit(ONE)
        .correlate_except(definition)
        .lateral()
    )


def _select_organizations(kpi: Row, context: FieldContext) -> FromClause:
    """Select the organizations of the same kind that exist today.

    Those above and below the own one are left out: they contain each other's people.
    """
    own, other, line = organizations.alias(), organizations.alias(), organization_closure.alias()
    today = context.facts.today()
    related = tenant_subquery(
        context,
        line,
        line.c.depth,
        or_(
            (line.c.ancestor_id == own.c.id) & (line.c.descendant_id == other.c.id),
            (line.c.ancestor_id == other.c.id) & (line.c.descendant_id == own.c.id),
        ),
    )
    return (
        select(other.c.id)
        .select_from(own.join(other, other.c.kind == own.c.kind))
        .where(
            own.c.tenant_id == context.facts.tenant(),
            own.c.id == kpi.c.organization_id,
            other.c.tenant_id == context.facts.tenant(),
            other.c.starts_on <= today,
            or_(other.c.ends_on.is_(None), other.c.ends_on > today),
            not_(related.exists()),
        )
        .correlate_except(own, other)
        .subquery()
    )


def _count_people(organization_id: Sql, context: FieldContext) -> Sql:
    """Return the number of people who work in an organization and below it today."""
    person, line, today = people.alias(), organization_closure.alias(), context.facts.today()
    below = tenant_subquery(
        context, line, line.c.descendant_id, line.c.ancestor_id == organization_id
    )
    return tenant_subquery(
        context,
        person,
        func.count(type_=Integer()),
        match_unit(person, context.facts, lambda unit: unit.in_(below)),
        person.c.hired_on <= today,
        or_(person.c.left_on.is_(None), person.c.left_on > today),
    ).scalar_subquery()


def join_peers(context: FieldContext, series: Row, points: FromClause) -> FromClause:
    """Return the points with the number of values of peers, and their quartiles, as an array.

    An open period has none: the values of sums still grow.
    """
    each = func.unnest(series.c.peer_ids).table_valued("id").render_derived()
    known = [series.c[name] for name in ("interval", "frequency")]
    known += [series.c.problem] if is_combined(series) else []
    peers = select(each.c.id, *known).select_from(each).correlate_except(each).subquery()
    values = select_values(context, peers, points)
    quartiles = (
        select(SqlTemplate(QUARTILES, ESTIMATES, value=values.c.value))
        .select_from(peers.join(values, true()))
        .where(not_(points.c.is_provisional))
        .correlate_except(peers, values)
        .scalar_subquery()
    )
    return (
        select(
            *points.c,
            series.c.peer_ids,
            quartiles.label("peers"),
        )
        .offset(FENCE)
        .correlate_except(points)
        .subquery()
    )


QUARTILES = f"""(CASE WHEN count({{value}}) >= {MIN_PEERS} THEN ARRAY[count({{value}})::float8]
 || percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY {{value}}::float8) END)"""
"""Quartiles between two values are interpolated: type 7 of Hyndman and Fan."""

POSITION = f"""(CASE WHEN {{value}} IS NULL OR {{median}} IS NULL THEN NULL
 WHEN {{direction}} = '{KpiDirection.UP}' THEN CASE
  WHEN {{value}} >= {{upper}} THEN '{KpiPosition.BEST_QUARTER}'
  WHEN {{value}} >= {{median}} THEN '{KpiPosition.BETTER_THAN_MEDIAN}'
  WHEN {{value}} >= {{lower}} THEN '{KpiPosition.WORSE_THAN_MEDIAN}'
  ELSE '{KpiPosition.WORST_QUARTER}' END
 WHEN {{direction}} = '{KpiDirection.DOWN}' THEN CASE
  WHEN {{value}} <= {{lower}} THEN '{KpiPosition.BEST_QUARTER}'
  WHEN {{value}} <= {{median}} THEN '{KpiPosition.BETTER_THAN_MEDIAN}'
  WHEN {{value}} <= {{upper}} THEN '{KpiPosition.WORSE_THAN_MEDIAN}'
  ELSE '{KpiPosition.WORST_QUARTER}' END END)"""
SAY_POSITION = f"""coalesce(' The value is ' || (CASE {{position}}
   WHEN '{KpiPosition.BEST_QUARTER}' THEN 'in the best quarter'
   WHEN '{KpiPosition.BETTER_THAN_MEDIAN}' THEN 'between the median and the better quartile'
   WHEN '{KpiPosition.WORSE_THAN_MEDIAN}' THEN 'between the median and the worse quartile'
   WHEN '{KpiPosition.WORST_QUARTER}' THEN 'in the worst quarter' END) || '.', '')"""
SENTENCE = f"""(CASE
 WHEN coalesce(cardinality({{ids}}), 0) < {MIN_PEERS}
 THEN 'Fewer than {MIN_PEERS} other organizations of the same kind, with half to double the people,'
  || ' have a KPI of the same template, frequency and unit that the whole tenant may see.'
 WHEN {{is_open}} THEN 'The period is not over yet.'
 WHEN {{median}} IS NULL THEN 'Fewer than {MIN_PEERS} peers have a value of this period.'
 ELSE {{count}} || ' peers: half of them lie from ' || {{low}} || ' to ' || {{high}}
  || ', with the median ' || {{middle}} || '.'
  || {SAY_POSITION} END)"""


NO_PEERS: dict[str, TypeEngine[Any]] = {
    **dict.fromkeys((*DEFINED, "sentence"), Text()),
    "decimals": Integer(),
    **dict.fromkeys(("value", "count", "lower", "median", "upper"), Numeric()),
    "peer_ids": ARRAY(Uuid),
    "is_provisional": Boolean(),
}
"""The columns of the position of a point, to select none."""


def select_position(point: Row, _: FieldContext) -> FromClause:
    """Select the quartiles beside a point; no row where no peers were asked for."""
    if "peers" not in point.c:
        nothing = (cast(null(), type_).label(name) for name, type_ in NO_PEERS.items())
        return select(*nothing).where(false()).subquery()
    names = (*DEFINED, "value", "peer_ids", "is_provisional")
    return (
        select(
            *(point.c[name] for name in names),
            *(each.label(name) for name, each in _get_quartiles(point).items()),
        )
        .correlate(point)
        .subquery()
    )


def get_median(point: Row) -> Sql:
    """Return the median of the peers of a point."""
    return _get_quartiles(point)["median"]


def _get_quartiles(point: Row) -> dict[str, Sql]:
    """Return the number of values and the quartiles of a point, by their names."""
    return {
        name: SqlTemplate(
            f"trim_scale(round(({{peers}})[{n}]::numeric, 9))", Numeric(), peers=point.c.peers
        )
        for n, name in enumerate(("count", "lower", "median", "upper"), 1)
    }


def _build_position(row: Row) -> Sql:
    parts = {name: row.c[name] for name in ("value", "lower", "median", "upper", "direction")}
    return SqlTemplate(POSITION, EnumText(KpiPosition), **parts)


def _build_sentence(row: Row) -> Sql:
    shown = {"low": "lower", "middle": "median", "high": "upper"}
    return SqlTemplate(
        SENTENCE,
        Text(),
        ids=row.c.peer_ids,
        is_open=row.c.is_provisional,
        median=row.c.median,
        count=row.c["count"],
        position=_build_position(row),
        **{part: write_number(row, row.c[name]) for part, name in shown.items()},
    )


KPI_PEERS.value("sentence", lambda row, _: _build_sentence(row))
KPI_PEERS.value("organizations", lambda row, _: cast(row.c["count"], Integer))
KPI_PEERS.value("lower_quartile", lambda row, _: row.c.lower)
KPI_PEERS.value("median")
KPI_PEERS.value("upper_quartile", lambda row, _: row.c.upper)
KPI_PEERS.value("position", lambda row, _: _build_position(row))
