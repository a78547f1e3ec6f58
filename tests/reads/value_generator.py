"""Generator of ids, filters, orders and other arguments that are likely to match rows."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from graphql import GraphQLEnumType, GraphQLInputObjectType, get_named_type, is_list_type
from graphql.type import get_nullable_type

from tests.reads.dataset import TenantDataset
from tests.reads.oracle.node_types import PREFIXES, TABLES

TEXTS = [
    "a",
    "Grow",
    "%",
    "_",
    "o",
    "é",
    "Web",
    "Air freight",
    "",
    "ÅNG",
    "\\",
    "'",
    "L1",
    "on time",
]
SEARCHES = [
    "a",
    "zoe",
    "MOR",
    "grow no",
    "été",
    "100",
    "",
    "strasse",
    "hub łó",
    "example p1",
    "!",
    "x9",
]

KNOWN_SINCE = datetime(2025, 12, 1, 9, tzinfo=UTC)
"""About when the first jobs of a dataset were recorded."""

CUSTOM_KEYS = ("badge", "hours", "size", "remote", "checked_on", "unknown")
"""The keys of custom fields, and one that does not exist."""

LOOKUP_KEYS = {
    "Person": ("workEmail", "employeeNumber", "external"),
    "Organization": ("code", "external"),
    "Member": ("subject",),
    "Role": ("key",),
}
"""The keys beside the id that find one object of a type."""


class ValueGenerator:
    """A generator of values for a dataset; a few come from another one."""

    def __init__(self, world: TenantDataset, foreign: TenantDataset, random: Random) -> None:
        self.world, self.foreign, self.random = world, foreign, random

    def draw_bool(self, share: float) -> bool:
        return self.random.random() < share

    def generate_id(self, kind: str | None) -> str:
        kind = kind or self.random.choice(sorted(TABLES))
        world = self.foreign if self.draw_bool(0.15) else self.world
        rows = world.tables[TABLES[kind]]
        id = "0197a000-0000-7000-8000-0000000000ff"
        if rows and not self.draw_bool(0.05):
            id = self.random.choice(rows)["id"]
        return f"{PREFIXES[kind]}_{id}"

    def generate_lookup(self, name: str) -> dict[str, Any]:
        kind = f"{name[0].upper()}{name[1:]}"
        key = self.random.choice(["id", *LOOKUP_KEYS.get(kind, ())])
        if key == "id":
            return {"id": self.generate_id(kind)}
        if key == "external":
            found = self.random.choice(self.world.tables[f"{kind.lower()}_references"])
            return {"external": {"source": found["source"], "id": found["external_id"]}}
        row = self.random.choice(self.world.tables[TABLES[kind]])
        if key == "workEmail":
            return {key: (row["work_email"] or "nobody@northwind.example").upper()}
        if key == "employeeNumber":
            return {key: (row["employee_number"] or "none").swapcase()}
        return {key: row[key].swapcase() if key == "code" else row[key]}

    def generate_argument(self, name: str, type_: Any) -> Any:
        match name:
            case "asOf":
                return str(self.generate_day())
            case "knownAt":
                days = self.random.choice([-1, 0, 3, 8, 30])
                return (KNOWN_SINCE + timedelta(days=days)).isoformat()
            case "depth":
                return self.random.choice([-1, 0, 1, 2, 3, 9])
            case "search":
                return self.random.choice(SEARCHES)
            case "where":
                return self.generate_filter(type_, 0)
            case _:
                return self.generate_order(get_named_type(type_))

    def generate_day(self) -> date:
        return self.world.today + timedelta(
            days=self.random.choice([-400, -200, -60, -10, -1, 0, 0, 1, 5, 30, 100])
        )

    def generate_order(self, type_: Any) -> list[dict[str, Any]]:
        fields = list(get_named_type(type_.fields["field"].type).values)
        wishes = []
        for each in self.random.sample(fields, min(len(fields), self.random.choice([1, 1, 2, 3]))):
            wish = {"field": each}
            if each == "CUSTOM_VALUES":
                wish["key"] = self.random.choice(CUSTOM_KEYS)
            if self.draw_bool(0.5):
                wish["direction"] = self.random.choice(["ASC", "DESC"])
            if self.draw_bool(0.5):
                wish["nulls"] = self.random.choice(["FIRST", "LAST"])
            wishes.append(wish)
        return wishes

    def generate_filter(self, type_: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        """Generate a filter of a few parts."""
        keys = sorted(type_.fields)
        if depth > 1:
            keys = [
                k for k in keys if get_named_type(type_.fields[k].type).name.endswith("Comparator")
            ]
        said: dict[str, Any] = {}
        for key in self.random.sample(keys, min(len(keys), self.random.choice([0, 1, 1, 1, 2]))):
            inner = get_nullable_type(type_.fields[key].type)
            named = get_named_type(inner)
            if self.draw_bool(0.04):
                said[key] = None
            elif key == "customValues":
                said[key] = self.generate_custom_filter(named)
            elif is_list_type(inner):
                said[key] = [
                    self.generate_filter(named, depth + 1) for _ in range(self.random.randrange(3))
                ]
            elif named.name.endswith("Comparator"):
                said[key] = self.generate_comparison(named, key, type_.name)
            else:
                said[key] = self.generate_filter(named, depth + 1)
        return said

    def generate_custom_filter(self, type_: GraphQLInputObjectType) -> dict[str, Any]:
        """Generate a comparison of one or two types with one key."""
        key = self.random.choice(CUSTOM_KEYS)
        types = self.random.sample(
            sorted(type_.fields.keys() - {"key"}), self.random.choice([1, 1, 2])
        )
        return {
            "key": key,
            **{
                each: self.generate_comparison(get_named_type(type_.fields[each].type), key, "")
                for each in types
            },
        }

    def generate_comparison(
        self, type_: GraphQLInputObjectType, key: str, parent: str
    ) -> dict[str, Any]:
        said: dict[str, Any] = {}
        count = min(self.random.choice([1, 1, 2]), len(type_.fields))
        for operator in self.random.sample(sorted(type_.fields), count):
            inner = type_.fields[operator].type
            if self.draw_bool(0.05):
                said[operator] = None
            elif is_list_type(inner):
                items = [self.generate_leaf(get_named_type(inner), key, parent) for _ in range(3)]
                said[operator] = items[: self.random.randint(0, 3)]
            else:
                said[operator] = self.generate_leaf(get_named_type(inner), key, parent)
        return said

    def generate_leaf(self, type_: Any, key: str, parent: str) -> Any:  # noqa: PLR0911 - one for each type
        if isinstance(type_, GraphQLEnumType):
            return self.random.choice(list(type_.values))
        match type_.name:
            case "ID":
                kind = parent.removesuffix("Where")
                return self.generate_id(
                    self.random.choice(("Goal", "Person", "Role")) if key == "subjectId" else kind
                )
            case "Boolean":
                return self.draw_bool(0.5)
            case "Int":
                return self.random.choice([0, 20, 50, 100])
            case "Float":
                return self.random.choice([0.0, 0.25, 0.4, 1.0, 1])
            case "Decimal":
                return self.random.choice(["0", "5", "10.5", "2.250", "-0.000001", 100])
            case "Date":
                return str(self.generate_day())
            case "DateTime":
                rest = self.random.choice(["Z", ".5+00:00", "+02:00"])
                return f"2025-11-0{self.random.randint(1, 9)}T08:15:00{rest}"
            case _:
                return self.generate_text(key)

    def generate_text(self, key: str) -> str:
        if self.draw_bool(0.5):
            return self.random.choice(TEXTS)
        name = "".join(f"_{each.lower()}" if each.isupper() else each for each in key)
        held = [
            row[name]
            for table in ("people", "goals", "teams", "organizations", "journal", "roles")
            for row in self.world.tables[table]
            if isinstance(row.get(name), str)
        ]
        return str(self.random.choice(held)) if held else "a"


def format_literal(value: Any, type_: Any) -> str:  # noqa: PLR0911 - one for each kind of value
    """Format a value as a literal of a document."""
    type_ = get_nullable_type(type_)
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case dict():
            fields = type_.fields
            parts = [
                f"{key}: {format_literal(each, fields[key].type)}" for key, each in value.items()
            ]
            return "{" + ", ".join(parts) + "}"
        case list():
            return "[" + ", ".join(format_literal(each, type_.of_type) for each in value) + "]"
        case str() if isinstance(type_, GraphQLEnumType):
            return value
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
        case _:
            return str(value)
