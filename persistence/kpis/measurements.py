"""Measurements of KPIs and the values that they replaced: tables, mapping and read models."""

from collections.abc import Callable

from sqlalchemy import CheckConstraint, Date, Index, Integer, and_, case, exists, null, or_, text

from domain.goals import KeyResultBasis
from domain.kpis.measurements import (
    KpiMeasurement,
    KpiMeasurementRevision,
    KpiMeasurementState,
)
from persistence.concept import register_part
from persistence.goals import KEY_RESULT, goals
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    entity_table,
    parent_foreign_key,
    shared_alias,
    tenant_foreign_key,
    tenant_index,
)
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.kpis import calendar
from persistence.kpis.definitions import KPI, KPI_TARGET, kpis
from persistence.kpis.dimensions import KPI_MEMBER
from persistence.people import PERSON
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import tenant_subquery


def _index_where_set(column: str) -> Index:
    """Index the rows with a value: totals name no member, imported and computed ones no person."""
    return tenant_index(column, postgresql_where=text(f"{column} IS NOT NULL"))


kpi_measurements = entity_table(
    "kpi_measurements",
    *columns_of(KpiMeasurement),
    parent_foreign_key("kpi_id", "kpis"),
    tenant_foreign_key("member_id", "kpi_dimension_members"),
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
    _index_where_set("member_id"),
    _index_where_set("recorded_by_id"),
    prefix="kpivalue",
)

kpi_measurement_revisions = entity_table(
    "kpi_measurement_revisions",
    *columns_of(KpiMeasurementRevision),
    parent_foreign_key("kpi_id", "kpis"),
    tenant_foreign_key("member_id", "kpi_dimension_members"),
    tenant_index("measurement_id", "revision"),
    tenant_index("kpi_id", "replaced_at", "id"),
    tenant_index(
        "kpi_id",
        "external_reference",
        postgresql_where=text("external_reference IS NOT NULL"),
    ),
    _index_where_set("member_id"),
    _index_where_set("recorded_by_id"),
    _index_where_set("replaced_by_id"),
    prefix="kpirevision",
)

KPI_MEASUREMENT = register_part(KpiMeasurement, kpi_measurements, order=("starts_on",))
KPI_MEASUREMENT_REVISION = register_part(
    KpiMeasurementRevision, kpi_measurement_revisions, order=("-replaced_at",)
)

PARTS = {
    "targets": KPI_TARGET,
    "measurements": KPI_MEASUREMENT,
    "measurement_revisions": KPI_MEASUREMENT_REVISION,
}
"""What is about the total is listed by the KPI, what is about a slice by its member."""

for name, part in PARTS.items():
    part.one("kpi", KPI, lambda row, kpi, _: kpi.c.id == row.c.kpi_id, inherits_visibility=True)
    part.one(
        "member",
        KPI_MEMBER,
        lambda row, member, _: member.c.id == row.c.member_id,
        inherits_visibility=True,
    )
    KPI.many(
        name,
        part,
        lambda row, each, _: and_(each.c.kpi_id == row.c.id, each.c.member_id.is_(None)),
        inherits_visibility=True,
    )
    KPI_MEMBER.many(
        name,
        part,
        lambda row, each, _: and_(each.c.kpi_id == row.c.kpi_id, each.c.member_id == row.c.id),
        inherits_visibility=True,
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


def has_value(row: Row) -> Sql:
    """Return whether a period is measured, also where the value is not shown."""
    return or_(row.c.value.is_not(None), is_suppressed(row))


def is_suppressed(row: Row) -> Sql:
    """Return whether the value of a row is about few people, so that nobody reads it."""
    return row.c.state == literal_text(KpiMeasurementState.SUPPRESSED)


def _show_unless_suppressed(name: str) -> Callable[[Row, FieldContext], Sql]:
    """Return a text that may tell the value, so it is null where that is suppressed."""
    return lambda row, _: case((is_suppressed(row), null()), else_=row.c[name])


def _build_label(kpi: Row, row: Row, settings: Row) -> Sql:
    return calendar.build_label(kpi.c.frequency, row.c.period_ordinal, row.c.starts_on, settings)


def _build_last_day(kpi: Row, row: Row, settings: Row) -> Sql:
    following = SqlTemplate("({ordinal} + 1)", Integer(), ordinal=row.c.period_ordinal)
    end = calendar.build_start(kpi.c.frequency, following, settings)
    return SqlTemplate("({end} - 1)", Date(), end=end)


def _select_from_calendar(build: Callable[[Row, Row, Row], Sql]) -> Callable[..., Sql]:
    """Return a value of the period of a measurement. Its frequency is that of the KPI."""

    def select_value(row: Row, context: FieldContext) -> Sql:
        kpi, settings = shared_alias(kpis), calendar.select_settings(context).subquery()
        found = tenant_subquery(context, kpi, build(kpi, row, settings), kpi.c.id == row.c.kpi_id)
        return found.select_from(kpi, settings).scalar_subquery()

    return select_value


for model in (KPI_MEASUREMENT, KPI_MEASUREMENT_REVISION):
    model.one("recorded_by", PERSON, lambda row, person, _: person.c.id == row.c.recorded_by_id)
    model.value("period", _select_from_calendar(_build_label))
    model.value("ends_on", _select_from_calendar(_build_last_day))
    model.value("comment", _show_unless_suppressed("comment"))
KPI_MEASUREMENT_REVISION.value("reason", _show_unless_suppressed("reason"))


def _is_counted_by(revision: Row, key_result: Row, context: FieldContext) -> Sql:
    """Match the key results that follow the KPI, and whose goal counts the period.

    A goal counts what ends in its time; a sum counts what lies in it as a whole.
    """
    goal, last_day = shared_alias(goals), _select_from_calendar(_build_last_day)(revision, context)
    is_sum = key_result.c.kpi_basis == literal_text(KeyResultBasis.SUM)
    runs = tenant_subquery(
        context,
        goal,
        literal_number(1),
        goal.c.id == key_result.c.goal_id,
        goal.c.starts_on <= case((is_sum, revision.c.starts_on), else_=last_day),
        goal.c.due_on >= last_day,
    )
    return and_(
        revision.c.member_id.is_(None), key_result.c.kpi_id == revision.c.kpi_id, exists(runs)
    )


KPI_MEASUREMENT_REVISION.many("key_results", KEY_RESULT, _is_counted_by)
