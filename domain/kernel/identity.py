"""Identifiers: a UUID type for each kind of object, ordered by time of creation."""

import os
import time
from collections.abc import Callable
from typing import NewType
from uuid import UUID

TenantId = NewType("TenantId", UUID)
PersonId = NewType("PersonId", UUID)
TeamId = NewType("TeamId", UUID)
OrganizationId = NewType("OrganizationId", UUID)
MemberId = NewType("MemberId", UUID)


_last_id = 0


def _create_uuid(value: bytes) -> UUID:
    return UUID(bytes=value)


_create_id: Callable[[bytes], UUID] = _create_uuid


def set_id_class(create: Callable[[bytes], UUID]) -> None:
    """Let new ids be of a class that equals UUID and is faster, such as that of a driver."""
    global _create_id  # noqa: PLW0603 - set once, at import
    _create_id = create


def generate_id() -> UUID:
    """Generate a UUID of version 7 (RFC 9562 §5.7): 48 bits of milliseconds, 74 random bits.

    In one process each is greater than the one before (RFC 9562 §6.2), so objects created in the
    same millisecond keep their order.
    """
    return _create_id(_generate_number().to_bytes(16))


def generate_id_text() -> str:
    """Generate the text of such a UUID, without the cost of the object."""
    digits = f"{_generate_number():032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _generate_number() -> int:
    global _last_id  # noqa: PLW0603 - keeps ids in order
    milliseconds = time.time_ns() // 1_000_000
    random_bits = int.from_bytes(os.urandom(10)) >> 6
    candidate = (
        (milliseconds & (1 << 48) - 1) << 80
        | 0x7 << 76
        | (random_bits >> 62) << 64
        | 0b10 << 62
        | random_bits & (1 << 62) - 1
    )
    _last_id = max(candidate, _last_id + 1)
    return _last_id
