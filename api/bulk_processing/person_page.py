"""The page of an export of a person: what `person.json` has, for somebody who reads it."""

from collections.abc import Iterator
from html import escape
from typing import Any

import orjson

STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%;margin:0 0 1.5rem}"
    "th,td{border:1px solid #767676;padding:.3rem .6rem;text-align:left;vertical-align:top}"
    "th{width:14rem;font-weight:600}td{white-space:pre-wrap;overflow-wrap:anywhere}"
)
NOTE = (
    "This page has what is stored about this person, and what this person wrote. Values that would"
    " tell something about other people are left out; the last section lists them."
)


def render_page(document: dict[str, Any]) -> str:
    """Return the page of a document."""
    name = escape(document["name"])
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        f"<title>Personal data: {name}</title><style>{STYLE}</style></head><body>",
        f"<h1>Personal data: {name}</h1><p>Exported at {document['exportedAt']}.</p><p>{NOTE}</p>",
        *(text for each in document["sections"] for text in _render_section(each)),
        "<h2>Left out</h2>",
        *_render_row({each["what"]: each["why"] for each in document["leftOut"]}),
        "</body></html>",
    ]
    return "\n".join(parts)


def _render_section(section: dict[str, Any]) -> Iterator[str]:
    table, column = (_spell(section[each]) for each in ("table", "column"))
    yield f"<h2>{escape(table.capitalize())} <small>(by {escape(column)})</small></h2>"
    for row in section["rows"]:
        yield from _render_row(row)


def _render_row(row: dict[str, Any]) -> Iterator[str]:
    yield "<table>"
    for name, value in row.items():
        if value not in (None, "", [], {}):
            yield f"<tr><th>{escape(name)}</th><td>{escape(_write(value))}</td></tr>"
    yield "</table>"


def _write(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _spell(name: str) -> str:
    """Return the name of a table or column as words."""
    return name.removesuffix("_id").replace("_", " ")
