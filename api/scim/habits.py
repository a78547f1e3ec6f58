"""Habits of identity providers that differ from the specification, brought into its form.

What Trellis does not keep, but the specification or a provider's own schema knows, is left out and
counted. Everything else that is unknown is refused by the models.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.scim.filters import check_size
from api.scim.resources import CORE_GROUP, CORE_USER, ENTERPRISE

USERS, GROUPS = "Users", "Groups"

IGNORED: Mapping[str, frozenset[str]] = {
    CORE_USER: frozenset(
        {
            *("nickname", "profileurl", "usertype", "preferredlanguage", "locale", "password"),
            *("phonenumbers", "ims", "photos", "addresses", "groups", "entitlements", "roles"),
            *("x509certificates", "id", "meta", "name.formatted", "name.middlename"),
            *("name.honorificprefix", "name.honorificsuffix", "emails.display", "emails.primary"),
        }
    ),
    ENTERPRISE: frozenset({"costcenter", "organization", "division", "department"}),
    CORE_GROUP: frozenset({"id", "meta"}),
}
"""What the specification has and Trellis does not keep, in lower case."""

SCHEMAS = {USERS: (CORE_USER, ENTERPRISE), GROUPS: (CORE_GROUP,)}
COMPLEX = ("name", "emails")
PRIMARY, WORK = re.compile(r"\[\s*primary eq \S+?\s*\]", re.IGNORECASE), '[type eq "work"]'
ONE_MEMBER = re.compile(r'members\[\s*value\s+eq\s+"([^"\\]+)"\s*\]', re.IGNORECASE)
"""The only filter of members that providers send. The library compares it with all members."""

OTHER_ADDRESS = re.compile(r'emails\[\s*type eq "(?!work")', re.IGNORECASE)


@dataclass
class Cleaner:
    """One body in the form of the specification; `ignored` names what was left out."""

    endpoint: str
    ignored: list[str] = field(default_factory=list)

    def clean_resource(self, document: Any, *, is_new: bool) -> Any:
        """Return the body of a POST or PUT."""
        if not isinstance(document, dict):
            return document
        found = self._clean(document, self._core)
        given = {key.lower(): key for key in found}
        if "schemas" in given and isinstance(found[given["schemas"]], list):
            listed = [each for each in found[given["schemas"]] if self._find_schema(each)]
            found[given["schemas"]] = listed or [self._core]
        if self.endpoint == USERS and is_new:
            _complete(found, given)
        return found

    def clean_patch(self, document: Any) -> Any:
        """Return the body of a PATCH."""
        if not isinstance(document, dict):
            return document
        key = next((each for each in document if each.lower() == "operations"), None)
        if key is None or not isinstance(document[key], list):
            return document
        operations = [one for each in document[key] for one in self._clean_operation(each)]
        return {**document, key: operations}

    @property
    def _core(self) -> str:
        return SCHEMAS[self.endpoint][0]

    def _find_schema(self, name: object) -> str | None:
        lower = str(name).lower()
        return next((each for each in SCHEMAS[self.endpoint] if each.lower() == lower), None)

    def _clean_operation(self, operation: Any) -> Iterator[Any]:
        if not isinstance(operation, dict):
            yield operation
            return
        each = {key.lower(): value for key, value in operation.items()}
        op, path = str(each.get("op", "")).lower(), each.get("path")
        if not path:
            if isinstance(each.get("value"), dict):
                yield from self._clean_values(each)
            else:
                yield each
            return
        path = each["path"] = PRIMARY.sub(WORK, str(path))
        schema, name = self._split(path)
        if schema is None or self._is_ignored(schema, name) or OTHER_ADDRESS.search(path):
            self.ignored.append(str(path))
            return
        if op == "remove" and schema == CORE_USER and name == "displayname":
            self.ignored.append(str(path))  # the name is composed of its parts then
            return
        if op == "add" and name == "emails":
            yield from self._add_address(each)
            return
        yield self._clean_value(each, op, schema, name)

    def _clean_values(self, operation: dict[str, Any]) -> Iterator[Any]:
        """Yield an operation without a path, and one of its own for an address."""
        value = self._clean(operation["value"], self._core)
        key = next((each for each in value if each.lower() == "emails"), None)
        if key is not None:
            yield {"op": "replace", "path": "emails", "value": value.pop(key)}
        if value:
            yield {"op": operation.get("op"), "value": value}

    def _add_address(self, operation: dict[str, Any]) -> Iterator[Any]:
        """Yield the replacement of the address, unless another kind of address is added."""
        given = operation.get("value")
        listed = given if isinstance(given, list) else [given]
        chosen = [each for each in listed if not isinstance(each, dict) or _is_work(each)]
        if not chosen:
            self.ignored.append(str(operation["path"]))
            return
        yield {"op": "replace", "path": operation["path"], "value": _choose_address(chosen)}

    def _clean_value(self, each: dict[str, Any], op: str, schema: str, name: str) -> Any:
        value = each.get("value")
        if name == "manager" and schema == ENTERPRISE and op != "remove":
            each["value"] = _build_manager(value)
            if each["value"] is None:
                return {"op": "remove", "path": each["path"]}
        elif not name and isinstance(value, dict):
            each["value"] = self._clean(value, schema)
        elif name in COMPLEX and isinstance(value, dict | list):
            each["value"] = self._clean({name: value}, schema)[name]
        elif name == "members" and op == "remove":
            if one := ONE_MEMBER.fullmatch(each["path"]):
                each |= {"path": "members", "value": [{"value": one[1]}]}
            if "value" in each:
                _name_members(each)
        elif value == "" and op != "remove":
            each["value"] = None
            each["op"] = "replace"
        return each

    def _split(self, path: str) -> tuple[str | None, str]:
        """Return the schema of a path, None for one that is not known here, and its attribute."""
        check_size(path)
        lower = path.lower()
        for schema in SCHEMAS[self.endpoint]:
            if lower == schema.lower():
                return schema, ""
            if lower.startswith(f"{schema.lower()}:"):
                return schema, _strip_filter(lower[len(schema) + 1 :])
        if lower.startswith("urn:"):
            return None, lower
        return self._core, _strip_filter(lower)

    def _is_ignored(self, schema: str, name: str) -> bool:
        ignored = IGNORED[schema]
        return name in ignored or name.partition(".")[0] in ignored

    def _clean(self, document: Mapping[str, Any], schema: str) -> dict[str, Any]:
        """Return an object without what is not kept, and with values in their usual form."""
        found = dict[str, Any]()
        for key, value in document.items():
            inner, name = self._split(key) if key.lower() != "schemas" else (schema, "schemas")
            inner = schema if inner == self._core and schema != self._core else inner
            if inner is None or (name and self._is_ignored(inner, name)):
                self.ignored.append(key)
            elif not name:
                if isinstance(value, dict) and (cleaned := self._clean(value, inner)):
                    found[key] = cleaned
            elif name == "manager":
                found[key] = _build_manager(value)
            elif name in COMPLEX:
                found[key] = self._clean_complex(value, inner, name)
            else:
                found[key] = None if value == "" else value
        return found

    def _clean_complex(self, value: Any, schema: str, name: str) -> Any:
        """Return a complex value without its parts that are not kept; one address is primary."""
        if isinstance(value, list):
            return _choose_address(value) if name == "emails" else value
        if not isinstance(value, dict):
            return value
        return {
            key: None if each == "" else each
            for key, each in value.items()
            if not self._is_ignored(schema, f"{name}.{key.lower()}")
        }


def _name_members(operation: dict[str, Any]) -> None:
    """Let a removal name members by their ids only, and nobody where it names none.

    By the specification all would be removed, which no provider means, least by an empty value.
    """
    ids = _list_member_ids(operation["value"])
    operation["value"] = [{"value": each} for each in ids if each]
    if not operation["value"]:
        del operation["value"]
        operation["path"] = 'members[value eq ""]'


def take_removals(body: Any) -> frozenset[str]:
    """Take the ids of removed members out of a PATCH that otherwise only adds other members.

    The library compares each of them with each member, which takes seconds for a large group.
    """
    operations = body.get("Operations") if isinstance(body, dict) else None
    if not isinstance(operations, list) or not all(isinstance(each, dict) for each in operations):
        return frozenset()
    about = [each for each in operations if str(each.get("path", "members"))[:7] == "members"]
    removals = [each for each in about if _is_removal(each)]
    removed = frozenset(str(one["value"]) for each in removals for one in each["value"])
    others = [each for each in about if each not in removals]
    if not all(_is_addition_of_others(each, removed) for each in others):
        return frozenset()
    body["Operations"] = [each for each in operations if not _is_removal(each)]
    return removed


def _is_addition_of_others(operation: Mapping[str, Any], removed: frozenset[str]) -> bool:
    """Return whether an operation adds members, and none of those that are removed."""
    if str(operation.get("op")).lower() != "add" or operation.get("path") != "members":
        return False
    return removed.isdisjoint(map(str, _list_member_ids(operation.get("value"))))


def _list_member_ids(value: Any) -> list[Any]:
    """Return the ids of members: from one or several, each as an object or as its id alone."""
    listed = value if isinstance(value, list) else [value]
    return [_get(each, "value") if isinstance(each, dict) else each for each in listed]


def _is_removal(operation: Mapping[str, Any]) -> bool:
    is_removal = str(operation.get("op")).lower() == "remove"
    return is_removal and operation.get("path") == "members" and "value" in operation


def _strip_filter(path: str) -> str:
    """Return a path in lower case without its filters: `emails[type eq "work"].value`."""
    head, bracket, rest = path.partition("[")
    return head + rest.rpartition("]")[2] if bracket else head


def _build_manager(value: Any) -> Any:
    """Return a manager as an object: also from a text, a list of one, or an empty text."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, str):
        value = {"value": value} if value.strip() else None
    if isinstance(value, dict):
        given = {key.lower(): each for key, each in value.items()}
        if given.get("value") in (None, ""):
            return None
        value = {"value": given["value"]}
    return value


