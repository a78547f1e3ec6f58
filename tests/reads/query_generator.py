"""Generator of random queries: a seeded walk over the schema."""

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

from tests.reads.dataset import TenantDataset
from tests.reads.oracle.node_types import TABLES
from tests.reads.value_generator import ValueGenerator, format_literal

COMPUTED_ANSWERS = {
    "Kpi": (
        *("naturalLimits", "limitsByBaseline", "signals"),
        *("status", "trend", "series", "forecast", "quality", "lineage", "measuredValue"),
        *("warnings", "audience"),
    ),
    "KpiDimensionMember": ("naturalLimits", "limitsByBaseline", "signals"),
    "Scorecard": ("score",),
    "ReviewNominationRound": ("suggestedReviewers",),
    "Tenant": ("kpiPeriods",),
    "Alert": ("sentence", "figures", "proposedGoal"),
    "AlertRule": ("outcomes",),
    "RatingScale": ("conversion",),
    "CalibrationSession": ("distribution", "leniency", "unitFigures", "quotaFigures", "box"),
    "Query": ("costEstimate", "changes", "changesSnapshot"),
    "Review": ("evidence",),
    "ReviewPacket": ("evidence", "preview"),
}
"""Fields without rows of their own. The tests of KPIs, alerts, scorecards, reviews and changes in
tests/api compare them with exact answers."""

VIEWER_RIGHTS = ("viewerMay", "visibleBecause")
"""Fields of all nodes that tests/access_equivalence/test_viewer_can.py compares."""

CONFUSING_KEYS = [
    f"{name}{end}" for name in ("id", "name", "tenant_id", "status") for end in ("", "_")
]
"""Response keys that are names of columns, or of other fields."""


@dataclass
class GeneratedQuery:
    """A document, its variables, and the source of the value of each cursor variable."""

    document: str
    variables: dict[str, Any]
    cursors: dict[str, str]


@dataclass
class SelectionScope:
    """The response keys of one merged selection, with the selection below each."""

    fields_by_key: dict[str, str] = field(default_factory=dict)
    children: dict[str, "SelectionScope"] = field(default_factory=dict)


class QueryGenerator:
    """A generator of queries over a dataset; equal seeds give equal queries."""

    def __init__(
        self, schema: GraphQLSchema, world: TenantDataset, foreign: TenantDataset, seed: int
    ) -> None:
        self.schema, self.world, self.foreign = schema, world, foreign
        self.random = Random(seed)

    def generate_query(self) -> GeneratedQuery:
        """Generate a query of one to three root fields."""
        return _QueryWriter(self).write_query()

    def generate_node_query(self, kind: str, id: str) -> GeneratedQuery:
        """Generate a query of a node of a type."""
        return _QueryWriter(self).write_node_query(kind, id)


