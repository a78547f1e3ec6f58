"""Calibration sessions: tables, mapping and read models."""

from sqlalchemy import Column, Table, Uuid, and_, or_

from domain.reviews import CalibrationSession, CalibrationSubject
from domain.reviews.calibration import CalibrationAdjustment, CalibrationStatus, policy
from domain.reviews.cycles import ReviewCycleStatus
from persistence.access.rules_to_sql import compile_rule
from persistence.concept import register_concept, register_part
from persistence.followed_changes import follow_changes
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    aggregate_table,
    entity_table,
    link_table,
    parent_foreign_key,
    register_link_collection,
    shared_alias,
    tenant_foreign_key,
    tenant_index,
)
from persistence.kernel.sql_literals import literal_text
from persistence.organizations import ORGANIZATION
from persistence.people import PERSON
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import (
    RelationCondition,
    add_lookup,
    tenant_subquery,
    via_link_table,
)
from persistence.reviews.cycles import REVIEW_CYCLE
from persistence.reviews.packets import REVIEW_PACKET
from persistence.reviews.scales import RATING_LEVEL, RATING_SCALE

SCALES = ("scale", "horizontal_scale", "vertical_scale")

calibration_sessions = aggregate_table(
    "calibration_sessions",
    *columns_of(CalibrationSession),
    tenant_foreign_key("cycle_id", "review_cycles"),
    *(tenant_foreign_key(f"{each}_id", "rating_scales") for each in SCALES),
    *(tenant_index(f"{each}_id") for each in SCALES),
    tenant_index("held_on", "id"),
    tenant_index("name_sort_key", "id"),
    tenant_index("cycle_id", "held_on", "id"),
    tenant_index("organization_id"),
    prefix="calibrationsession",
)


def _link(name: str, target: str, table: str) -> None:
    """Create the table of a set of ids of sessions."""
    links = link_table(
        f"calibration_session_{name}",
        Column("session_id", Uuid, nullable=False),
        Column(target, Uuid, nullable=False),
        parent_foreign_key("session_id", "calibration_sessions"),
        tenant_foreign_key(target, table),
        tenant_index(target, "session_id"),
        key=("session_id", target),
    )
    register_link_collection(
        calibration_sessions,
        f"{name[:-1]}_ids",
        links,
        owner_column="session_id",
        target_column=target,
    )
    LINKS[name] = links, target


LINKS: dict[str, tuple[Table, str]] = {}
_link("units", "organization_id", "organizations")
_link("facilitators", "person_id", "people")
_link("members", "person_id", "people")

calibration_subjects = aggregate_table(
    "calibration_subjects",
    *columns_of(CalibrationSubject),
    parent_foreign_key("session_id", "calibration_sessions"),
    tenant_foreign_key("packet_id", "review_packets"),
    tenant_foreign_key("scale_id", "rating_scales"),
    tenant_index("scale_id"),
    tenant_index("session_id", "discussion_key", "id"),
    tenant_index("session_id", "packet_id", unique=True),
    tenant_index("packet_id"),
    tenant_index("person_id"),
    tenant_index("manager_id"),
    tenant_index("organization_id"),
    prefix="calibrationsubject",
)

calibration_adjustments = entity_table(
    "calibration_adjustments",
    *columns_of(CalibrationAdjustment),
    parent_foreign_key("session_id", "calibration_sessions"),
    parent_foreign_key("row_id", "calibration_subjects"),
    tenant_index("session_id", "position", "id"),
    tenant_index("row_id", "position", "id"),
    tenant_index("person_id"),
    tenant_index("adjusted_by_id"),
    prefix="calibrationadjustment",
)

CALIBRATION_SESSION = register_concept(
    CalibrationSession, calibration_sessions, order=("-held_on",), affects_access=False
)
CALIBRATION_SUBJECT = register_concept(
    CalibrationSubject,
    calibration_subjects,
    order=("discussion_key",),
    affects_access=False,
    is_listed=False,
)
CALIBRATION_ADJUSTMENT = register_part(
    CalibrationAdjustment, calibration_adjustments, order=("position",)
)


def _match_person(column: str) -> RelationCondition:
    return lambda row, person, _: person.c.id == row.c[column]


def _match_level(column: str) -> RelationCondition:
    """Return the relation to the level at a place on the scale of the session."""

    def build_condition(row: Row, level: Row, context: FieldContext) -> Sql:
        session = shared_alias(calibration_sessions)
        of_session = tenant_subquery(
            context, session, session.c.scale_id, session.c.id == row.c.session_id
        )
        return and_(
            level.c.scale_id == of_session.scalar_subquery(), level.c.position == row.c[column]
        )

    return build_condition


