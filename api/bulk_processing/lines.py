"""The lines of JSONL files, read from a window of their bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from api.errors import RequestError
from api.http.request_parsing import count_values, parse_json
from domain.kernel.errors import Code, Invalid, Refusal

MAX_ROW_SIZE = 1_000_000
"""Bytes. A row must lie in one window."""
MAX_ROW_VALUES = 10_000
"""Commas and brackets of a row, which has as many values as the variables of a request."""
MAX_LINES = 20_000
"""Lines that are read at once, empty ones among them, so that other tenants get their turn."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
NO_OBJECT = (
    "The line is not one JSON object in UTF-8, without repeated keys and null characters. Correct"
    " it."
)
TOO_MANY_VALUES = f"The row has more than {MAX_ROW_VALUES:,} values. Leave some out."


class RowTooLong(Exception):
    """A row does not end in its window."""


@dataclass(frozen=True)
class Place:
    """A place between two rows: the offset in the file, and the number of the next line."""

    offset: int
    line: int


@dataclass(frozen=True)
class FileRow:
    """A row of a file: the number of its line from 1, and the place after it.

    `value` has the fields of the row's input. `faults` say why it has none.
    """

    line: int
    end: Place
    value: dict[str, Any] = field(default_factory=dict)
    faults: Sequence[Refusal] = ()


@dataclass(frozen=True)
class Window:
    """A part of a file in memory. `is_last` says that nothing follows it."""

    data: bytes
    offset: int
    is_last: bool

    def covers(self, offset: int) -> bool:
        """Return whether a place is inside the window."""
        return self.offset <= offset < self.offset + len(self.data)


def read_lines(window: Window, place: Place, count: int) -> tuple[list[FileRow], Place]:
    """Return the next rows that end in a window, and the place after them.

    Empty lines are no rows. Raises RowTooLong where a row cannot end in the next window either.
    """
    data, rows = window.data, list[FileRow]()
    start, line = place.offset - window.offset, place.line
    last_line = line + MAX_LINES
    while start < len(data) and len(rows) < count and line < last_line:
        end = data.find(b"\n", start)
        if end < 0 and not window.is_last:
            if len(data) - start >= MAX_ROW_SIZE:
                raise RowTooLong
            break
        end = len(data) if end < 0 else end + 1
        text = data[start:end].strip()
        if line == 1:
            text = text.removeprefix(BYTE_ORDER_MARK)
        after = Place(window.offset + end, line + 1)
        if text:
            rows.append(_parse(text, line, after))
        start, line = end, line + 1
    return rows, Place(window.offset + start, line)


def _parse(text: bytes, line: int, end: Place) -> FileRow:
    if count_values(text) > MAX_ROW_VALUES:
        return FileRow(line, end, faults=[Invalid(TOO_MANY_VALUES, code=Code.LIMIT_EXCEEDED)])
    try:
        value = parse_json(text)
    except RequestError:
        value = None
    if isinstance(value, dict):
        return FileRow(line, end, value)
    return FileRow(line, end, faults=[Invalid(NO_OBJECT, code=Code.INVALID_FORMAT)])