class _QueryWriter(ValueGenerator):
    def __init__(self, asker: QueryGenerator) -> None:
        super().__init__(asker.world, asker.foreign, asker.random)
        self.schema = asker.schema
        self.variable_types: dict[str, str] = {}
        self.variables: dict[str, Any] = {}
        self.cursors: dict[str, str] = {}
        self.fragments: list[str] = []
        self.budget = self.random.choice([8, 15, 25, 40])
        self.name_count = 0

    def create_name(self, start: str) -> str:
        self.name_count += 1
        return f"{start}{self.name_count}"

    def write_query(self) -> GeneratedQuery:
        query = self.schema.query_type
        assert query is not None
        scope = SelectionScope()
        names = sorted(query.fields.keys() - {*COMPUTED_ANSWERS["Query"]})
        asked = self.random.sample(names, self.random.choice([1, 1, 1, 2, 3]))
        if self.draw_bool(0.4):
            asked = [self.random.choice(["goals", "people", "teams", "organizations"])]
        parts = [self.write_field(scope, name, query.fields[name], 0) for name in asked]
        return self.write_document(" ".join(parts))

    def write_node_query(self, kind: str, id: str) -> GeneratedQuery:
        text = self.write_object(SelectionScope(), self.schema.type_map[kind], 1)  # type: ignore[arg-type]
        return self.write_document(f'node(id: "{id}") {{ ... on {kind} {{ {text} }} }}')

    def write_document(self, text: str) -> GeneratedQuery:
        """Write the document around its fields."""
        head = ", ".join(f"${name}: {type_}" for name, type_ in self.variable_types.items())
        document = f"query Asked{f'({head})' if head else ''} {{ {text} }}"
        return GeneratedQuery("\n".join([document, *self.fragments]), self.variables, self.cursors)

    # -- selections -------------------------------------------------------------------------

    def write_selection(self, scope: SelectionScope, type_: Any, depth: int) -> str:
        """Write the text between braces for an object, an interface or a union."""
        if isinstance(type_, GraphQLObjectType):
            return self.write_object(scope, type_, depth)
        parts = ["__typename"] if self.draw_bool(0.6) else []
        if isinstance(type_, GraphQLInterfaceType):
            parts.append("id")
            scope.fields_by_key["id"] = "id"
        possible = self.schema.get_possible_types(type_)
        some = self.random.sample(list(possible), min(len(possible), self.random.randint(1, 3)))
        for each in some:
            inner = self.write_object(scope, each, depth, shared=True)
            parts.append(self.write_fragment(each.name, inner))
        return " ".join(parts)

    def write_object(
        self, scope: SelectionScope, type_: GraphQLObjectType, depth: int, *, shared: bool = False
    ) -> str:
        names = self._pick_fields(type_, depth)
        parts = []
        for name in names:
            text = self.write_field(scope, name, type_.fields[name], depth, shared=shared)
            if self.draw_bool(0.08):
                text = self.write_fragment(type_.name, text)
            parts.append(text)
        if self.draw_bool(0.25) or not parts:
            parts.insert(0, "__typename" if shared or self.draw_bool(0.7) else "kindOf: __typename")
        if "kindOf" in parts[0]:
            scope.fields_by_key["kindOf"] = "__typename"
        return " ".join(parts)

    def _pick_fields(self, type_: GraphQLObjectType, depth: int) -> list[str]:
        computed = (*COMPUTED_ANSWERS.get(type_.name, ()), *VIEWER_RIGHTS)
        leaves = [
            k
            for k, f in type_.fields.items()
            if not is_composite_type(get_named_type(f.type)) and k not in computed
        ]
        inner = [k for k in type_.fields if k not in leaves and k not in computed]
        if type_.name.endswith("Connection"):
            return self.random.sample([*inner, *leaves], self.random.choice([1, 2, 2, 3]))
        if type_.name.endswith(("Edge", "PageInfo")):
            return self.random.sample([*inner, *leaves], self.random.randint(1, len(type_.fields)))
        names = self.random.sample(leaves, min(len(leaves), self.random.choice([1, 2, 3, 5])))
        if inner and depth < 5 and self.budget > 0:
            names += self.random.sample(inner, min(len(inner), self.random.choice([0, 1, 1, 2])))
        self.random.shuffle(names)
        return names

    def write_fragment(self, on: str, text: str) -> str:
        """Write the same as an inline or a named fragment."""
        if self.draw_bool(0.7):
            return f"... on {on}{self.write_condition()} {{ {text} }}"
        name = self.create_name("Part")
        self.fragments.append(f"fragment {name} on {on} {{ {text} }}")
        return f"...{name}{self.write_condition()}"

    def write_condition(self) -> str:
        """Write mostly nothing; else @include or @skip by a literal or a variable."""
        if self.draw_bool(0.85):
            return ""
        directive, wanted = self.random.choice(["include", "skip"]), self.draw_bool(0.5)
        if self.draw_bool(0.4):
            return f" @{directive}(if: {str(wanted).lower()})"
        name = self.create_name("yes")
        self.variable_types[name] = (
            "Boolean!" if self.draw_bool(0.6) else f"Boolean! = {str(wanted).lower()}"
        )
        if self.variable_types[name] == "Boolean!" or self.draw_bool(0.5):
            self.variables[name] = self.draw_bool(0.6)
        return f" @{directive}(if: ${name})"

    # -- fields -----------------------------------------------------------------------------

    def write_field(
        self,
        scope: SelectionScope,
        name: str,
        definition: GraphQLField,
        depth: int,
        *,
        shared: bool = False,
    ) -> str:
        named = get_named_type(definition.type)
        arguments, marks = self.write_arguments(name, definition, depth)
        key = name
        if arguments or shared or name in scope.fields_by_key or self.draw_bool(0.1):
            key = self.create_name("k")
            if self.draw_bool(0.03):
                key = f"{key}_{'long' * 16}"
            elif self.draw_bool(0.05):
                key = self.random.choice(
                    [each for each in CONFUSING_KEYS if each not in scope.fields_by_key]
                )
        scope.fields_by_key[key] = name
        head = f"{key}: {name}" if key != name else name
        head += arguments
        condition = self.write_condition()
        if not is_composite_type(named):
            return head + condition
        self.budget -= 1
        inner = scope.children.setdefault(key, SelectionScope())
        text = f"{head}{condition} {{ {marks}{self.write_selection(inner, named, depth + 1)} }}"
        if self.draw_bool(0.07) and not marks and depth < 4:
            again = self.write_selection(inner, named, depth + 1)
            text += f" {head} {{ {again} }}"
        return text

    def write_arguments(self, name: str, definition: GraphQLField, depth: int) -> tuple[str, str]:
        """Write the arguments, and the selection by which cursors can be found later."""
        said: dict[str, str] = {}
        marks = ""
        if "first" in definition.args:
            size = self.random.choice([0, 1, 2, 3, 3, 5, 8] if depth < 2 else [1, 2, 3])
            place = "last" if self.draw_bool(0.3) else "first"
            if depth or self.draw_bool(0.9):
                said[place] = self.write_argument(definition, place, size)
            if self.draw_bool(0.35):
                marks = self.add_cursor(said)
        if "id" in definition.args:
            kind = find_node_type(definition)
            said["id"] = self.write_argument(definition, "id", self.generate_id(kind))
        if "ids" in definition.args:
            ids = [self.generate_id(None) for _ in range(self.random.randrange(6))]
            said["ids"] = self.write_argument(definition, "ids", ids)
        if "by" in definition.args:
            said["by"] = self.write_argument(definition, "by", self.generate_lookup(name))
        for extra in ("asOf", "depth", "search", "where", "orderBy"):
            if extra in definition.args and self.draw_bool(0.3):
                type_ = get_nullable_type(definition.args[extra].type)
                said[extra] = self.write_argument(
                    definition, extra, self.generate_argument(extra, type_)
                )
        if not said:
            return "", marks
        pairs = list(said.items())
        self.random.shuffle(pairs)
        return f"({', '.join(f'{key}: {text}' for key, text in pairs)})", marks

    def add_cursor(self, said: dict[str, str]) -> str:
        """Add a cursor variable, which a second run takes from the first answer."""
        variable = self.create_name("place")
        said["before" if self.draw_bool(0.4) else "after"] = f"${variable}"
        self.variable_types[variable] = "String"
        self.cursors[variable] = mark = f"mark_{variable}_"
        inside = f"{mark}a: startCursor {mark}b: endCursor"
        return f"{mark}: pageInfo {{ {inside} }} {mark}e: edges {{ {mark}c: cursor }} "

    def write_argument(self, definition: GraphQLField, argument: str, value: Any) -> str:
        """Write a value as a literal or a variable: given, by default, or null where allowed."""
        type_ = definition.args[argument].type
        if self.draw_bool(0.6):
            return format_literal(value, type_)
        name = self.create_name("v")
        self.variable_types[name] = str(type_)
        if not is_non_null_type(type_) and self.draw_bool(0.1):
            self.variables[name] = None
        elif self.draw_bool(0.25):
            self.variable_types[name] = f"{type_} = {format_literal(value, type_)}"
        else:
            self.variables[name] = value
        return f"${name}"


def find_node_type(definition: GraphQLField) -> str | None:
    """Return the type whose id a root field takes."""
    named = get_named_type(definition.type)
    return named.name if named.name in TABLES else None
