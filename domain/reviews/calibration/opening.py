"""The opening of a session: the decided reviews of its people become its rows."""

from collections.abc import Sequence
from uuid import UUID

from domain.kernel.errors import LimitExceeded, StateConflict
from domain.kernel.unit_of_work import Work
from domain.people import Person
from domain.reviews.calibration.attributes import Decision, Opening
from domain.reviews.calibration.axes import AXES, Axis, load_places
from domain.reviews.calibration.enums import CalibrationStatus
from domain.reviews.calibration.model import MAX_SUBJECTS, CalibrationSession
from domain.reviews.calibration.subjects import CalibrationSubject
from domain.reviews.cycles import ReviewCycle
from domain.reviews.cycles.facts import load_units
from domain.reviews.packets import UNSHARED_DECIDED, ReviewPacket

PACKET = ("id", "subject_id", "manager_id", "status", "scale_id", "level", "decided_at")


async def open_session(
    work: Work, id: UUID, *, expected_version: int | None = None
) -> CalibrationSession:
    """Open a session with a row for each decided review that was not shared.

    Reviews of facilitators, and those in another open session, are left out. Raises what `Work.get`
    raises, StateConflict where nothing is left, and LimitExceeded.
    """
    session = await work.get(
        CalibrationSession, id, to=CalibrationSession.OPEN, expected_version=expected_version
    )
    await work.lock_value("calibration_session.cycle_id", str(session.cycle_id))
    found = await _list_decisions(work, session)
    found = await _leave_out_compared(work, found)
    if not found:
        message = "No review of these people is decided and not shared. Decide the reviews first."
        raise StateConflict(message)
    if len(found) > MAX_SUBJECTS:
        message = f"A session has at most {MAX_SUBJECTS:,} reviews. Restrict it to some units."
        raise LimitExceeded(message, "id")
    session.open(at=work.now)
    (cycle,) = await work.load_all(ReviewCycle, [session.cycle_id])
    opening = Opening(cycle, session.scale_id, session.held_on, found)
    first, second = [await load_places(work, Axis.of(session, name), opening) for name in AXES]
    for each in found:
        await work.add(
            _build_row(session, each, first.get(each.packet_id), second.get(each.packet_id)),
            to=CalibrationSubject.ADD,
        )
    return session


def _build_row(
    session: CalibrationSession, decision: Decision, horizontal: int | None, vertical: int | None
) -> CalibrationSubject:
    row = CalibrationSubject(
        tenant_id=session.tenant_id,
        session_id=session.id,
        packet_id=decision.packet_id,
        scale_id=session.scale_id,
        person_id=decision.person_id,
        manager_id=decision.manager_id,
        organization_id=decision.organization_id,
        decided_at=decision.decided_at,
        original_level=decision.level,
        level=decision.level,
        horizontal_rating=horizontal,
        vertical_rating=vertical,
    )
    # What its access rules ask about.
    row.calibration_session = session  # type: ignore[misc]
    row.record_event("added")
    return row


async def _list_decisions(work: Work, session: CalibrationSession) -> list[Decision]:
    """Return the decisions about people who work in the session's units today.

    Who manages the cycle manages reviews in its unit and below, so of all of these people.
    """
    rows = await work.find_values(ReviewPacket, PACKET, cycle_id=[session.cycle_id])
    decided = [row for row in rows if row[3] in UNSHARED_DECIDED and row[5] is not None]
    people = [row[1] for row in decided if row[4] == session.scale_id]
    found = await work.find_values(Person, ("id", "organization_id"), id=people)
    units = {row[0]: row[1] for row in found}
    _, wanted = await load_units(work, session.organization_id, session.unit_ids)
    return [
        Decision(id, person_id, manager_id, level, decided_at, units.get(person_id))
        for id, person_id, manager_id, _, scale_id, level, decided_at in decided
        if scale_id == session.scale_id
        and person_id not in session.facilitator_ids
        and (wanted is None or units.get(person_id) in wanted)
    ]


async def _leave_out_compared(work: Work, found: Sequence[Decision]) -> list[Decision]:
    """Return the decisions that no open session compares."""
    keys = [each.packet_id for each in found]
    rows = await work.find_values(CalibrationSubject, ("packet_id", "session_id"), packet_id=keys)
    ids = sorted({session_id for _, session_id in rows})
    states = await work.find_values(CalibrationSession, ("id", "status"), id=ids)
    opened = {id for id, status in states if status == CalibrationStatus.OPEN}
    taken = {packet_id for packet_id, session_id in rows if session_id in opened}
    return [each for each in found if each.packet_id not in taken]
