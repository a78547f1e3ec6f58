"""Responses in one form, in which those of two contenders can be compared."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from benchmarks.requests import strip_id_prefixes

OWNER_FIELDS = ("ownerPerson", "ownerTeam", "ownerOrganization")
ENUM_FIELDS = ("action", "status", "kind", "visibility", "confidence")
DECIMAL_FIELDS = ("currentValue", "targetValue")


def normalize(value: Any, key: str = "") -> Any:
    """Return a response without id prefixes, times and numbers by value, states in capitals."""
    if key == "changes":
        return _normalize_changes(value)
    if isinstance(value, dict):
        fields = _merge_owner_fields(value)
        return {name: normalize(each, name) for name, each in fields.items()}
    if isinstance(value, list):
        return [normalize(each) for each in value]
    normalizer = NORMALIZERS.get(key)
    return normalizer(value) if normalizer and isinstance(value, str) else value


def _merge_owner_fields(value: dict[str, Any]) -> dict[str, Any]:
    """Replace the three owner fields of a table, of which one is set, by Trellis' `owner`."""
    if OWNER_FIELDS[0] not in value:
        return value
    owner = next((value[name] for name in OWNER_FIELDS if value[name]), None)
    return {name: each for name, each in value.items() if name not in OWNER_FIELDS} | {
        "owner": owner
    }


def _normalize_changes(value: Any) -> dict[str, Any]:
    """Return the changes of a journal entry in one form, given as a list or as stored."""
    if isinstance(value, dict):
        return value
    return {each["field"]: [each["before"], each["after"]] for each in value}


def _normalize_datetime(text: str) -> str:
    return datetime.fromisoformat(text).astimezone().isoformat()


NORMALIZERS: dict[str, Callable[[str], str]] = {
    "id": strip_id_prefixes,
    "recordedAt": _normalize_datetime,
    **dict.fromkeys(ENUM_FIELDS, str.upper),
    **dict.fromkeys(DECIMAL_FIELDS, lambda text: str(Decimal(text).normalize())),
}


def find_difference(expected: Any, actual: Any, path: str = "data") -> str | None:
    """Return the first place at which two responses differ, with both values."""
    if isinstance(expected, dict) and isinstance(actual, dict) and expected.keys() == actual.keys():
        pairs = [(f"{path}.{name}", expected[name], actual[name]) for name in expected]
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        pairs = [
            (f"{path}[{n}]", *both) for n, both in enumerate(zip(expected, actual, strict=True))
        ]
    else:
        return (
            None
            if expected == actual
            else f"{path}: {_abbreviate(expected)} and {_abbreviate(actual)}"
        )
    return next((found for where, a, b in pairs if (found := find_difference(a, b, where))), None)


def _abbreviate(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:200]


def count_objects(value: Any) -> int:
    """Return the number of objects in a response."""
    if isinstance(value, dict):
        return 1 + sum(map(count_objects, value.values()))
    return sum(map(count_objects, value)) if isinstance(value, list) else 0
