"""Measurements of KPIs and the values that they replaced: tables, mapping and read models."""

from sqlalchemy import CheckConstraint, Index, text

from domain.kpis.measurements import KpiMeasurement, KpiMeasurementRevision
from persistence.concept import register_part
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    entity_table,
    parent_foreign_key,
    tenant_index,
)
from persistence.kpis.definitions import KPI
from persistence.kpis.periods import build_label, build_last_day
from persistence.people import PERSON


def _index_person(column: str) -> Index:
    """Index the rows that name a person; imported and computed ones name none."""
    return tenant_index(column, postgresql_where=text(f"{column} IS NOT NULL"))


kpi_measurements = entity_table(
    "kpi_measurements",
    *columns_of(KpiMeasurement),
    parent_foreign_key("kpi_id", "kpis"),
    CheckConstraint("(value IS NOT NULL) = (state = 'measured')", name="value"),
    tenant_index(
        "kpi_id",
        "member_id",
        "period_ordinal",
        unique=True,
        postgresql_nulls_not_distinct=True,
    ),
    tenant_index(
        "kpi_id",
        "external_reference",
        unique=True,
        postgresql_where=text("external_reference IS NOT NULL"),
    ),
    tenant_index("kpi_id", "starts_on", "id"),
    _index_person("recorded_by_id"),
    prefix="kpivalue",
)

kpi_measurement_revisions = entity_table(
    "kpi_measurement_revisions",
    *columns_of(KpiMeasurementRevision),
    parent_foreign_key("kpi_id", "kpis"),
    tenant_index("measurement_id", "revision"),
    tenant_index("kpi_id", "replaced_at", "id"),
    tenant_index(
        "kpi_id",
        "external_reference",
        postgresql_where=text("external_reference IS NOT NULL"),
    ),
    _index_person("recorded_by_id"),
    _index_person("replaced_by_id"),
    prefix="kpirevision",
)

KPI_MEASUREMENT = register_part(KpiMeasurement, kpi_measurements, order=("starts_on",))
KPI_MEASUREMENT_REVISION = register_part(
    KpiMeasurementRevision, kpi_measurement_revisions, order=("-replaced_at",)
)

KPI_MEASUREMENT.belongs_to(
    KPI, foreign_key="kpi_id", one="kpi", many="measurements", inherits_visibility=True
)
KPI_MEASUREMENT_REVISION.belongs_to(
    KPI, foreign_key="kpi_id", one="kpi", many="measurement_revisions", inherits_visibility=True
)
KPI_MEASUREMENT.many(
    "revisions",
    KPI_MEASUREMENT_REVISION,
    lambda row, other, _: other.c.measurement_id == row.c.id,
    inherits_visibility=True,
)
KPI_MEASUREMENT_REVISION.one(
    "replaced_by", PERSON, lambda row, person, _: person.c.id == row.c.replaced_by_id
)
for model in (KPI_MEASUREMENT, KPI_MEASUREMENT_REVISION):
    model.one("recorded_by", PERSON, lambda row, person, _: person.c.id == row.c.recorded_by_id)
    model.value("period", build_label)
    model.value("ends_on", build_last_day)