CALIBRATION_SESSION.belongs_to(
    REVIEW_CYCLE, foreign_key="cycle_id", one="cycle", many="calibration_sessions"
)
CALIBRATION_SESSION.one(
    "organization", ORGANIZATION, lambda row, unit, _: unit.c.id == row.c.organization_id
)
for each in SCALES:
    CALIBRATION_SESSION.one(
        each,
        RATING_SCALE,
        lambda row, scale, _, column=f"{each}_id": scale.c.id == row.c[column],  # type: ignore[misc]
    )
for each, model in (("units", ORGANIZATION), ("facilitators", PERSON), ("members", PERSON)):
    table, target = LINKS[each]
    CALIBRATION_SESSION.many(each, model, via_link_table(table, "session_id", target))
add_lookup("calibration_session", CALIBRATION_SESSION)


def sees_rows(session: Row, row: Row, context: FieldContext) -> Sql:
    """Match the rows of a visible session that the viewer sees: never the one about themselves."""
    return and_(
        row.c.session_id == session.c.id,
        compile_rule(policy.ABOUT_ANOTHER, context.facts, row),
        compile_rule(policy.SEE_SUBJECTS, context.facts, session),
    )


CALIBRATION_SESSION.list_of("subjects", CALIBRATION_SUBJECT, sees_rows)
CALIBRATION_SESSION.many("adjustments", CALIBRATION_ADJUSTMENT, sees_rows, inherits_visibility=True)
CALIBRATION_SUBJECT.one(
    "session", CALIBRATION_SESSION, lambda row, session, _: session.c.id == row.c.session_id
)
GUARDED = (
    ("person", PERSON, "person_id"),
    ("manager", PERSON, "manager_id"),
    ("organization", ORGANIZATION, "organization_id"),
    ("packet", REVIEW_PACKET, "packet_id"),
)
for name, model, column in GUARDED:
    CALIBRATION_SUBJECT.one(
        name,
        model,
        _match_person(column),
        see=policy.SEE_NAME,
        key=lambda row, _, column=column: row.c[column],  # type: ignore[misc]
    )
for name in ("level", "original_level"):
    CALIBRATION_SUBJECT.one(
        name,
        RATING_LEVEL,
        lambda row, level, _, column=name: and_(  # type: ignore[misc]
            level.c.scale_id == row.c.scale_id, level.c.position == row.c[column]
        ),
        inherits_visibility=True,
        is_shared=True,
    )
CALIBRATION_SUBJECT.list_of(
    "adjustments", CALIBRATION_ADJUSTMENT, lambda row, each, _: each.c.row_id == row.c.id
)
CALIBRATION_ADJUSTMENT.one(
    "subject",
    CALIBRATION_SUBJECT,
    lambda row, subject, _: subject.c.id == row.c.row_id,
)
for name in ("before", "after"):
    CALIBRATION_ADJUSTMENT.one(name, RATING_LEVEL, _match_level(name), inherits_visibility=True)
CALIBRATION_ADJUSTMENT.one("adjusted_by", PERSON, _match_person("adjusted_by_id"))
follow_changes(
    CALIBRATION_SESSION,
    CALIBRATION_SUBJECT,
    calibration_subjects,
    source_column="id",
    follower_column="session_id",
)


def _cannot_adjust(row: Row, context: FieldContext) -> Sql:
    """Match rows of one's own reports, and those of sessions that are not open."""
    session = shared_alias(calibration_sessions)
    is_open = tenant_subquery(
        context,
        session,
        session.c.status == literal_text(CalibrationStatus.OPEN),
        session.c.id == row.c.session_id,
    )
    return or_(compile_rule(policy.ABSTAIN.rule, context.facts, row), ~is_open.scalar_subquery())


CALIBRATION_SUBJECT.blocker("adjust", _cannot_adjust)


def _has_nothing_to_compare(cycle: Row, _: FieldContext) -> Sql:
    """Match cycles that were not launched, and those without a scale for the level."""
    states = (ReviewCycleStatus.RUNNING, ReviewCycleStatus.CLOSED)
    is_started = cycle.c.status.in_([literal_text(each) for each in states])
    return or_(~is_started, cycle.c.scale_id.is_(None))


REVIEW_CYCLE.blocker("create_calibration_session", _has_nothing_to_compare)
