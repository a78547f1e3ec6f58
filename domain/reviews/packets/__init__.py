"""Packets: everything about one person's review in one period."""

from domain.reviews.packets.model import ReviewPacket, ReviewPacketStatus, ReviewRelease

__all__ = ["ReviewPacket", "ReviewPacketStatus", "ReviewRelease"]
