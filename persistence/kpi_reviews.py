"""KPI reviews: tables, mapping and read models."""

from collections.abc import Callable

from sqlalchemy import Column, Uuid, and_, case, exists, not_, null, or_, type_coerce

from domain.kpi_reviews import KpiReview, KpiReviewDecision, KpiReviewEntry, KpiReviewSchedule
from domain.kpi_reviews.policy import SEE_KPI_OF_ENTRY
from domain.kpis import KpiTargetStatus
from domain.kpis.quality import REVIEW_DAYS, KpiQualityCode
from persistence.access.rules_to_sql import compile_rule
from persistence.concept import register_concept, register_part
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
from persistence.kpis import (
    KPI,
    KPI_MEASUREMENT_REVISION,
    kpi_measurement_revisions,
    kpi_measurements,
)
from persistence.kpis.measurements import is_suppressed
from persistence.kpis.quality import CHECKS
from persistence.people import PERSON
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import add_lookup, tenant_subquery, via_link_table
from persistence.scorecards import SCORECARD

kpi_review_schedules = aggregate_table(
    "kpi_review_schedules",
    *columns_of(KpiReviewSchedule),
    tenant_foreign_key("kpi_id", "kpis"),
    tenant_foreign_key("scorecard_id", "scorecards"),
    kind_check("subject", kpi="kpi_id", scorecard="scorecard_id"),
    tenant_index("starts_on", "id"),
    tenant_index("kpi_id", "starts_on", "id"),
    tenant_index("scorecard_id", "starts_on", "id"),
    tenant_index("owner_id", "starts_on", "id"),
    prefix="kpischedule",
)

