"""Giving a review more time: a longer period, a later due day, and later days of its forms."""

from datetime import date
from typing import Annotated
from uuid import UUID

from domain.kernel.unit_of_work import Work
from domain.reviews.packets.model import SHORT_REASON, ReviewPacket
from domain.reviews.writing.model import Review


async def extend(
    work: Work,
    id: UUID,
    due_on: date,
    reason: Annotated[str, SHORT_REASON],
    last_day: date | None = None,
    *,
    expected_version: int | None = None,
) -> ReviewPacket:
    """Move the due day of a packet. Those of its open forms move by as many days.

    Raises what `Work.get` raises, and Invalid with all faults.
    """
    packet = await work.get(
        ReviewPacket, id, to=ReviewPacket.EXTEND, expected_version=expected_version
    )
    delay = due_on - packet.due_on
    packet.extend(due_on, last_day or packet.last_day, reason)
    for each in await work.find_all(Review, packet_id=[packet.id]):
        each.extend(delay)
    return packet
