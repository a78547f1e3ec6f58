"""Cursors: a row's place in its order, sealed, and tied to the order and filter it came from."""

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
_PAGING_ARGUMENTS = ("first", "last", "after", "before")


@dataclass(frozen=True)
class CursorSigningKey:
    """The secret that seals a connection's cursors: another order, filter or tenant has another."""

    field: Field
    connection_name: str

    def __call__(self, request: ReadRequest) -> bytes:
        """32 bytes out of the process's secret and everything that shapes the connection."""
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
    """The values of the sort keys at which a cursor stands, opened only when the seal is whole."""

    field: Field
    argument: str
    signing_key: CursorSigningKey

    def __call__(self, request: ReadRequest) -> list[Any]:
        """The values as JSON has them. Raises Invalid (CURSOR_INVALID)."""
        cursor = str(self.field.arguments(request)[self.argument])
        try:
            signed = urlsafe_b64decode(_pad_base64(cursor))
        except ValueError:
            raise create_cursor_error(self.argument) from None
        text, signature = signed[:-SIGNATURE_LENGTH], signed[-SIGNATURE_LENGTH:]
        is_authentic = hmac.compare_digest(_sign(self.signing_key(request), text), signature)
        # The decoder skips what is not of its alphabet; a cursor comes back as it was handed out.
        if not is_authentic or urlsafe_b64encode(signed).rstrip(b"=").decode() != cursor:
            raise create_cursor_error(self.argument)
        values: list[Any] = json.loads(text)
        return values


@dataclass(frozen=True)
class CursorNullFlags:
    """Which of a cursor's values are null: the comparison is written differently for each."""

    position: CursorPosition

    def __call__(self, request: ReadRequest) -> tuple[bool, ...]:
        """One flag for each sort key; none where no cursor was given."""
        if self.position.field.arguments(request).get(self.position.argument) is None:
            return ()
        return tuple(value is None for value in self.position(request))


@dataclass(frozen=True)
class CursorValue:
    """One value of a cursor, in the driver's form."""

    position: CursorPosition
    index: int
    python_type: type

    def __call__(self, request: ReadRequest) -> Any:
        """The value."""
        value = self.position(request)[self.index]
        if value is None:
            return None
        if self.python_type in (date, datetime):
            return self.python_type.fromisoformat(value)
        if self.python_type in (UUID, Decimal):
            return self.python_type(value)
        return value


def get_python_type(type_: TypeEngine[Any]) -> type:
    """How a value of this column type stands in a cursor's JSON, and comes back."""
    for sql, kind in ((DateTime, datetime), (Date, date), (Uuid, UUID), (Numeric, Decimal)):
        if isinstance(type_, sql):
            return kind
    return object


def build_cursor(keys: Sequence[Sql], signing_key: Sql) -> Sql:
    """The cursor of a row, written by PostgreSQL: the keys' values and a seal, in base 64."""
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
    return hashlib.sha256(key + text).digest()[:SIGNATURE_LENGTH]


def _pad_base64(text: str) -> str:
    return text + "=" * (-len(text) % 4)


def create_cursor_error(name: str) -> Invalid:
    """The refusal of a cursor."""
    message = "This cursor belongs to another list, order or filter. Start again without it."
    return Invalid(message, name, code=Code.CURSOR_INVALID)
