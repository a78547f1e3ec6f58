"""Cursors of the feed: where a reader was and with which rights, sealed for it.

    changes_<nonce><filter><eight encrypted numbers><signature>

The parts are hexadecimal. The numbers are encrypted, because those of entries that the reader may
not see would tell when, and how often, something was changed. The key stream is SHA-256 of a
derived key, the nonce and a counter; a nonce is used once. The signature is that of cursors of
lists. PostgreSQL seals, so that a page stays one statement, and Python opens.
"""

import hashlib
import hmac
import secrets
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, Text, cast, func, literal_column

from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import TenantId
from persistence.change_cursors import PREFIX as EVENT_PREFIX
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.kernel.wire_format import extract_uuid
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import Sql
from persistence.reading.selection import Field, ReadRequest

PREFIX = "changes"
NUMBERS = 8
NONCE_DIGITS, FILTER_DIGITS, SIGNATURE_DIGITS = 32, 8, 24
BODY_DIGITS = NONCE_DIGITS + FILTER_DIGITS + 16 * NUMBERS
CURSOR_LENGTH = len(PREFIX) + 1 + BODY_DIGITS + SIGNATURE_DIGITS

FIRST_DAY = date(2000, 1, 1)
"""Days are numbered from this one."""

END_OF_DAY = 1 << 62
"""Greater than the number of any entry: all that takes effect on the day has been told."""


@dataclass(frozen=True)
class FeedPosition:
    """What a cursor holds.

    `entry_id` is the last entry that was read. Of what was entered up to it, everything has been
    told that takes effect up to `due_on`, and on this day up to the entry `due_number`. `grants`,
    `scope` and `rights_number` say which rights the reader had on the day `scope_on`.
    """

    entry_id: UUID
    due_on: date
    due_number: int
    grants: int
    scope: int
    rights_number: int
    scope_on: date

    @classmethod
    def from_numbers(cls, numbers: Sequence[int]) -> "FeedPosition":
        """Return the position that these numbers mean."""
        high, low, due_day, due_number, grants, scope, rights, scope_day = numbers
        return cls(
            UUID(bytes=struct.pack(">qq", high, low)),
            FIRST_DAY + timedelta(days=due_day),
            due_number,
            grants,
            scope,
            rights,
            FIRST_DAY + timedelta(days=scope_day),
        )


def compute_filter_digest(types: Sequence[str] | None) -> str:
    """Return the digits of a cursor that name the filter of its feed."""
    text = "*" if types is None else ",".join(sorted(types))
    return hashlib.sha256(text.encode()).hexdigest()[:FILTER_DIGITS]


def open_cursor(
    cursor: str, secret: str, tenant_id: TenantId, filter_digest: str | None
) -> FeedPosition:
    """Return what a cursor holds. Without a digest, a cursor of any filter is accepted.

    Raises Invalid (CURSOR_INVALID).
    """
    prefix, _, digits = cursor.partition("_")
    body, signature = digits[:BODY_DIGITS], digits[BODY_DIGITS:]
    expected = _sign(body, secret, tenant_id)
    is_authentic = hmac.compare_digest(expected.encode(), signature.encode(errors="replace"))
    if prefix != PREFIX or not is_authentic:
        message = "This cursor is not known here. Take a new one from `changesSnapshot`."
        raise Invalid(message, "after", code=Code.CURSOR_INVALID)
    nonce, told_filter = body[:NONCE_DIGITS], body[NONCE_DIGITS:][:FILTER_DIGITS]
    if filter_digest not in (None, told_filter):
        message = (
            "This cursor belongs to other `types`. Use those that it was made with, or take a new"
            " cursor from `changesSnapshot`."
        )
        raise Invalid(message, "after", code=Code.CURSOR_INVALID)
    sealed = bytes.fromhex(body[NONCE_DIGITS + FILTER_DIGITS :])
    opened = _apply_stream(sealed, nonce, secret, tenant_id)
    return FeedPosition.from_numbers(struct.unpack(f">{NUMBERS}q", opened))


