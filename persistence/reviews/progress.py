"""How far a running cycle is: its steps in numbers, for all and by unit, and what is overdue.

Only forms and packets count that the viewer sees. HR sees none of their own, so no number tells
them who has written about them.
"""

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    func,
    not_,
    select,
    type_coerce,
    union_all,
)

from domain.reviews.cycles.enums import PHASE_OF_DIRECTION, ReviewPhaseKind
from domain.reviews.packets import UNSHARED, UNSHARED_DECIDED, ReviewPacketStatus
from domain.reviews.writing import ReviewStatus
from domain.reviews.writing.model import OPEN
from persistence.access.rules_to_sql import compile_rule
from persistence.access.units import build_unit
from persistence.kernel.schema.tables import EnumText, metadata, shared_alias
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.organizations import ORGANIZATION
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reading.relations import tenant_subquery
from persistence.reviews.cycles import REVIEW_CYCLE, REVIEW_CYCLE_PROGRESS
from persistence.reviews.due_days import is_day_over
from persistence.reviews.packets import REVIEW, REVIEW_PACKET, review_packets, reviews

MAX_UNIT_STEPS = 500
"""The rows of the list by unit; those with the most that is overdue come first."""

SIGNED = (ReviewPacketStatus.ACKNOWLEDGED, ReviewPacketStatus.REFUSED_TO_SIGN)
POSITIONS = {kind: position for position, kind in enumerate(ReviewPhaseKind)}

STEP = ReadModel("ReviewCycleStep", None)
UNIT_STEP = ReadModel("ReviewCycleUnitStep", None)


def _has_status(row: Row, *statuses: ReviewStatus | ReviewPacketStatus) -> ColumnElement[bool]:
    return and_(row.c.status.in_([literal_text(each) for each in statuses]))


def _is_open_form_late(form: Row, context: FieldContext) -> Sql:
    """Return whether it is late where its writer is, or who writes in their place."""
    writer_id = func.coalesce(form.c.stand_in_id, form.c.writer_id)
    return and_(_has_status(form, *OPEN), is_day_over(form.c.due_on, writer_id, context))


def _is_packet_late(packet: Row, context: FieldContext) -> Sql:
    """Return whether it is late with being shared, or with being signed after that.

    The day is that of the manager who shares it, and then that of the person who signs it.
    """
    waits = _has_status(packet, *UNSHARED, ReviewPacketStatus.SHARED)
    is_shared = _has_status(packet, ReviewPacketStatus.SHARED)
    person_id = case((is_shared, packet.c.subject_id), else_=packet.c.manager_id)
    return and_(waits, is_day_over(packet.c.due_on, person_id, context))


REVIEW.value("is_overdue", _is_open_form_late)
REVIEW_PACKET.value("is_overdue", _is_packet_late)


def _match_form(cycle: Row, form: Row, context: FieldContext) -> Sql:
    packet = shared_alias(review_packets)
    of_cycle = packet.c.cycle_id == cycle.c.id
    return form.c.packet_id.in_(tenant_subquery(context, packet, packet.c.id, of_cycle))


REVIEW_CYCLE.many("reviews", REVIEW, _match_form)


def _number(condition: Sql) -> Sql:
    return case((condition, literal_number(1)), else_=literal_number(0))


def _select_forms(progress: Row, context: FieldContext) -> Select[tuple[object, ...]]:
    form, packet = reviews.alias(), review_packets.alias()
    position = case(
        *(
            (form.c.direction == literal_text(direction), literal_number(POSITIONS[kind]))
            for direction, kind in PHASE_OF_DIRECTION.items()
        )
    )
    return _select_items(
        context,
        form,
        position,
        _has_status(form, ReviewStatus.DRAFT),
        _has_status(form, ReviewStatus.SUBMITTED),
        _is_open_form_late(form, context),
    ).where(
        packet.c.tenant_id == context.facts.tenant(),
        packet.c.id == form.c.packet_id,
        packet.c.cycle_id == progress.c.cycle_id,
        not_(_has_status(form, ReviewStatus.CANCELLED, ReviewStatus.DECLINED)),
        compile_rule(REVIEW.see, context.facts, form),
    )


def _select_packets(
    progress: Row, context: FieldContext, kind: ReviewPhaseKind
) -> Select[tuple[object, ...]]:
    packet, statuses = review_packets.alias(), ReviewPacketStatus
    is_late = _is_packet_late(packet, context)
    if kind is ReviewPhaseKind.SHARING:
        has_begun = _has_status(packet, *UNSHARED_DECIDED)
        is_done = not_(_has_status(packet, *UNSHARED))
        is_late = and_(_has_status(packet, *UNSHARED), is_late)
    else:
        has_begun = _has_status(packet, statuses.SHARED, statuses.DISPUTED)
        is_done = _has_status(packet, *SIGNED)
        is_late = and_(_has_status(packet, statuses.SHARED), is_late)
    position = literal_number(POSITIONS[kind])
    return _select_items(context, packet, position, has_begun, is_done, is_late).where(
        packet.c.cycle_id == progress.c.cycle_id,
        not_(_has_status(packet, statuses.CANCELLED)),
        compile_rule(REVIEW_PACKET.see, context.facts, packet),
    )


def _select_items(
    context: FieldContext, row: Row, position: Sql, has_begun: Sql, is_done: Sql, is_late: Sql
) -> Select[tuple[object, ...]]:
    """Return a row for each form or packet, with the unit in which the person works today."""
    person = metadata.tables["people"].alias()
    return select(
        position.label("position"),
        build_unit(person, context.facts).label("unit_id"),
        _number(has_begun).label("started"),
        _number(is_done).label("done"),
        _number(is_late).label("overdue"),
    ).where(
        row.c.tenant_id == context.facts.tenant(),
        person.c.tenant_id == context.facts.tenant(),
        person.c.id == row.c.subject_id,
    )


def _sum_up(progress: Row, context: FieldContext, *keys: str) -> Select[tuple[object, ...]]:
    """Return the numbers of each step, or of each step in each unit."""
    items = union_all(
        _select_forms(progress, context),
        _select_packets(progress, context, ReviewPhaseKind.SHARING),
        _select_packets(progress, context, ReviewPhaseKind.SIGN_OFF),
    ).subquery()
    step = case(
        *(
            (items.c.position == literal_number(position), literal_text(kind))
            for kind, position in POSITIONS.items()
        )
    )
    sums = [func.sum(items.c[each]).label(each) for each in ("started", "done", "overdue")]
    by = [items.c[each] for each in ("position", *keys)]
    total = func.count().label("total")
    named = type_coerce(step, EnumText(ReviewPhaseKind)).label("step")
    return select(*by, named, total, *sums).group_by(*by)


def _build_steps(progress: Row, context: FieldContext) -> FromClause:
    return _sum_up(progress, context).subquery()


def _build_unit_steps(progress: Row, context: FieldContext) -> FromClause:
    found = _sum_up(progress, context, "unit_id").subquery()
    return (
        select(found)
        .order_by(found.c.overdue.desc(), found.c.unit_id, found.c.position)
        .limit(literal_number(MAX_UNIT_STEPS))
        .subquery()
    )


for model in (STEP, UNIT_STEP):
    for name in ("step", "total", "started", "done", "overdue"):
        model.value(name)
UNIT_STEP.one("organization", ORGANIZATION, lambda row, unit, _: unit.c.id == row.c.unit_id)
REVIEW_CYCLE_PROGRESS.computed_list("by_step", STEP, _build_steps, order="position")
REVIEW_CYCLE_PROGRESS.computed_list("by_unit", UNIT_STEP, _build_unit_steps)
