"""Use cases of an open session: changing a level, and writing all of them back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Annotated
from uuid import UUID

from domain.kernel.errors import NotPermitted, Refusal, StateConflict, VersionConflict
from domain.kernel.faults import raise_faults
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.reviews.calibration import policy
from domain.reviews.calibration.enums import CalibrationStatus
from domain.reviews.calibration.figures import PERCENT, Leniency, compare, compute_leniency
from domain.reviews.calibration.model import CalibrationSession
from domain.reviews.calibration.quotas import find_broken_quotas
from domain.reviews.calibration.subjects import (
    REASON,
    CalibrationAdjustment,
    CalibrationSubject,
)
from domain.reviews.packets import UNSHARED_DECIDED, ReviewPacket, ReviewPacketStatus
from domain.reviews.packets.model import LEVEL
from domain.reviews.scales import RatingScale
from domain.reviews.writing.deciding import renew_approvals

MAX_FAULTS = 100
NOT_OPEN = "Only the levels of an open session can be changed."
ABSTAINS = (
    "You manage this person, so you abstain. Let another member or a facilitator change the level."
)


@dataclass(frozen=True)
class LockResult:
    """What a lock did, and the leniency of managers before and after the session."""

    changed_count: int
    unchanged_count: int
    left_out_count: int
    before: Leniency[PersonId] | None
    after: Leniency[PersonId] | None


async def adjust(
    work: Work,
    id: UUID,
    level: Annotated[int, LEVEL],
    reason: Annotated[str, REASON],
    before: Annotated[int | None, LEVEL] = None,
    *,
    expected_version: int | None = None,
) -> CalibrationSubject:
    """Change the level of a row, from the level `before`. The same level again changes nothing.

    Raises what `Work.get` raises, NotPermitted for one's own reports, StateConflict and Invalid,
    and VersionConflict where the row has another level than `before`.
    """
    row = await work.get(
        CalibrationSubject, id, to=CalibrationSubject.ADJUST, expected_version=expected_version
    )
    if await work.is_permitted(row, to=policy.ABSTAIN):
        raise NotPermitted(ABSTAINS)
    session = row.calibration_session
    assert session is not None, "A row has a session."
    if session.status is not CalibrationStatus.OPEN:
        raise StateConflict(NOT_OPEN)
    await work.lock([session])  # so that changes have one order, and none follows the lock
    if before is not None and row.level != before:
        message = f"The level is {row.level} now. Read the row again, and decide again."
        raise VersionConflict(message, "before")
    (scale,) = await work.load_all(RatingScale, [session.scale_id])
    position = await work.count(CalibrationAdjustment, session_id=session.id) + 1
    assert work.actor.person_id is not None, "Facilitators and members are people."
    made = row.adjust(level, reason, len(scale.levels), position, work.actor.person_id, at=work.now)
    if made is not None:
        work.write_records(added=[made])
    return row


async def lock(
    work: Work,
    id: UUID,
    *,
    leaves_out_changed: bool = False,
    expected_version: int | None = None,
) -> tuple[CalibrationSession, LockResult]:
    """Write all levels back, and end the session. Either all are written, or none.

    Reviews that were changed meanwhile are faults, or are left out. So is silently a row about the
    actor, which a merge of two people can make. Raises what `Work.get` raises, and StateConflict.
    """
    session = await work.get(
        CalibrationSession, id, to=CalibrationSession.LOCK, expected_version=expected_version
    )
    await work.lock([session])
    rows = await _load_rows(work, session)
    ids = [each.packet_id for each in rows]
    packets = {each.id: each for each in await work.load_all(ReviewPacket, ids, locks=True)}
    changed = dict(_find_changes(rows, packets))
    if changed and not leaves_out_changed:
        raise_faults([*changed.values()][:MAX_FAULTS])
    kept = [each for index, each in enumerate(rows) if index not in changed]
    (scale,) = await work.load_all(RatingScale, [session.scale_id])
    raise_faults([*_find_gaps(session, kept, scale), *_find_broken_quotas(session, kept, scale)])
    session.lock(at=work.now)
    adjusted = [each for each in kept if packets[each.packet_id].calibrate(each.level, session.id)]
    await renew_approvals(work, [packets[each.packet_id] for each in adjusted])
    for index in changed:
        rows[index].leave_out()
    before, after = _compare_managers(kept, [Fraction(each.value) for each in scale.levels])
    unchanged_count = len(kept) - len(adjusted)
    return session, LockResult(len(adjusted), unchanged_count, len(changed), before, after)


async def _load_rows(work: Work, session: CalibrationSession) -> list[CalibrationSubject]:
    """Return the rows about others in the order of discussion."""
    rows = await work.find_all(CalibrationSubject, session_id=[session.id])
    found = [each for each in rows if each.person_id != work.actor.person_id]
    return sorted(found, key=lambda each: each.discussion_key)


def _find_changes(
    rows: Sequence[CalibrationSubject], packets: Mapping[UUID, ReviewPacket]
) -> Iterator[tuple[int, Refusal]]:
    """Yield the rows whose packet is not as it was when the session was opened."""
    for index, each in enumerate(rows):
        packet = packets[each.packet_id]
        if packet.status is ReviewPacketStatus.CANCELLED:
            what = "was cancelled"
        elif packet.is_released:
            what = "was shared"
        elif packet.status not in UNSHARED_DECIDED or (packet.level, packet.decided_at) != (
            each.original_level,
            each.decided_at,
        ):
            what = "was decided again, or is written again"
        else:
            continue
        message = f"This review {what} since the opening. Lock with leavesOutChanged, or cancel."
        yield index, StateConflict(message, "subjects", index)


def _find_gaps(
    session: CalibrationSession, rows: Sequence[CalibrationSubject], scale: RatingScale
) -> Iterator[Refusal]:
    """Yield that the largest gap is larger than the session allows."""
    counts = [0] * len(scale.levels)
    for each in rows:
        counts[each.level - 1] += 1
    gap = compare(counts, session.guidance).largest_gap
    if session.max_gap is not None and gap is not None and abs(gap) * PERCENT > session.max_gap:
        yield StateConflict(
            f"The share of a level is {ceil(abs(gap) * PERCENT)} points from its guidance, and"
            f" {session.max_gap} are allowed. Adjust levels, or cancel the session."
        )


def _find_broken_quotas(
    session: CalibrationSession, rows: Sequence[CalibrationSubject], scale: RatingScale
) -> Iterator[Refusal]:
    """Yield each binding quota that is broken, at the place of its percentage."""
    if not session.quotas_are_binding:
        return
    labels = {each.position: each.label for each in scale.levels}
    for each in find_broken_quotas(session, rows):
        yield StateConflict(
            f"Of {each.size} rows of a {session.quota_group.value}, {each.found} have the level"
            f" {labels[each.level]} or a higher one. {each.limit} are allowed:"
            f" {each.percent} percent, rounded {session.quota_rounding.value}. Adjust levels, or"
            " cancel the session.",
            *("quotas", each.level - 1),
        )


def _compare_managers(
    rows: Sequence[CalibrationSubject], values: Sequence[Fraction]
) -> tuple[Leniency[PersonId] | None, Leniency[PersonId] | None]:
    """Return the leniency of managers before the session and after it; None without any row."""
    if not rows:
        return None, None
    before = _group(rows, [values[each.original_level - 1] for each in rows])
    after = _group(rows, [values[each.level - 1] for each in rows])
    return compute_leniency(before), compute_leniency(after)


def _group(
    rows: Sequence[CalibrationSubject], values: Sequence[Fraction]
) -> dict[PersonId, list[Fraction]]:
    """Return the values of each manager."""
    found = dict[PersonId, list[Fraction]]()
    for each, value in zip(rows, values, strict=True):
        found.setdefault(each.manager_id, []).append(value)
    return found