def seal_position(
    position: FeedPosition, secret: str, tenant_id: TenantId, types: Sequence[str] | None
) -> str:
    """Return the cursor of a position, as PostgreSQL seals it."""
    high, low = struct.unpack(">qq", position.entry_id.bytes)
    numbers = (
        *(high, low, (position.due_on - FIRST_DAY).days, position.due_number),
        *(position.grants, position.scope, position.rights_number),
        (position.scope_on - FIRST_DAY).days,
    )
    nonce = secrets.token_hex(NONCE_DIGITS // 2)
    sealed = _apply_stream(struct.pack(f">{NUMBERS}q", *numbers), nonce, secret, tenant_id)
    body = nonce + compute_filter_digest(types) + sealed.hex()
    return f"{PREFIX}_{body}{_sign(body, secret, tenant_id)}"


def _sign(body: str, secret: str, tenant_id: TenantId) -> str:
    signed = _derive_key(secret, tenant_id, "seal") + body.encode(errors="replace")
    return hashlib.sha256(signed).hexdigest()[:SIGNATURE_DIGITS]


def _apply_stream(numbers: bytes, nonce: str, secret: str, tenant_id: TenantId) -> bytes:
    """Encrypt or decrypt the numbers of a cursor."""
    key = _derive_key(secret, tenant_id, "stream") + bytes.fromhex(nonce)
    stream = b"".join(hashlib.sha256(key + bytes([n])).digest() for n in range(2))
    return bytes(a ^ b for a, b in zip(numbers, stream, strict=True))


def find_entry_id(cursor: str, secret: str, tenant_id: TenantId) -> UUID | None:
    """Return the entry that a cursor names: of the feed, of an event or of a query.

    Raises Invalid (CURSOR_INVALID) for a cursor of the feed that was made elsewhere.
    """
    if cursor.startswith(f"{PREFIX}_"):
        return open_cursor(cursor, secret, tenant_id, None).entry_id
    return extract_uuid(cursor, EVENT_PREFIX)


def _derive_key(secret: str, tenant_id: TenantId, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), f"{PREFIX}:{tenant_id}:{purpose}".encode(), "sha256")


@dataclass(frozen=True)
class CursorKey:
    """A key of the tenant's cursors: of the `stream` that encrypts, or of the `seal`."""

    purpose: str

    def __call__(self, request: ReadRequest) -> bytes:
        """Return 32 bytes."""
        return _derive_key(request.secret, request.actor.tenant_id, self.purpose)


@dataclass(frozen=True)
class PositionPart:
    """A part of the position in the cursor `after` of a field with these types."""

    field: Field
    types: tuple[str, ...] | None
    name: str

    def __call__(self, request: ReadRequest) -> Any:
        """Return the part. Raises Invalid (CURSOR_INVALID)."""
        cursor, digest = (
            str(self.field.arguments(request)["after"]),
            compute_filter_digest(self.types),
        )
        position = open_cursor(cursor, request.secret, request.actor.tenant_id, digest)
        return getattr(position, self.name)


_NONCE = "encode(uuid_send(gen_random_uuid()), 'hex')"


def build_nonce() -> Sql:
    """Return a new nonce; select it in a subquery, so that it is computed once."""
    return literal_column(_NONCE, Text())


def build_stream(key: Sql, nonce: Sql) -> Sql:
    """Return the key stream of a nonce as hexadecimal digits."""
    blocks = (
        f"encode(sha256({{key}} || decode({{nonce}}, 'hex') || '\\x0{n}'::bytea), 'hex')"
        for n in range(2)
    )
    template = f"({' || '.join(blocks)})"
    return SqlTemplate(template, Text(), key=key, nonce=nonce)


def seal(numbers: Sequence[Sql], nonce: Sql, stream: Sql, digest: str, signing_key: Sql) -> Sql:
    """Return the cursor that holds these numbers as SQL."""
    body = nonce.op("||")(literal_text(digest))
    for n, number in enumerate(numbers):
        body = body.op("||")(_encrypt(number, stream, n))
    payload = func.convert_to(body, literal_text("UTF8"), type_=LargeBinary)
    signature = func.left(
        func.encode(func.sha256(signing_key.op("||")(payload)), literal_text("hex")),
        literal_number(SIGNATURE_DIGITS),
    )
    return literal_text(f"{PREFIX}_").op("||")(body).op("||")(signature)


def _encrypt(number: Sql, stream: Sql, n: int) -> Sql:
    pad = f"('x' || substr({{stream}}, {1 + 16 * n}, 16))::bit(64)::bigint"
    template = f"lpad(to_hex({{number}} # {pad}), 16, '0')"
    return SqlTemplate(template, Text(), number=cast(number, BigInteger), stream=stream)


def build_id_halves(id: Sql) -> tuple[Sql, Sql]:
    """Return the two numbers that stand for a UUID."""
    high, low = (
        SqlTemplate(
            f"('x' || substr(encode(uuid_send({{id}}), 'hex'), {start}, 16))::bit(64)::bigint",
            BigInteger(),
            id=id,
        )
        for start in (1, 17)
    )
    return high, low


def number_day(day: Sql) -> Sql:
    """Return the number of a day."""
    return SqlTemplate(f"({{day}} - DATE '{FIRST_DAY}')", BigInteger(), day=day)
