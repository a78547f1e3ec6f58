"""Cursors: the sort values of a row, signed together with the order and filter of its list."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, LargeBinary, Numeric, Text, Uuid, cast, func, literal_column
from sqlalchemy.types import TypeEngine

from domain.kernel.errors import Code, Invalid
from persistence.kernel.sql_literals import literal_text
from persistence.reading.read_model import Sql
from persistence.reading.selection import Field, ReadRequest

SIGNATURE_LENGTH = 12
MAX_CURSOR_LENGTH = 4_000
"""In characters. Three sort values of 200 characters of four bytes take 3,300 in base 64."""

_PAGING_ARGUMENTS = ("first", "last", "after", "before")


@dataclass(frozen=True)
class CursorSigningKey:
    """The key that signs the cursors of a connection.

    Another order, filter or tenant has another key, so its cursors are refused.
    """

    field: Field
    connection_name: str

    def __call__(self, request: ReadRequest) -> bytes:
        """Return 32 bytes derived from the secret and from all arguments except paging."""
        shape = {
            name: value
            for name, value in sorted(self.field.arguments(request).items())
            if name not in _PAGING_ARGUMENTS
        }
        text = json.dumps(
            [str(request.actor.tenant_id), self.connection_name, shape], default=str, sort_keys=True
        )
        return hmac.digest(request.secret.encode(), text.encode(), "sha256")


@dataclass(frozen=True)
class CursorPosition:
    """The sort values inside a cursor, which are read only after its signature was verified."""

    field: Field
    argument: str
    signing_key: CursorSigningKey

    def __call__(self, request: ReadRequest) -> list[Any]:
        """Return the values in their JSON form. Raises Invalid (CURSOR_INVALID)."""
        cursor = str(self.field.arguments(request)[self.argument])
        try:
            signed = urlsafe_b64decode(_pad_base64(cursor))
        except ValueError:
            raise create_cursor_error(self.argument) from None
        text, signature = signed[:-SIGNATURE_LENGTH], signed[-SIGNATURE_LENGTH:]
        is_authentic = hmac.compare_digest(_sign(self.signing_key(request), text), signature)
        # The decoder ignores foreign characters, so a changed text could decode to a valid cursor.
        if not is_authentic or urlsafe_b64encode(signed).rstrip(b"=").decode() != cursor:
            raise create_cursor_error(self.argument)
        values: list[Any] = json.loads(text)
        return values


@dataclass(frozen=True)
class CursorNullFlags:
    """The flags of null sort values; the form of the comparison depends on them."""

    position: CursorPosition

    def __call__(self, request: ReadRequest) -> tuple[bool, ...]:
        """Return one flag for each sort key, or an empty tuple without a cursor."""
        if self.position.field.arguments(request).get(self.position.argument) is None:
            return ()
        return tuple(value is None for value in self.position(request))


@dataclass(frozen=True)
class CursorValue:
    """One sort value of a cursor, converted for the driver."""

    position: CursorPosition
    index: int
    python_type: type

    def __call__(self, request: ReadRequest) -> Any:
        """Return the value."""
        value = self.position(request)[self.index]
        if value is None:
            return None
        if self.python_type in (date, datetime):
            return self.python_type.fromisoformat(value)
        if self.python_type in (UUID, Decimal):
            return self.python_type(value)
        return value


def get_python_type(type_: TypeEngine[Any]) -> type:
    """Return the Python type of a column type; `object` where JSON has the value itself."""
    for sql_type, python_type in (
        (DateTime, datetime),
        (Date, date),
        (Uuid, UUID),
        (Numeric, Decimal),
    ):
        if isinstance(type_, sql_type):
            return python_type
    return object


def build_cursor(keys: Sequence[Sql], signing_key: Sql) -> Sql:
    """Return the cursor of a row as SQL: its sort values and their signature, in base 64."""
    values = [cast(key, Text) if isinstance(key.type, Numeric) else key for key in keys]
    text = cast(func.json_build_array(*values), Text)
    payload = func.convert_to(text, literal_text("UTF8"), type_=LargeBinary)
    signature = func.substring(
        func.sha256(signing_key.op("||")(payload)),
        literal_column("1"),
        literal_column(str(SIGNATURE_LENGTH)),
        type_=LargeBinary,
    )
    base64 = func.encode(payload.op("||")(signature), literal_text("base64"))
    return func.translate(base64, literal_text("+/=\n"), literal_text("-_"), type_=Text)


def _sign(key: bytes, text: bytes) -> bytes:
    """Return the signature that `build_cursor` computes in SQL: SHA-256 of key and text, cut."""
    return hashlib.sha256(key + text).digest()[:SIGNATURE_LENGTH]


def _pad_base64(text: str) -> str:
    return text + "=" * (-len(text) % 4)


def create_cursor_error(name: str) -> Invalid:
    """Create the error for a cursor that does not fit its connection."""
    message = "This cursor belongs to another list, order or filter. Repeat the request without it."
    return Invalid(message, name, code=Code.CURSOR_INVALID)
