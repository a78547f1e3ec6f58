"""Comparison of answers as JSON values, including the order of keys."""

from collections.abc import Iterator
from math import isclose
from typing import Any

from tests.reads.oracle.pages import CURSOR_PREFIX, decode_cursor


def find_differences(  # noqa: C901 - one case for each kind of value
    found: Any, expected: Any, at: str = "data"
) -> Iterator[str]:
    """Return where the engine's answer differs from the oracle's."""
    match expected:
        case dict() if isinstance(found, dict):
            if list(found) != list(expected):
                yield f"{at}: keys {list(found)} instead of {list(expected)}"
            for key in expected.keys() & found.keys():
                yield from find_differences(found[key], expected[key], f"{at}.{key}")
        case list() if isinstance(found, list):
            if len(found) != len(expected):
                yield f"{at}: {len(found)} items instead of {len(expected)}"
            for n, (one, other) in enumerate(zip(found, expected, strict=False)):
                yield from find_differences(one, other, f"{at}[{n}]")
        case str() if expected.startswith(CURSOR_PREFIX) and isinstance(found, str):
            if f"{CURSOR_PREFIX}{decode_cursor(found)}" != expected:
                yield f"{at}: a cursor at {decode_cursor(found)} instead of {expected}"
        case float() if isinstance(found, (float, int)) and not isinstance(found, bool):
            if not isclose(found, expected, rel_tol=1e-12, abs_tol=1e-12):
                yield f"{at}: {found!r} instead of {expected!r}"
        case _:
            if type(found) is not type(expected) or found != expected:
                yield f"{at}: {found!r} instead of {expected!r}"


def find_by_key_prefix(key: str, answer: Any) -> Iterator[Any]:
    """Return all values in an answer whose response key has this prefix."""
    if isinstance(answer, list):
        for each in answer:
            yield from find_by_key_prefix(key, each)
    elif isinstance(answer, dict):
        for name, each in answer.items():
            if name.startswith(key) and isinstance(each, str):
                yield each
            yield from find_by_key_prefix(key, each)
