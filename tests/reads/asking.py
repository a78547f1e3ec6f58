"""Questions: a seeded walk over the schema that writes one document after the other."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
)
from graphql.type import get_nullable_type

from tests.reads.oracle.values import PREFIXES, TABLES
from tests.reads.world import World

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
ROOTS = ("person", "organization", "goal", "team", "member", "role", "node")
PLACES = ("first", "last", "after", "before")


@dataclass
class Question:
    """A document, what its variables hold, and where each cursor variable finds its values."""

    document: str
    variables: dict[str, Any]
    cursors: dict[str, str]


@dataclass
class Scope:
    """The response keys of one merged selection, with what stands under each."""

    used: dict[str, str] = field(default_factory=dict)
    inner: dict[str, "Scope"] = field(default_factory=dict)


class Asker:
    """Writes questions about a world; the same seed writes the same ones."""

    def __init__(self, schema: GraphQLSchema, world: World, foreign: World, seed: int) -> None:
        self.schema, self.world, self.foreign = schema, world, foreign
        self.random = Random(seed)

    def question(self) -> Question:
        """One query of one to three root fields."""
        return _Writer(self).question()


class _Writer:
    def __init__(self, asker: Asker) -> None:
        self.schema, self.world, self.random = asker.schema, asker.world, asker.random
        self.foreign = asker.foreign
        self.declared: dict[str, str] = {}
        self.variables: dict[str, Any] = {}
        self.cursors: dict[str, str] = {}
        self.fragments: list[str] = []
        self.budget = self.random.choice([8, 15, 25, 40])
        self.names = 0

    def name(self, start: str) -> str:
        self.names += 1
        return f"{start}{self.names}"

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def question(self) -> Question:
        query = self.schema.query_type
        assert query is not None
        scope = Scope()
        asked = self.random.sample(sorted(query.fields), self.random.choice([1, 1, 1, 2, 3]))
        if self.chance(0.4):
            asked = [self.random.choice(["goals", "people", "teams", "organizations"])]
        parts = [self.field(scope, query, name, query.fields[name], 0) for name in asked]
        head = ", ".join(f"${name}: {type_}" for name, type_ in self.declared.items())
        document = f"query Asked{f'({head})' if head else ''} {{ {' '.join(parts)} }}"
        return Question("\n".join([document, *self.fragments]), self.variables, self.cursors)

    # -- selections -------------------------------------------------------------------------

    def selection(self, scope: Scope, type_: Any, depth: int) -> str:
        """The text between braces for an object, an interface or a union."""
        if isinstance(type_, GraphQLObjectType):
            return self.object(scope, type_, depth)
        parts = ["__typename"] if self.chance(0.6) else []
        if isinstance(type_, GraphQLInterfaceType):
            parts.append("id")
        possible = self.schema.get_possible_types(type_)
        some = self.random.sample(list(possible), min(len(possible), self.random.randint(1, 3)))
        for each in some:
            inner = self.object(scope, each, depth, shared=True)
            parts.append(self.spread(each.name, inner))
        return " ".join(parts)

    def object(
        self, scope: Scope, type_: GraphQLObjectType, depth: int, *, shared: bool = False
    ) -> str:
        names = self._wanted(type_, depth)
        parts = []
        for name in names:
            text = self.field(scope, type_, name, type_.fields[name], depth, shared=shared)
            if self.chance(0.08):
                text = self.spread(type_.name, text)
            parts.append(text)
        if self.chance(0.25) or not parts:
            parts.insert(0, "__typename" if shared or self.chance(0.7) else "kindOf: __typename")
        if "kindOf" in parts[0]:
            scope.used["kindOf"] = "__typename"
        return " ".join(parts)

    def _wanted(self, type_: GraphQLObjectType, depth: int) -> list[str]:
        leaves = [
            k for k, f in type_.fields.items() if not is_composite_type(get_named_type(f.type))
        ]
        inner = [k for k in type_.fields if k not in leaves]
        if type_.name.endswith("Connection"):
            return self.random.sample([*inner, *leaves], self.random.choice([1, 2, 2, 3]))
        if type_.name.endswith(("Edge", "PageInfo")):
            return self.random.sample([*inner, *leaves], self.random.randint(1, len(type_.fields)))
        names = self.random.sample(leaves, min(len(leaves), self.random.choice([1, 2, 3, 5])))
        if inner and depth < 5 and self.budget > 0:
            names += self.random.sample(inner, min(len(inner), self.random.choice([0, 1, 1, 2])))
        self.random.shuffle(names)
        return names

    def spread(self, on: str, text: str) -> str:
        """The same by way of an inline fragment or a named one."""
        if self.chance(0.7):
            return f"... on {on}{self.condition()} {{ {text} }}"
        name = self.name("Part")
        self.fragments.append(f"fragment {name} on {on} {{ {text} }}")
        return f"...{name}{self.condition()}"

    def condition(self) -> str:
        """Mostly nothing; else @include or @skip by a literal or a variable."""
        if self.chance(0.85):
            return ""
        directive, wanted = self.random.choice(["include", "skip"]), self.chance(0.5)
        if self.chance(0.4):
            return f" @{directive}(if: {str(wanted).lower()})"
        name = self.name("yes")
        self.declared[name] = (
            "Boolean!" if self.chance(0.6) else f"Boolean! = {str(wanted).lower()}"
        )
        if self.declared[name] == "Boolean!" or self.chance(0.5):
            self.variables[name] = self.chance(0.6)
        return f" @{directive}(if: ${name})"

    # -- fields -----------------------------------------------------------------------------

    def field(
        self,
        scope: Scope,
        parent: GraphQLObjectType,
        name: str,
        definition: GraphQLField,
        depth: int,
        *,
        shared: bool = False,
    ) -> str:
        named = get_named_type(definition.type)
        arguments, marks = self.arguments(parent, name, definition, depth)
        key = name
        if arguments or shared or name in scope.used or self.chance(0.1):
            key = self.name("k")
            if self.chance(0.03):
                key = f"{key}_{'long' * 16}"
        scope.used[key] = name
        head = f"{key}: {name}" if key != name else name
        head += f"{arguments}{self.condition()}"
        if not is_composite_type(named):
            return head
        self.budget -= 1
        inner = scope.inner.setdefault(key, Scope())
        text = f"{head} {{ {marks}{self.selection(inner, named, depth + 1)} }}"
        if self.chance(0.07) and not marks and depth < 4:
            again = self.selection(inner, named, depth + 1)
            text += f" {head.split('@', maxsplit=1)[0]} {{ {again} }}"
        return text

    def arguments(
        self, parent: GraphQLObjectType, name: str, definition: GraphQLField, depth: int
    ) -> tuple[str, str]:
        """The arguments as text, and what is to be asked so that cursors can be found later."""
        said: dict[str, str] = {}
        marks = ""
        if "first" in definition.args:
            size = self.random.choice([0, 1, 2, 3, 3, 5, 8] if depth < 2 else [1, 2, 3])
            place = "last" if self.chance(0.3) else "first"
            if depth or self.chance(0.9):
                said[place] = self.given(definition, place, size)
            if self.chance(0.35):
                marks = self.paged(said)
        if "id" in definition.args:
            kind = parent_kind(definition)
            said["id"] = self.given(definition, "id", self.id_of(kind))
        if "ids" in definition.args:
            ids = [self.id_of(None) for _ in range(self.random.randrange(6))]
            said["ids"] = self.given(definition, "ids", ids)
        if "by" in definition.args:
            said["by"] = self.given(definition, "by", self.by(name))
        for extra in ("asOf", "depth", "search", "where", "orderBy"):
            if extra in definition.args and self.chance(0.3):
                type_ = get_nullable_type(definition.args[extra].type)
                said[extra] = self.given(definition, extra, self.extra(extra, type_))
        if not said:
            return "", marks
        pairs = list(said.items())
        self.random.shuffle(pairs)
        return f"({', '.join(f'{key}: {text}' for key, text in pairs)})", marks

    def paged(self, said: dict[str, str]) -> str:
        """Let a cursor come in by a variable, which a second run takes from the first's answer."""
        variable = self.name("place")
        said["before" if self.chance(0.4) else "after"] = f"${variable}"
        self.declared[variable] = "String"
        self.cursors[variable] = mark = f"mark{variable}"
        inside = f"{mark}a: startCursor {mark}b: endCursor"
        return f"{mark}: pageInfo {{ {inside} }} {mark}e: edges {{ {mark}c: cursor }} "

    def given(self, definition: GraphQLField, argument: str, value: Any) -> str:
        """A value as a literal, or as a variable: given, by default, or null where it may be."""
        type_ = definition.args[argument].type
        if self.chance(0.6):
            return literal(value, type_)
        name = self.name("v")
        self.declared[name] = str(type_)
        if not is_non_null_type(type_) and self.chance(0.1):
            self.variables[name] = None
        elif self.chance(0.25):
            self.declared[name] = f"{type_} = {literal(value, type_)}"
        else:
            self.variables[name] = value
        return f"${name}"

    # -- values -----------------------------------------------------------------------------

    def id_of(self, kind: str | None) -> str:
        kind = kind or self.random.choice(sorted(TABLES))
        world = self.foreign if self.chance(0.15) else self.world
        id = self.random.choice(world.tables[TABLES[kind]])["id"]
        if self.chance(0.05):
            id = "0197a000-0000-7000-8000-0000000000ff"
        return f"{PREFIXES[kind]}_{id}"

    def by(self, name: str) -> dict[str, Any]:
        kind, table, references = {
            "person": ("Person", "people", "person_references"),
            "organization": ("Organization", "organizations", "organization_references"),
        }[name]
        way = self.random.randrange(3)
        if way == 0:
            return {"id": self.id_of(kind)}
        if way == 1:
            found = self.random.choice(self.world.tables[references])
            return {"external": {"source": found["source"], "id": found["external_id"]}}
        row = self.random.choice(self.world.tables[table])
        if kind == "Person":
            return {"workEmail": (row["work_email"] or "nobody@meridian.example").upper()}
        return {"code": row["code"]}

    def extra(self, name: str, type_: Any) -> Any:
        match name:
            case "asOf":
                return str(self.day())
            case "depth":
                return self.random.choice([-1, 0, 1, 2, 3, 9])
            case "search":
                return self.random.choice(SEARCHES)
            case "where":
                return self.where(type_, 0)
            case _:
                return self.order(get_named_type(type_))

    def day(self) -> Any:
        return self.world.today + timedelta(
            days=self.random.choice([-400, -200, -60, -10, -1, 0, 0, 1, 5, 30, 100])
        )

    def order(self, type_: Any) -> list[dict[str, Any]]:
        fields = list(get_named_type(type_.fields["field"].type).values)
        wishes = []
        for each in self.random.sample(fields, min(len(fields), self.random.choice([1, 1, 2, 3]))):
            wish = {"field": each}
            if self.chance(0.5):
                wish["direction"] = self.random.choice(["ASC", "DESC"])
            if self.chance(0.5):
                wish["nulls"] = self.random.choice(["FIRST", "LAST"])
            wishes.append(wish)
        return wishes

    def where(self, type_: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        """A filter of a few parts."""
        keys = sorted(type_.fields)
        if depth > 1:
            keys = [
                k for k in keys if get_named_type(type_.fields[k].type).name.endswith("Comparator")
            ]
        said: dict[str, Any] = {}
        for key in self.random.sample(keys, min(len(keys), self.random.choice([0, 1, 1, 1, 2]))):
            inner = get_nullable_type(type_.fields[key].type)
            named = get_named_type(inner)
            if self.chance(0.04):
                said[key] = None
            elif is_list_type(inner):
                said[key] = [self.where(named, depth + 1) for _ in range(self.random.randrange(3))]
            elif named.name.endswith("Comparator"):
                said[key] = self.comparison(named, key, type_.name)
            else:
                said[key] = self.where(named, depth + 1)
        return said

    def comparison(self, type_: GraphQLInputObjectType, key: str, parent: str) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for operator in self.random.sample(sorted(type_.fields), self.random.choice([1, 1, 2])):
            inner = type_.fields[operator].type
            if self.chance(0.05):
                said[operator] = None
            elif is_list_type(inner):
                items = [self.leaf(get_named_type(inner), key, parent) for _ in range(3)]
                said[operator] = items[: self.random.randint(0, 3)]
            else:
                said[operator] = self.leaf(get_named_type(inner), key, parent)
        return said

    def leaf(self, type_: Any, key: str, parent: str) -> Any:
        if isinstance(type_, GraphQLEnumType):
            return self.random.choice(list(type_.values))
        match type_.name:
            case "ID":
                return self.id_of(parent.removesuffix("Where"))
            case "Boolean":
                return self.chance(0.5)
            case "Int":
                return self.random.choice([0, 20, 50, 100])
            case "Float":
                return self.random.choice([0.0, 0.25, 0.4, 1.0, 1])
            case "Decimal":
                return self.random.choice(["0", "5", "10.5", "2.250", "-0.000001", 100])
            case "Date":
                return str(self.day())
            case "DateTime":
                return f"2025-11-0{self.random.randint(1, 9)}T08:15:00{self.random.choice(['Z', '.5+00:00', '+02:00'])}"
            case _:
                return self.text(key)

    def text(self, key: str) -> str:
        if self.chance(0.5):
            return self.random.choice(TEXTS)
        name = "".join(f"_{each.lower()}" if each.isupper() else each for each in key)
        held = [
            row[name]
            for table in ("people", "goals", "teams", "organizations", "journal", "roles")
            for row in self.world.tables[table]
            if isinstance(row.get(name), str)
        ]
        return str(self.random.choice(held)) if held else "a"


def parent_kind(definition: GraphQLField) -> str | None:
    """The kind of thing whose id a root field takes."""
    named = get_named_type(definition.type)
    return named.name if named.name in TABLES else None


def literal(value: Any, type_: Any) -> str:
    """A value as it is written in a document."""
    type_ = get_nullable_type(type_)
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case dict():
            fields = type_.fields
            parts = [f"{key}: {literal(each, fields[key].type)}" for key, each in value.items()]
            return "{" + ", ".join(parts) + "}"
        case list():
            return "[" + ", ".join(literal(each, type_.of_type) for each in value) + "]"
        case str() if isinstance(type_, GraphQLEnumType):
            return value
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
        case _:
            return str(value)


__all__ = ["Asker", "GraphQLUnionType", "Question"]
