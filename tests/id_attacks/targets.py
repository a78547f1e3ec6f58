"""Every input of the graph that takes an id, derived from the schema.

A new id-typed argument or input field is attacked as soon as it exists. Where neither its
declaration nor its name says what type of id it takes, the tests fail until KIND_BY_FIELD_NAME says
it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_object_type,
)

from api.kernel.schema.declarations import TYPE_DECLARATIONS, TYPES
from tests.api.mutation_inputs import get_input_field

ANY_KIND = "any"
MAX_HOPS = 4
LISTS = "some", "every", "none"

KIND_BY_FIELD_NAME = {"personId": "person", "toId": "ratingscale", "subjectId": "goal"}
"""The types of ids by the names of arguments and filters. Inputs of mutations declare theirs."""
SCALAR_VALUES = {
    "String": "x",
    "Int": 1,
    "Float": 1.0,
    "Boolean": True,
    "Date": "2026-07-01",
    "DateTime": "2026-07-01T00:00:00Z",
    "Decimal": "1",
    "JSON": {},
}


class UnknownIdKind(Exception):
    """An id-typed input whose type of id is not declared."""


@dataclass(frozen=True)
class PathStep:
    """One step of a path to an id: its name, the input type that it is a field of, and its type."""

    name: str
    owner_type: str
    type: Any


@dataclass(frozen=True)
class Target:
    """An input that takes an id, and the document that reaches it."""

    operation: str
    field: str
    path: tuple[PathStep, ...]
    kind: str
    document: str
    arguments: tuple[tuple[str, Any], ...]

    @property
    def name(self) -> str:
        """The path in words."""
        return ".".join((self.field, *(step.name for step in self.path)))

    @property
    def is_deep(self) -> bool:
        """Whether it lies so deep in a filter that only the id's tenant can make a difference."""
        return len(self.path) > MAX_HOPS

    @property
    def leaf(self) -> tuple[str, str]:
        """The input field at its end."""
        return (self.path[-1].owner_type, self.path[-1].name)

    def list_companion_kinds(self) -> set[str]:
        """List the kinds of the other ids that it needs."""
        return {kind for _, tree in self.arguments for kind in _collect_kinds(tree)}

    def build_variables(self, id: Any, others: dict[str, str]) -> dict[str, Any]:
        """Build the variables with this id in its place, and own ids elsewhere."""
        return {name: _fill_tree(tree, id, others) for name, tree in self.arguments}


@dataclass(frozen=True)
class CompanionId:
    """A placeholder in the variables for another id of a kind."""

    kind: str


TARGET_ID = object()
"""The placeholder in the variables for the attacked id."""


def find_targets(schema: GraphQLSchema, *, hops: int = MAX_HOPS) -> Iterator[Target]:
    """Find every input that takes an id, following filters up to this many steps."""
    roots = {
        "query": schema.query_type,
        "mutation": schema.mutation_type,
        "subscription": schema.subscription_type,
    }
    for operation, type_ in roots.items():
        assert type_ is not None
        for name, field in type_.fields.items():
            for path in _find_paths(field, hops):
                yield _build_target(schema, operation, name, field, path)
    yield from _find_nested_targets(schema)


def list_id_inputs(schema: GraphQLSchema) -> set[tuple[str, str]]:
    """List every input field and argument of the schema whose type is ID."""
    found = set()
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLInputObjectType):
            found |= {(type_.name, name) for name, each in type_.fields.items() if _is_id(each)}
        elif is_object_type(type_) and not type_.name.startswith("__"):
            for name, field in type_.fields.items():
                found |= {(name, arg) for arg, each in field.args.items() if _is_id(each)}
    return found


def resolve_id_kind(field: str, returned: str, path: tuple[PathStep, ...]) -> str:
    """Return the kind of the id at the end of this path. Raises UnknownIdKind."""
    step = path[-1]
    if step.owner_type == "IdComparator":
        step = path[-2]
    if declared := _find_declared_prefix(step.owner_type, step.name):
        return declared
    if step.name in KIND_BY_FIELD_NAME:
        return KIND_BY_FIELD_NAME[step.name]
    if step.owner_type == field and step.name in ("id", "ids"):
        return ANY_KIND if field in ("node", "nodes") else _find_prefix(returned)
    if step.name in ("id", "parentId") and step.owner_type != field:
        return _find_prefix(step.owner_type)
    raise UnknownIdKind(
        f"{field} takes an id as {step.owner_type}.{step.name}. Add its kind to KIND_BY_FIELD_NAME."
    )


def _find_declared_prefix(input_type: str, field: str) -> str | None:
    """Return the id prefix that an input of a mutation declares for a field."""
    if input_type not in TYPES:
        return None
    prefixes = get_input_field(TYPES[input_type], field).prefixes or (None,)
    return prefixes[0] if len(prefixes) == 1 else ANY_KIND


def _find_prefix(name: str) -> str:
    """Return the id prefix of the type with which a name begins, as `GoalEditInput` does."""
    fitting = [
        each
        for each in TYPE_DECLARATIONS
        if name.startswith(each) and TYPE_DECLARATIONS[each].read_model.prefix
    ]
    if not fitting:
        raise UnknownIdKind(f"{name} is not named after a type.")
    return str(TYPE_DECLARATIONS[max(fitting, key=len)].read_model.prefix)


def _is_id(each: Any) -> bool:
    return get_named_type(each.type).name == "ID"


