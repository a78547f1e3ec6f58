"""Filters, orders and search over plain rows."""

import unicodedata
from collections.abc import Callable
from functools import cmp_to_key
from typing import Any
from uuid import UUID

from tests.reads.dataset import Row
from tests.reads.oracle.relations import LINKS, OWNERS, follow, link_of
from tests.reads.oracle.relationships import Caller
from tests.reads.oracle.values import value

SEARCHED = {
    "Goal": ("title",),
    "Person": ("name", "given_name", "family_name", "work_email"),
    "Team": ("name",),
    "Organization": ("name", "code"),
    "Role": ("name",),
}
ORDERS = {
    "Goal": ("-id",),
    "Person": ("name",),
    "Team": ("name",),
    "Organization": ("name",),
    "KeyResult": ("position",),
    "CheckIn": ("-recorded_at",),
    "Membership": ("starts_on",),
    "Role": ("name",),
    "Member": ("id",),
    "RoleAssignment": ("id",),
    "JournalEntry": ("-id",),
}


def snake(name: str) -> str:
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name)


# -- where ------------------------------------------------------------------------------------


def matches(who: Caller, kind: str, row: Row, where: dict[str, Any]) -> bool:
    """Whether everything that a filter says holds; what it says as null is not said."""
    return all(
        _part(who, kind, row, key, asked) for key, asked in where.items() if asked is not None
    )


def _part(who: Caller, kind: str, row: Row, key: str, asked: Any) -> bool:
    name = snake(key)
    if key == "and":
        return all(matches(who, kind, row, each) for each in asked)
    if key == "or":
        return any(matches(who, kind, row, each) for each in asked)
    if key == "not":
        return not matches(who, kind, row, asked)
    if name == "owner":
        return all(
            row["owner_kind"] == owner
            and any(
                matches(who, OWNERS[owner], each, inner) for each in _led_to(who, kind, row, name)
            )
            for owner, inner in asked.items()
            if inner is not None
        )
    if name in LINKS.get(kind, {}):
        return _related(who, kind, row, name, asked)
    found = value(who, kind, row, name)
    return all(_compare(found, operator, each) for operator, each in asked.items())


def _led_to(who: Caller, kind: str, row: Row, name: str) -> list[Row]:
    return follow(who, kind, row, name, {})


def _related(who: Caller, kind: str, row: Row, name: str, asked: dict[str, Any]) -> bool:
    target = link_of(kind, row, name).kind
    rows = _led_to(who, kind, row, name)
    if not set(asked) <= {"some", "every", "none"} or not asked:
        several = name in SEVERAL.get(kind, ())
        return several or any(matches(who, target, each, asked) for each in rows)
    ways: dict[str, Callable[[list[bool]], bool]] = {
        "some": any,
        "every": all,
        "none": lambda each: not any(each),
    }
    return all(
        ways[how]([matches(who, target, each, inner) for each in rows])
        for how, inner in asked.items()
        if inner is not None
    )


SEVERAL = {
    "Person": ("reports", "memberships", "teams", "teams_led", "goals"),
    "Team": ("children", "memberships", "people", "leads", "goals"),
    "Organization": ("children", "people", "teams", "goals"),
    "Goal": ("children", "key_results", "check_ins"),
}


def _compare(found: Any, operator: str, asked: Any) -> bool:  # noqa: C901, PLR0911, PLR0912
    if operator == "isNull":
        return asked is None or (found is None) is asked
    if asked is None:
        if operator == "eq":
            return found is None
        return found is not None if operator == "neq" else True
    if isinstance(asked, str) and isinstance(found, str) and operator in ("eq", "neq"):
        return (found == asked) is (operator == "eq")
    match operator:
        case "neq":
            return bool(found != asked)
        case "nin":
            return found not in asked
        case _ if found is None:
            return False
        case "eq":
            return bool(found == asked)
        case "in":
            return found in asked
        case "contains":
            return asked.lower() in found.lower()
        case "startsWith":
            return bool(found.lower().startswith(asked.lower()))
        case "gt":
            return bool(found > asked)
        case "gte":
            return bool(found >= asked)
        case "lt":
            return bool(found < asked)
        case "lte":
            return bool(found <= asked)
    raise AssertionError(operator)


# -- search -----------------------------------------------------------------------------------


def words(text: str) -> set[str]:
    """The words of a text, without case and accents."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(each for each in plain if not unicodedata.combining(each))
    return set("".join(each if each.isalnum() else " " for each in bare).split())


def is_found(kind: str, row: Row, search: str) -> bool:
    """Whether every word begins some word of the row."""
    own = {word for name in SEARCHED[kind] for word in words(row[name] or "")}
    return all(any(word.startswith(each) for word in own) for each in words(search))


# -- order ------------------------------------------------------------------------------------


def ordered(
    who: Caller, kind: str, rows: list[Row], wishes: list[dict[str, Any]] | None
) -> list[Row]:
    """The rows in the order that was wished for, else in the usual one; the id breaks ties."""
    keys = [
        (
            each["field"],
            str(each.get("direction")).lower() == "desc",
            str(each.get("nulls")).lower() == "first",
        )
        for each in wishes or ()
    ] or [(each.lstrip("-"), each.startswith("-"), False) for each in ORDERS[kind]]
    if not any(name == "id" for name, _, _ in keys):
        keys.append(("id", keys[-1][1], False))

    def compare(one: Row, other: Row) -> int:
        for name, descending, nulls_first in keys:
            a, b = _key(who, kind, one, name), _key(who, kind, other, name)
            if a == b:
                continue
            if a is None or b is None:
                return -1 if (a is None) is nulls_first else 1
            return -1 if (a < b) is not descending else 1
        return 0

    return sorted(rows, key=cmp_to_key(compare))


def _key(who: Caller, kind: str, row: Row, name: str) -> Any:
    found: UUID | Any = row["id"] if name == "id" else value(who, kind, row, name)
    return found
