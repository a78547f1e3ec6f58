"""KPIs with their definitions: tables, mapping and read models."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Column, Table, Uuid, and_, func

from domain.kpis import Kpi, KpiDefinition, KpiFormulaInput
from domain.kpis.analysis.baselines import KpiBaseline
from domain.kpis.enums import KpiForm, TimeAggregation
from domain.kpis.targets import KpiTarget
from persistence.concept import register_concept, register_part
from persistence.effective_dates import get_requested_day
from persistence.goals import GOAL, KEY_RESULT
from persistence.kernel.mapping.registry import map_children
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    aggregate_table,
    entity_table,
    kind_check,
    link_table,
    parent_foreign_key,
    register_link_collection,
    shared_alias,
    tenant_foreign_key,
    tenant_index,
)
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.kernel.wire_format import encode_id_sql
from persistence.kpis.baselines import kpi_baselines
from persistence.kpis.targets import kpi_targets
from persistence.members import ROLE_GRANT
from persistence.organizations import ORGANIZATION
from persistence.people import PERSON
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import add_lookup, tenant_subquery, via_link_table
from persistence.teams import TEAM

ONE = literal_number(1)

kpis = aggregate_table(
    "kpis",
    *columns_of(Kpi),
    tenant_foreign_key("purpose_id", "goals"),
    tenant_foreign_key("parent_id", "kpis"),
    kind_check("scope", organization="organization_id", team="team_id"),
    tenant_index("name_sort_key", "id"),
    tenant_index("organization_id", "name_sort_key", "id"),
    tenant_index("team_id", "name_sort_key", "id"),
    tenant_index("owner_id", "name_sort_key", "id"),
    tenant_index("purpose_id", "name_sort_key", "id"),
    tenant_index("parent_id", "name_sort_key", "id"),
    prefix="kpi",
)


def _link_people(name: str, attribute: str) -> Table:
    """Declare the table of a list of people that a KPI has."""
    table = link_table(
        name,
        Column("kpi_id", Uuid, nullable=False),
        Column("person_id", Uuid, nullable=False),
        parent_foreign_key("kpi_id", "kpis"),
        tenant_foreign_key("person_id", "people"),
        tenant_index("person_id", "kpi_id"),
        key=("kpi_id", "person_id"),
    )
    register_link_collection(
        kpis, attribute, table, owner_column="kpi_id", target_column="person_id"
    )
    return table


kpi_viewers = _link_people("kpi_viewers", "viewer_ids")
kpi_recorders = _link_people("kpi_recorders", "recorder_ids")

kpi_definitions = entity_table(
    "kpi_definitions",
    *columns_of(KpiDefinition),
    parent_foreign_key("kpi_id", "kpis"),
    tenant_foreign_key("survey_schedule_id", "survey_schedules"),
    tenant_foreign_key("survey_question_id", "survey_bank_questions"),
    tenant_index("kpi_id", "starts_on", unique=True),
    tenant_index("survey_schedule_id"),
    tenant_index("survey_question_id"),
    prefix="kpidef",
)

kpi_formula_inputs = entity_table(
    "kpi_formula_inputs",
    *columns_of(KpiFormulaInput),
    parent_foreign_key("kpi_id", "kpis"),
    parent_foreign_key("definition_id", "kpi_definitions"),
    tenant_foreign_key("input_id", "kpis"),
    tenant_index("definition_id", "alias", unique=True),
    tenant_index("kpi_id", "input_id"),
    tenant_index("input_id", "kpi_id"),
    prefix="kpiinput",
)

KPI = register_concept(
    Kpi,
    kpis,
    order=("name",),
    is_in_feed=True,
    affects_access=False,
    definitions=map_children(
        KpiDefinition, kpi_definitions, parent_column="kpi_id", order_columns=("starts_on",)
    ),
    targets=replace(
        map_children(KpiTarget, kpi_targets, parent_column="kpi_id", order_columns=("starts_on",)),
        unless_set="member_id",
    ),
    baselines=map_children(
        KpiBaseline, kpi_baselines, parent_column="kpi_id", order_columns=("starts_on",)
    ),
)
KPI_DEFINITION = register_part(
    KpiDefinition,
    kpi_definitions,
    order=("starts_on",),
    inputs=map_children(
        KpiFormulaInput,
        kpi_formula_inputs,
        parent_column="definition_id",
        order_columns=("alias",),
    ),
)
KPI_TARGET = register_part(KpiTarget, kpi_targets, order=("starts_on",))
KPI_BASELINE = register_part(KpiBaseline, kpi_baselines, order=("starts_on",))
KPI_FORMULA_INPUT = register_part(KpiFormulaInput, kpi_formula_inputs, order=("alias",))

SCOPES = {"organization": (ORGANIZATION, "organization_id"), "team": (TEAM, "team_id")}
"""The units that KPIs, scorecards and annotations may be about, each with its column."""

KPI.union("scope", "scope_kind", SCOPES)
KPI.belongs_to(ORGANIZATION, foreign_key="organization_id", one="organization", many="kpis")
KPI.belongs_to(TEAM, foreign_key="team_id", one="team", many="kpis")
KPI.belongs_to(PERSON, foreign_key="owner_id", one="owner", many="kpis")
KPI.belongs_to(GOAL, foreign_key="purpose_id", one="purpose", many="kpis")
KPI.belongs_to(KPI, foreign_key="parent_id", one="parent", many="drivers")
KEY_RESULT.belongs_to(KPI, foreign_key="kpi_id", one="kpi", many="key_results")
KPI.many("viewers", PERSON, via_link_table(kpi_viewers, "kpi_id", "person_id"))
KPI.many("recorders", PERSON, via_link_table(kpi_recorders, "kpi_id", "person_id"))
ROLE_GRANT.one("kpi", KPI, lambda grant, kpi, _: kpi.c.id == grant.c.kpi_id)
ROLE_GRANT.value("kpi_id", lambda grant, _: encode_id_sql(KPI.prefix, grant.c.kpi_id))
KPI_DEFINITION.belongs_to(
    KPI, foreign_key="kpi_id", one="kpi", many="definitions", inherits_visibility=True
)
KPI_BASELINE.belongs_to(
    KPI, foreign_key="kpi_id", one="kpi", many="baselines", inherits_visibility=True
)
KPI_DEFINITION.list_of(
    "inputs", KPI_FORMULA_INPUT, lambda row, each, _: each.c.definition_id == row.c.id
)
KPI_FORMULA_INPUT.one("kpi", KPI, lambda row, kpi, _: kpi.c.id == row.c.input_id)
KPI.many("dependents", KPI, via_link_table(kpi_formula_inputs, "input_id", "kpi_id"))


def order_by_nearness(definition: Row, day: Sql) -> tuple[Sql, Sql]:
    """Return the order in which the definition of a day is the first one.

    That is the last that has begun, else the first.
    """
    return (definition.c.starts_on <= day).desc(), func.abs(definition.c.starts_on - day)


def select_definition(context: FieldContext, kpi_id: Sql, day: Sql, name: str) -> Sql:
    """Return an attribute of the definition of a day. Raises KeyError for an unknown one."""
    return _select_from_definition(context, kpi_id, day, lambda definition: definition.c[name])


def is_flow(context: FieldContext, kpi_id: Sql, day: Sql) -> Sql:
    """Return whether values are added up over time, by the definition of a day."""
    return _select_from_definition(
        context,
        kpi_id,
        day,
        lambda definition: and_(
            definition.c.form == literal_text(KpiForm.SIMPLE),
            definition.c.time_aggregation == literal_text(TimeAggregation.SUM),
        ),
    )


def _select_from_definition(
    context: FieldContext, kpi_id: Sql, day: Sql, build: Callable[[Row], Sql]
) -> Sql:
    definition = shared_alias(kpi_definitions)
    found = tenant_subquery(context, definition, build(definition), definition.c.kpi_id == kpi_id)
    return found.order_by(*order_by_nearness(definition, day)).limit(ONE).scalar_subquery()


KPI.one(
    "definition",
    KPI_DEFINITION,
    lambda row, definition, context: (
        definition.c.id == select_definition(context, row.c.id, get_requested_day(context), "id")
    ),
    inherits_visibility=True,
)

add_lookup("kpi", KPI)