kpi_review_participants = link_table(
    "kpi_review_participants",
    Column("schedule_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    parent_foreign_key("schedule_id", "kpi_review_schedules"),
    tenant_foreign_key("person_id", "people"),
    tenant_index("person_id", "schedule_id"),
    key=("schedule_id", "person_id"),
)
register_link_collection(
    kpi_review_schedules,
    "participant_ids",
    kpi_review_participants,
    owner_column="schedule_id",
    target_column="person_id",
)

kpi_reviews = aggregate_table(
    "kpi_reviews",
    *columns_of(KpiReview),
    parent_foreign_key("schedule_id", "kpi_review_schedules"),
    tenant_index("held_on", "id"),
    tenant_index("schedule_id", "held_on", "id"),
    tenant_index("held_by_id", "held_on", "id"),
    prefix="kpireview",
)

kpi_review_entries = entity_table(
    "kpi_review_entries",
    *columns_of(KpiReviewEntry),
    parent_foreign_key("review_id", "kpi_reviews"),
    tenant_foreign_key("kpi_id", "kpis"),
    tenant_index("review_id", "kpi_id", unique=True),
    tenant_index("kpi_id", "review_id"),
    prefix="kpireviewentry",
)

kpi_review_decisions = entity_table(
    "kpi_review_decisions",
    *columns_of(KpiReviewDecision),
    parent_foreign_key("review_id", "kpi_reviews"),
    tenant_index("review_id", "position", unique=True),
    prefix="kpidecision",
)

KPI_REVIEW_SCHEDULE = register_concept(
    KpiReviewSchedule, kpi_review_schedules, order=("starts_on",), affects_access=False
)
KPI_REVIEW = register_concept(
    KpiReview,
    kpi_reviews,
    order=("-held_on",),
    affects_access=False,
    decisions=map_children(
        KpiReviewDecision,
        kpi_review_decisions,
        parent_column="review_id",
        order_columns=("position",),
    ),
)
KPI_REVIEW_ENTRY = register_part(KpiReviewEntry, kpi_review_entries, order=("position",))
KPI_REVIEW_DECISION = register_part(KpiReviewDecision, kpi_review_decisions, order=("position",))

KPI_REVIEW_SCHEDULE.union(
    "subject",
    "subject_kind",
    {"kpi": (KPI, "kpi_id"), "scorecard": (SCORECARD, "scorecard_id")},
)
KPI_REVIEW_SCHEDULE.belongs_to(KPI, foreign_key="kpi_id", one="kpi", many="review_schedules")
KPI_REVIEW_SCHEDULE.belongs_to(
    SCORECARD, foreign_key="scorecard_id", one="scorecard", many="review_schedules"
)
KPI_REVIEW_SCHEDULE.one("owner", PERSON, lambda row, person, _: person.c.id == row.c.owner_id)
KPI_REVIEW_SCHEDULE.many(
    "participants", PERSON, via_link_table(kpi_review_participants, "schedule_id", "person_id")
)
KPI_REVIEW.belongs_to(
    KPI_REVIEW_SCHEDULE,
    foreign_key="schedule_id",
    one="schedule",
    many="reviews",
    inherits_visibility=True,
)
KPI_REVIEW.one("held_by", PERSON, lambda row, person, _: person.c.id == row.c.held_by_id)
KPI_REVIEW.list_of(
    "decisions", KPI_REVIEW_DECISION, lambda row, each, _: each.c.review_id == row.c.id
)
KPI_REVIEW_ENTRY.one("kpi", KPI, lambda row, kpi, _: kpi.c.id == row.c.kpi_id)


def _looked_at(revision: Row, review: Row, context: FieldContext) -> Sql:
    """Match the reviews that saw the value of a total while it had this revision."""
    entry = shared_alias(kpi_review_entries)
    seen = tenant_subquery(
        context,
        entry,
        literal_number(1),
        revision.c.member_id.is_(None),
        entry.c.kpi_id == revision.c.kpi_id,
        entry.c.period_ordinal == revision.c.period_ordinal,
        entry.c.revision == revision.c.revision,
        entry.c.review_id == review.c.id,
    )
    return exists(seen)


KPI_MEASUREMENT_REVISION.many("reviews", KPI_REVIEW, _looked_at)


def _match_entry(row: Row, entry: Row, context: FieldContext) -> Sql:
    """Match the entries of a visible review whose KPI is visible, too."""
    can_see_kpi = compile_rule(SEE_KPI_OF_ENTRY, context.facts, entry)
    return and_(entry.c.review_id == row.c.id, can_see_kpi)


def _was_restated(entry: Row, context: FieldContext) -> Sql:
    """Return whether the value of the period was replaced or withdrawn after the review."""
    found = shared_alias(kpi_measurements)
    unchanged = tenant_subquery(
        context,
        found,
        literal_number(1),
        found.c.kpi_id == entry.c.kpi_id,
        found.c.member_id.is_(None),
        found.c.period_ordinal == entry.c.period_ordinal,
        found.c.revision == entry.c.revision,
    )
    return and_(entry.c.revision.is_not(None), not_(exists(unchanged)))


def _is_withheld(entry: Row, context: FieldContext) -> Sql:
    """Return whether one of the values that were looked at is not shown any more.

    These are the values of the periods that were compared, also where they were replaced later.
    """

    def select_suppressed(found: Row, *conditions: Sql) -> Sql:
        selected = tenant_subquery(
            context,
            found,
            literal_number(1),
            found.c.kpi_id == entry.c.kpi_id,
            found.c.member_id.is_(None),
            found.c.starts_on.between(entry.c.compared_from, entry.c.starts_on),
            is_suppressed(found),
            *conditions,
        )
        return exists(selected)

    review, replaced = shared_alias(kpi_reviews), shared_alias(kpi_measurement_revisions)
    held_at = tenant_subquery(
        context, review, review.c.created_at, review.c.id == entry.c.review_id
    ).scalar_subquery()
    return or_(
        select_suppressed(shared_alias(kpi_measurements)),
        select_suppressed(replaced, replaced.c.replaced_at >= held_at),
    )


def _show_unless_withheld(name: str) -> Callable[[Row, FieldContext], Sql]:
    return lambda row, context: case((_is_withheld(row, context), null()), else_=row.c[name])


def _show_status(row: Row, context: FieldContext) -> Sql:
    suppressed = literal_text(KpiTargetStatus.SUPPRESSED)
    shown = case((_is_withheld(row, context), suppressed), else_=row.c.status)
    return type_coerce(shown, row.c.status.type)


KPI_REVIEW.list_of("entries", KPI_REVIEW_ENTRY, _match_entry)
KPI_REVIEW_ENTRY.value("is_restated", _was_restated)
KPI_REVIEW_ENTRY.value("status", _show_status)
for name in ("value", "compared_value"):
    KPI_REVIEW_ENTRY.value(name, _show_unless_withheld(name))


def _is_reviewed(kpi: Row, context: FieldContext) -> Sql:
    """Return whether a visible review looked at a KPI in its last two periods."""
    entry, review = kpi_review_entries.alias(), kpi_reviews.alias()
    days = case(
        *((kpi.c.frequency == literal_text(name), literal_number(days)) for name, days in REVIEWS),
        else_=literal_number(0),
    )
    tenant = context.facts.tenant()
    found = tenant_subquery(
        context, entry, literal_number(1), entry.c.kpi_id == kpi.c.id, review.c.tenant_id == tenant
    ).where(
        review.c.id == entry.c.review_id,
        review.c.held_on >= context.facts.today() - days,
        compile_rule(KPI_REVIEW.see, context.facts, review),
    )
    return exists(found.correlate_except(entry, review))


REVIEWS = tuple(REVIEW_DAYS.items())
CHECKS[KpiQualityCode.REVIEWED] = _is_reviewed

add_lookup("kpi_review", KPI_REVIEW)
add_lookup("kpi_review_schedule", KPI_REVIEW_SCHEDULE)
