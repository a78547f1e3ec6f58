"""Pages of the platform graph: sizes, and cursors that are sealed for one list and its filter."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import strawberry

from api.kernel.schema.input_bounds import bounds_metadata
from domain.kernel.errors import Code, Invalid, LimitExceeded
from persistence.reading.cursors import MAX_CURSOR_LENGTH, SIGNATURE_LENGTH
from persistence.reading.parameters import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE

First = Annotated[
    int,
    strawberry.argument(
        description=f"Number of items; {DEFAULT_PAGE_SIZE} by default, at most {MAX_PAGE_SIZE}."
    ),
]


After = Annotated[
    str | None,
    strawberry.argument(
        description="The `endCursor` of the page before. Default: begin at the first page.",
        metadata=bounds_metadata(MAX_CURSOR_LENGTH, None),
    ),
]


IdArgument = Annotated[
    strawberry.ID,
    strawberry.argument(description="The id."),
]


@strawberry.type(name="PageInfo", description="Where a page ends, and whether more follow.")
class PlatformPageInfo:
    """What a client needs to read the next page."""

    has_next_page: bool = strawberry.field(description="Whether more items follow.")
    end_cursor: str | None = strawberry.field(
        description="The cursor of the last item, for `after`. Null on an empty page."
    )


def check_first(first: int) -> int:
    """Return the size of a page. Raises LimitExceeded."""
    if not 0 <= first <= MAX_PAGE_SIZE:
        message = f"A page has 0 to {MAX_PAGE_SIZE} rows. Use a smaller number and a cursor."
        raise LimitExceeded(message, "first")
    return first


@dataclass(frozen=True)
class CursorSeal:
    """The seal of the cursors of one list with one filter and order."""

    secret: str
    shape: str

    def encode(self, values: Sequence[Any]) -> str:
        """Return the cursor of a row with these sort values."""
        text = json.dumps(values, default=str, separators=(",", ":")).encode()
        return urlsafe_b64encode(text + self._sign(text)).rstrip(b"=").decode()

    def decode(self, cursor: str | None) -> list[Any] | None:
        """Return the sort values in a cursor; None without one. Raises Invalid."""
        if cursor is None:
            return None
        try:
            signed = urlsafe_b64decode(cursor[:MAX_CURSOR_LENGTH] + "=" * (-len(cursor) % 4))
        except ValueError:
            signed = b""
        text, signature = signed[:-SIGNATURE_LENGTH], signed[-SIGNATURE_LENGTH:]
        values: list[Any] = json.loads(text) if self._is_authentic(text, signature) else []
        if not values or self.encode(values) != cursor:
            message = (
                "The cursor is malformed, or from another list, order or filter."
                " Begin at the first page."
            )
            raise Invalid(message, "after", code=Code.CURSOR_INVALID)
        return values

    def _is_authentic(self, text: bytes, signature: bytes) -> bool:
        return hmac.compare_digest(self._sign(text), signature)

    def _sign(self, text: bytes) -> bytes:
        key = hmac.digest(self.secret.encode(), f"platform {self.shape}".encode(), "sha256")
        return hmac.digest(key, text, "sha256")[:SIGNATURE_LENGTH]
