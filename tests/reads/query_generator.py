"""Questions: a seeded walk over the schema that writes one document after the other."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    is_non_null_type,
)
from graphql.type import get_nullable_type

from tests.reads.dataset import World
from tests.reads.oracle.values import TABLES
from tests.reads.value_generator import Guesser, literal

BORROWED = [f"{name}{end}" for name in ("id", "name", "tenant_id", "status") for end in ("", "_")]
"""Response keys that are names of columns, or of other fields."""


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

    def about(self, kind: str, id: str) -> Question:
        """One query of a node of a kind."""
        return _Writer(self).about(kind, id)


class _Writer(Guesser):
    def __init__(self, asker: Asker) -> None:
        super().__init__(asker.world, asker.foreign, asker.random)
        self.schema = asker.schema
        self.declared: dict[str, str] = {}
        self.variables: dict[str, Any] = {}
        self.cursors: dict[str, str] = {}
        self.fragments: list[str] = []
        self.budget = self.random.choice([8, 15, 25, 40])
        self.names = 0

    def name(self, start: str) -> str:
        self.names += 1
        return f"{start}{self.names}"

    def question(self) -> Question:
        query = self.schema.query_type
        assert query is not None
        scope = Scope()
        asked = self.random.sample(sorted(query.fields), self.random.choice([1, 1, 1, 2, 3]))
        if self.chance(0.4):
            asked = [self.random.choice(["goals", "people", "teams", "organizations"])]
        parts = [self.field(scope, name, query.fields[name], 0) for name in asked]
        return self.whole(" ".join(parts))

    def about(self, kind: str, id: str) -> Question:
        text = self.object(Scope(), self.schema.type_map[kind], 1)  # type: ignore[arg-type]
        return self.whole(f'node(id: "{id}") {{ ... on {kind} {{ {text} }} }}')

    def whole(self, text: str) -> Question:
        """The document around its fields."""
        head = ", ".join(f"${name}: {type_}" for name, type_ in self.declared.items())
        document = f"query Asked{f'({head})' if head else ''} {{ {text} }}"
        return Question("\n".join([document, *self.fragments]), self.variables, self.cursors)

    # -- selections -------------------------------------------------------------------------

    def selection(self, scope: Scope, type_: Any, depth: int) -> str:
        """The text between braces for an object, an interface or a union."""
        if isinstance(type_, GraphQLObjectType):
            return self.object(scope, type_, depth)
        parts = ["__typename"] if self.chance(0.6) else []
        if isinstance(type_, GraphQLInterfaceType):
            parts.append("id")
            scope.used["id"] = "id"
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
            text = self.field(scope, name, type_.fields[name], depth, shared=shared)
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
        name: str,
        definition: GraphQLField,
        depth: int,
        *,
        shared: bool = False,
    ) -> str:
        named = get_named_type(definition.type)
        arguments, marks = self.arguments(name, definition, depth)
        key = name
        if arguments or shared or name in scope.used or self.chance(0.1):
            key = self.name("k")
            if self.chance(0.03):
                key = f"{key}_{'long' * 16}"
            elif self.chance(0.05):
                key = self.random.choice([each for each in BORROWED if each not in scope.used])
        scope.used[key] = name
        head = f"{key}: {name}" if key != name else name
        head += arguments
        condition = self.condition()
        if not is_composite_type(named):
            return head + condition
        self.budget -= 1
        inner = scope.inner.setdefault(key, Scope())
        text = f"{head}{condition} {{ {marks}{self.selection(inner, named, depth + 1)} }}"
        if self.chance(0.07) and not marks and depth < 4:
            again = self.selection(inner, named, depth + 1)
            text += f" {head} {{ {again} }}"
        return text

    def arguments(self, name: str, definition: GraphQLField, depth: int) -> tuple[str, str]:
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
        self.cursors[variable] = mark = f"mark_{variable}_"
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


def parent_kind(definition: GraphQLField) -> str | None:
    """The kind of thing whose id a root field takes."""
    named = get_named_type(definition.type)
    return named.name if named.name in TABLES else None
