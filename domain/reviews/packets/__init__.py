"""Packets: everything about one person's review in one period."""

from domain.reviews.packets.model import ReviewPacket
from domain.reviews.packets.statuses import (
    UNSHARED,
    UNSHARED_DECIDED,
    ReviewPacketStatus,
    ReviewRelease,
)

__all__ = ["UNSHARED", "UNSHARED_DECIDED", "ReviewPacket", "ReviewPacketStatus", "ReviewRelease"]
