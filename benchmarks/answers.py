"""Answers: brought into one form, in which those of two contenders can be held together."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from benchmarks.questions import bare

OWNERS = ("ownerPerson", "ownerTeam", "ownerOrganization")
WORDS = ("status", "kind", "visibility", "confidence")
NUMBERS = ("currentValue", "targetValue")


def plain(value: Any, key: str = "") -> Any:
    """Ids without prefixes, moments and numbers by their value, states in capitals."""
    if key == "changes":
        return _changes(value)
    if isinstance(value, dict):
        given = _one_owner(value)
        return {name: plain(each, name) for name, each in given.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    form = FORMS.get(key)
    return form(value) if form and isinstance(value, str) else value


def _one_owner(value: dict[str, Any]) -> dict[str, Any]:
    """Three links of which one leads somewhere are what Trellis calls an owner."""
    if OWNERS[0] not in value:
        return value
    owner = next((value[name] for name in OWNERS if value[name]), None)
    return {name: each for name, each in value.items() if name not in OWNERS} | {"owner": owner}


def _changes(value: Any) -> dict[str, Any]:
    """What a journal's entry changed, told as a list or as it is kept."""
    if isinstance(value, dict):
        return value
    return {each["field"]: [each["before"], each["after"]] for each in value}


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).astimezone().isoformat()


FORMS: dict[str, Callable[[str], str]] = {
    "id": bare,
    "recordedAt": _moment,
    **dict.fromkeys(WORDS, str.upper),
    **dict.fromkeys(NUMBERS, lambda text: str(Decimal(text).normalize())),
}


def difference(was: Any, now: Any, path: str = "data") -> str | None:
    """The first place where two answers are not the same, with what stands there."""
    if isinstance(was, dict) and isinstance(now, dict) and was.keys() == now.keys():
        pairs = [(f"{path}.{name}", was[name], now[name]) for name in was]
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        pairs = [(f"{path}[{n}]", *both) for n, both in enumerate(zip(was, now, strict=True))]
    else:
        return None if was == now else f"{path}: {_short(was)} and {_short(now)}"
    return next((found for where, a, b in pairs if (found := difference(a, b, where))), None)


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:200]


def objects(value: Any) -> int:
    """How many objects an answer holds."""
    if isinstance(value, dict):
        return 1 + sum(map(objects, value.values()))
    return sum(map(objects, value)) if isinstance(value, list) else 0
