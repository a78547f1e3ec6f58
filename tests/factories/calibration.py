"""Calibration sessions for tests."""

from datetime import date

from domain.kernel.identity import OrganizationId, PersonId
from domain.people import Person
from domain.reviews import CalibrationSession, CalibrationSubject, ReviewCycle, ReviewPacket
from domain.reviews.calibration import CalibrationAdjustment, CalibrationStatus
from tests.factories.actors import NOW


def a_session(
    cycle: ReviewCycle,
    facilitators: list[Person],
    members: list[Person],
    status: CalibrationStatus = CalibrationStatus.DRAFT,
    *,
    names_are_shown: bool = False,
    name: str = "Half year of Operations",
) -> CalibrationSession:
    """Build a session of a cycle with a scale, in this status."""
    place = {"cycle_id": cycle.id, "organization_id": cycle.organization_id}
    scales = ("scale_id", "horizontal_scale_id", "vertical_scale_id")
    session = CalibrationSession.create(
        cycle.tenant_id,
        place | dict.fromkeys(scales, cycle.scale_id),
        name=name,
        held_on=date(2026, 9, 1),
        guidance=(20, 60, 20),
        facilitator_ids={PersonId(each.id) for each in facilitators},
        member_ids={PersonId(each.id) for each in members},
    )
    session.status, session.names_are_shown = status, names_are_shown
    session.opened_at = NOW if status is not CalibrationStatus.DRAFT else None
    session.events.clear()
    return session


def a_row(session: CalibrationSession, packet: ReviewPacket, person: Person) -> CalibrationSubject:
    """Build the row of a decided packet of this person."""
    assert packet.level is not None
    assert packet.decided_at is not None
    unit = person.organization_id
    return CalibrationSubject(
        tenant_id=session.tenant_id,
        session_id=session.id,
        packet_id=packet.id,
        scale_id=session.scale_id,
        person_id=packet.subject_id,
        manager_id=packet.manager_id,
        organization_id=OrganizationId(unit) if unit else None,
        decided_at=packet.decided_at,
        original_level=packet.level,
        level=packet.level,
    )


def an_adjustment(row: CalibrationSubject, by: Person) -> CalibrationAdjustment:
    """Build a change of a row that did not last."""
    return CalibrationAdjustment(
        tenant_id=row.tenant_id,
        session_id=row.session_id,
        row_id=row.id,
        person_id=row.person_id,
        position=1,
        before=row.level,
        after=row.level - 1,
        reason="Two goals were missed.",
        adjusted_by_id=PersonId(by.id),
        adjusted_at=NOW,
    )