def _find_paths(field: GraphQLField, hops: int) -> Iterator[tuple[PathStep, ...]]:
    for name, argument in field.args.items():
        start = PathStep(name, field.ast_node.name.value if field.ast_node else "", argument.type)
        yield from _extend_path((start,), hops)


def _extend_path(path: tuple[PathStep, ...], hops: int) -> Iterator[tuple[PathStep, ...]]:
    named = get_named_type(path[-1].type)
    if named.name == "ID":
        yield path
    elif isinstance(named, GraphQLInputObjectType):
        if hops <= 0:
            return
        for name, each in named.fields.items():
            if name not in ("and", "or", "not"):
                yield from _extend_path((*path, PathStep(name, named.name, each.type)), hops - 1)


def _build_target(
    schema: GraphQLSchema,
    operation: str,
    name: str,
    field: GraphQLField,
    path: tuple[PathStep, ...],
) -> Target:
    path = (PathStep(path[0].name, name, path[0].type), *path[1:])
    returned = get_named_type(field.type)
    used = {
        each: (path if each == path[0].name else ())
        for each, argument in field.args.items()
        if each == path[0].name or isinstance(argument.type, GraphQLNonNull)
    }
    declared = " ".join(f"${each}:{field.args[each].type}" for each in used)
    given = " ".join(f"{each}:${each}" for each in used)
    chosen = _build_selection(schema, returned)
    return Target(
        operation,
        name,
        path,
        resolve_id_kind(name, returned.name, path),
        f"{operation}({declared}){{{name}({given}){chosen}}}",
        tuple(
            (each, _build_value_tree(field.args[each].type, way[1:], bool(way)))
            for each, way in used.items()
        ),
    )


def _find_nested_targets(schema: GraphQLSchema) -> Iterator[Target]:
    """Find arguments of fields below the root, reached through a list of their objects."""
    query = schema.query_type
    assert query is not None
    lists = {
        get_named_type(field.type).name.removesuffix("Connection"): name
        for name, field in query.fields.items()
        if get_named_type(field.type).name.endswith("Connection")
    }
    for kind, root in lists.items():
        for name, field in schema.type_map[kind].fields.items():  # type: ignore[attr-defined]
            for path in _find_paths(field, 2):
                inner = _build_target(schema, "query", name, field, path)
                start = inner.document.index("{")
                body = f"{{{root}(first:3){{nodes{inner.document[start:]}}}}}"
                field_ = f"{root}.{name}"
                document = inner.document[:start] + body
                yield Target("query", field_, inner.path, inner.kind, document, inner.arguments)


def _build_selection(schema: GraphQLSchema, type_: Any) -> str:
    """Build a selection that shows the effect."""
    if is_leaf_type(type_):
        return ""
    if is_abstract_type(type_):
        return "{__typename id}"
    fields = type_.fields
    if "nodes" in fields:
        return "{totalCount nodes{id}}"
    if "errors" in fields:
        inner = [
            name
            for name in fields
            if name != "errors" and not is_leaf_type(get_named_type(fields[name].type))
        ]
        shown = " ".join(f"{name}{{__typename id}}" for name in inner)
        return f"{{{shown} errors{{code message field}}}}"
    assert schema.type_map["ID"]
    return "{__typename id}"


def _build_value_tree(type_: Any, way: tuple[PathStep, ...], is_way: bool) -> Any:  # noqa: FBT001 - a plain recursion
    """Build a value of the type that leads to the id, with all required fields."""
    if isinstance(type_, GraphQLNonNull):
        return _build_value_tree(type_.of_type, way, is_way)
    if isinstance(type_, GraphQLList):
        return [_build_value_tree(type_.of_type, way, is_way)]
    if isinstance(type_, GraphQLInputObjectType):
        tree = {}
        for name, each in type_.fields.items():
            if way and way[0].name == name:
                tree[name] = _build_value_tree(each.type, way[1:], True)
            elif isinstance(each.type, GraphQLNonNull) and each.default_value is not None:
                tree[name] = _build_sibling_value(type_.name, name, each.type)
        return tree
    if type_.name == "ID":
        return TARGET_ID if is_way else CompanionId("person")
    return _pick_scalar_value(type_)


def _build_sibling_value(owner: str, name: str, type_: Any) -> Any:
    if get_named_type(type_).name == "ID":
        other: Any = CompanionId(_find_declared_prefix(owner, name) or _find_prefix(owner))
        return [other] if isinstance(getattr(type_, "of_type", None), GraphQLList) else other
    return _build_value_tree(type_, (), False)


def _pick_scalar_value(type_: Any) -> Any:
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    return SCALAR_VALUES[type_.name]


def _fill_tree(tree: Any, id: Any, others: dict[str, str]) -> Any:
    if tree is TARGET_ID:
        return id
    if isinstance(tree, CompanionId):
        return others[tree.kind]
    if isinstance(tree, dict):
        return {name: _fill_tree(each, id, others) for name, each in tree.items()}
    if isinstance(tree, list):
        return [_fill_tree(each, id, others) for each in tree]
    return tree


def _collect_kinds(tree: Any) -> Iterator[str]:
    if isinstance(tree, CompanionId):
        yield tree.kind
    elif isinstance(tree, dict | list):
        for each in tree.values() if isinstance(tree, dict) else tree:
            yield from _collect_kinds(each)