def _get(value: Mapping[str, Any], name: str) -> Any:
    return next((each for key, each in value.items() if key.lower() == name), None)


def _is_primary(value: Mapping[str, Any]) -> bool:
    return str(_get(value, "primary")).lower() == "true"


def _is_work(value: Mapping[str, Any]) -> bool:
    return _is_primary(value) or str(_get(value, "type") or "work").lower() == "work"


def _choose_address(values: list[Any]) -> list[Any]:
    """Return the address to keep: the primary one, else that for work, else the first."""
    if not all(isinstance(each, dict) for each in values):
        return values
    given = [each for each in values if _get(each, "value")]
    ordered = sorted(given, key=lambda each: (not _is_primary(each), not _is_work(each)))
    return [{"value": _get(each, "value"), "type": "work"} for each in ordered[:1]]


def _complete(document: dict[str, Any], given: Mapping[str, str]) -> None:
    """Fill what a new user needs and providers leave out: the name, and that it is active."""

    def get(name: str) -> Any:
        return document.get(given[name]) if name in given else None

    name = get("name") if isinstance(get("name"), dict) else {}
    parts = {key.lower(): each for key, each in name.items() if isinstance(each, str)}
    display = get("displayname") if isinstance(get("displayname"), str) else None
    family = parts.get("familyname")
    shown = display or f"{parts.get('givenname') or ''} {family or ''}".strip() or get("username")
    document[given.get("displayname", "displayName")] = shown
    if not parts.get("givenname") and isinstance(shown, str):
        first = shown.removesuffix(family).strip() if family else shown
        document[given.get("name", "name")] = {"givenName": first or shown, "familyName": family}
    if get("active") is None:
        document[given.get("active", "active")] = True
