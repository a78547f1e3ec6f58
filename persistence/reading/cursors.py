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
from persistence.reading.readable import Sql
from persistence.reading.selection import Field, Run
from persistence.reading.wire import literal_text

SEAL_BYTES = 12
_PLACE_ARGUMENTS = ("first", "last", "after", "before")


@dataclass(frozen=True)
class SealKey:
    """The secret that seals a connection's cursors: another order, filter or tenant has another."""

    field: Field
    connection: str

    def __call__(self, run: Run) -> bytes:
        """32 bytes out of the process's secret and everything that shapes the connection."""
        shape = {
            name: value
            for name, value in sorted(self.field.arguments(run).items())
            if name not in _PLACE_ARGUMENTS
        }
        text = json.dumps(
            [str(run.actor.tenant_id), self.connection, shape], default=str, sort_keys=True
        )
        return hmac.digest(run.secret.encode(), text.encode(), "sha256")


@dataclass(frozen=True)
class CursorPlace:
    """The values of the sort keys at which a cursor stands, opened only when the seal is whole."""

    field: Field
    name: str
    key: SealKey

    def __call__(self, run: Run) -> list[Any]:
        """The values as JSON has them. Raises Invalid (CURSOR_INVALID)."""
        given = str(self.field.arguments(run)[self.name])
        try:
            sealed = urlsafe_b64decode(_padded(given))
        except ValueError:
            raise invalid(self.name) from None
        text, seal = sealed[:-SEAL_BYTES], sealed[-SEAL_BYTES:]
        whole = hmac.compare_digest(_seal(self.key(run), text), seal)
        # The decoder skips what is not of its alphabet; a cursor comes back as it was handed out.
        if not whole or urlsafe_b64encode(sealed).rstrip(b"=").decode() != given:
            raise invalid(self.name)
        values: list[Any] = json.loads(text)
        return values


@dataclass(frozen=True)
class CursorNulls:
    """Which of a cursor's values are null: the comparison is written differently for each."""

    place: CursorPlace

    def __call__(self, run: Run) -> tuple[bool, ...]:
        """One flag for each sort key; none where no cursor was given."""
        if self.place.field.arguments(run).get(self.place.name) is None:
            return ()
        return tuple(value is None for value in self.place(run))


@dataclass(frozen=True)
class CursorValue:
    """One value of a cursor, in the driver's form."""

    place: CursorPlace
    index: int
    kind: type

    def __call__(self, run: Run) -> Any:
        """The value."""
        value = self.place(run)[self.index]
        if value is None:
            return None
        if self.kind in (date, datetime):
            return self.kind.fromisoformat(value)
        if self.kind in (UUID, Decimal):
            return self.kind(value)
        return value


def python_kind(type_: TypeEngine[Any]) -> type:
    """How a value of this column type stands in a cursor's JSON, and comes back."""
    for sql, kind in ((DateTime, datetime), (Date, date), (Uuid, UUID), (Numeric, Decimal)):
        if isinstance(type_, sql):
            return kind
    return object


def cursor(keys: Sequence[Sql], seal_key: Sql) -> Sql:
    """The cursor of a row, written by PostgreSQL: the keys' values and a seal, in base 64."""
    values = [cast(key, Text) if isinstance(key.type, Numeric) else key for key in keys]
    text = cast(func.json_build_array(*values), Text)
    plain = func.convert_to(text, literal_text("UTF8"), type_=LargeBinary)
    seal = func.substring(
        func.sha256(seal_key.op("||")(plain)),
        literal_column("1"),
        literal_column(str(SEAL_BYTES)),
        type_=LargeBinary,
    )
    base64 = func.encode(plain.op("||")(seal), literal_text("base64"))
    return func.translate(base64, literal_text("+/=\n"), literal_text("-_"), type_=Text)


def _seal(key: bytes, text: bytes) -> bytes:
    return hashlib.sha256(key + text).digest()[:SEAL_BYTES]


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)


def invalid(name: str) -> Invalid:
    """The refusal of a cursor."""
    message = "This cursor belongs to another list, order or filter. Start again without it."
    return Invalid(message, name, code=Code.CURSOR_INVALID)
