"""Pages over plain rows: filter and sort all rows, then cut out a page."""

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.reads.dataset import Row
from tests.reads.oracle.filters import matches_filter, matches_search, sort_rows
from tests.reads.oracle.relationships import OracleCaller

SEAL_LENGTH = 12
CURSOR_PREFIX = "cursor:"
"""The oracle has no secret: its cursors name the row that they point to."""


@dataclass
class Page:
    """One page of a connection."""

    rows: list[Row]
    total: int
    has_next: bool
    has_previous: bool


def decode_cursor(cursor: str) -> UUID:
    """Return the id of the row that a sealed cursor points to."""
    sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    return UUID(json.loads(sealed[:-SEAL_LENGTH])[-1])


def build_page(who: OracleCaller, kind: str, rows: list[Row], arguments: dict[str, Any]) -> Page:
    """Build the page that the arguments request."""
    if arguments.get("where"):
        rows = [each for each in rows if matches_filter(who, kind, each, arguments["where"])]
    if arguments.get("search"):
        rows = [each for each in rows if matches_search(kind, each, arguments["search"])]
    found = sort_rows(who, kind, rows, arguments.get("orderBy"))
    total = len(found)
    after, before = arguments.get("after"), arguments.get("before")
    if after is not None:
        found = _split_at_cursor(who, kind, found, arguments, after)[1]
    if before is not None:
        found = _split_at_cursor(who, kind, found, arguments, before)[0]
    last, first = arguments.get("last"), arguments.get("first")
    if last is not None:
        shown = found[len(found) - last :] if last < len(found) else found
        return Page(shown, total, before is not None, len(found) > last)
    first = 25 if first is None else first
    return Page(found[:first], total, len(found) > first, after is not None)


def _split_at_cursor(
    who: OracleCaller, kind: str, rows: list[Row], arguments: dict[str, Any], cursor: str
) -> tuple[list[Row], list[Row]]:
    """Split the rows at a row that need not be among them."""
    at = who.facts.rows_by_id[decode_cursor(cursor)]
    others = [each for each in rows if each["id"] != at["id"]]
    placed = sort_rows(who, kind, [*others, at], arguments.get("orderBy"))
    place = next(n for n, each in enumerate(placed) if each["id"] == at["id"])
    return placed[:place], placed[place + 1 :]
