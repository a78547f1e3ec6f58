"""Every place of the graph that takes an id, read from the schema; nothing here is written by hand.

A new id-typed argument or input field is attacked as soon as it exists, and one whose name does not
say what it is the id of has no generator: then this fails, and so does the build.
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

from api.kernel.schema.declarations import TYPE_DECLARATIONS

ANY = "any"
MOST_HOPS = 4
LISTS = "some", "every", "none"

BY_NAME = {
    "personId": "person",
    "managerId": "person",
    "viewerIds": "person",
    "teamId": "team",
    "organizationId": "organization",
    "keyResultId": "keyres",
    "keyResultIds": "keyres",
    "roleId": "role",
    "assignmentId": "assignment",
    "membershipId": "membership",
    "lineId": "line",
}
PLAIN = {
    "String": "x",
    "Int": 1,
    "Float": 1.0,
    "Boolean": True,
    "Date": "2026-07-01",
    "DateTime": "2026-07-01T00:00:00Z",
    "Decimal": "1",
    "JSON": {},
}


class NoGenerator(Exception):
    """An id-typed place of which nobody has said what it is the id of."""


@dataclass(frozen=True)
class Step:
    """One step down to an id: its name, the input type that it is a field of, and its type."""

    name: str
    owner: str
    type: Any


@dataclass(frozen=True)
class Target:
    """One place that takes an id, and the document that reaches it."""

    operation: str
    field: str
    path: tuple[Step, ...]
    kind: str
    document: str
    arguments: tuple[tuple[str, Any], ...]

    @property
    def name(self) -> str:
        """The place as a person would say it."""
        return ".".join((self.field, *(step.name for step in self.path)))

    @property
    def is_far(self) -> bool:
        """Whether it lies so deep in a filter that only whose id it is can make a difference."""
        return len(self.path) > MOST_HOPS

    @property
    def leaf(self) -> tuple[str, str]:
        """The input field at its end."""
        return (self.path[-1].owner, self.path[-1].name)

    def companions(self) -> set[str]:
        """The kinds of the other ids that it needs."""
        return {kind for _, tree in self.arguments for kind in _kinds_in(tree)}

    def variables(self, id: Any, others: dict[str, str]) -> dict[str, Any]:
        """The variables with this id in its place, and ids of one's own elsewhere."""
        return {name: _filled(tree, id, others) for name, tree in self.arguments}


@dataclass(frozen=True)
class Other:
    """A place in the variables for another id of a kind."""

    kind: str


HERE = object()
"""The place in the variables for the id itself."""


def targets(schema: GraphQLSchema, *, hops: int = MOST_HOPS) -> Iterator[Target]:
    """Every place that takes an id, with filters followed so many steps."""
    roots = {
        "query": schema.query_type,
        "mutation": schema.mutation_type,
        "subscription": schema.subscription_type,
    }
    for operation, type_ in roots.items():
        assert type_ is not None
        for name, field in type_.fields.items():
            for path in _paths(field, hops):
                yield _target(schema, operation, name, field, path)
    yield from _nested(schema)


def all_leaves(schema: GraphQLSchema) -> set[tuple[str, str]]:
    """Every input field and argument of the schema whose type is ID."""
    found = set()
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLInputObjectType):
            found |= {(type_.name, name) for name, each in type_.fields.items() if _is_id(each)}
        elif is_object_type(type_) and not type_.name.startswith("__"):
            for name, field in type_.fields.items():
                found |= {(name, arg) for arg, each in field.args.items() if _is_id(each)}
    return found


def kind_of(field: str, returned: str, path: tuple[Step, ...]) -> str:
    """What the id at the end of this path is the id of. Raises NoGenerator."""
    step = path[-1]
    if step.owner == "IdComparator":
        step = path[-2]
    if step.name in BY_NAME:
        return BY_NAME[step.name]
    if step.owner == field and step.name in ("id", "ids"):
        return ANY if field in ("node", "nodes") else _prefix(returned)
    if step.name in ("id", "parentId") and step.owner != field:
        return _prefix(step.owner)
    raise NoGenerator(
        f"{field} takes an id as {step.owner}.{step.name}. Say in BY_NAME what it is the id of."
    )


def _prefix(name: str) -> str:
    """The kind of id of the type whose name a name begins with, as `GoalEditInput` does."""
    fitting = [
        each
        for each in TYPE_DECLARATIONS
        if name.startswith(each) and TYPE_DECLARATIONS[each].read_model.prefix
    ]
    if not fitting:
        raise NoGenerator(f"{name} is not named after a type.")
    return str(TYPE_DECLARATIONS[max(fitting, key=len)].read_model.prefix)


def _is_id(each: Any) -> bool:
    return get_named_type(each.type).name == "ID"


def _paths(field: GraphQLField, hops: int) -> Iterator[tuple[Step, ...]]:
    for name, argument in field.args.items():
        start = Step(name, field.ast_node.name.value if field.ast_node else "", argument.type)
        yield from _below((start,), hops)


def _below(path: tuple[Step, ...], hops: int) -> Iterator[tuple[Step, ...]]:
    named = get_named_type(path[-1].type)
    if named.name == "ID":
        yield path
    elif isinstance(named, GraphQLInputObjectType):
        if hops <= 0:
            return
        for name, each in named.fields.items():
            if name not in ("and", "or", "not"):
                yield from _below((*path, Step(name, named.name, each.type)), hops - 1)


def _target(
    schema: GraphQLSchema, operation: str, name: str, field: GraphQLField, path: tuple[Step, ...]
) -> Target:
    path = (Step(path[0].name, name, path[0].type), *path[1:])
    returned = get_named_type(field.type)
    used = {
        each: (path if each == path[0].name else ())
        for each, argument in field.args.items()
        if each == path[0].name or isinstance(argument.type, GraphQLNonNull)
    }
    declared = " ".join(f"${each}:{field.args[each].type}" for each in used)
    given = " ".join(f"{each}:${each}" for each in used)
    chosen = _chosen(schema, returned)
    return Target(
        operation,
        name,
        path,
        kind_of(name, returned.name, path),
        f"{operation}({declared}){{{name}({given}){chosen}}}",
        tuple(
            (each, _tree(field.args[each].type, way[1:], bool(way))) for each, way in used.items()
        ),
    )


def _nested(schema: GraphQLSchema) -> Iterator[Target]:
    """Arguments of fields below the root, reached through the list of their objects."""
    query = schema.query_type
    assert query is not None
    lists = {
        get_named_type(field.type).name.removesuffix("Connection"): name
        for name, field in query.fields.items()
        if get_named_type(field.type).name.endswith("Connection")
    }
    for kind, root in lists.items():
        for name, field in schema.type_map[kind].fields.items():  # type: ignore[attr-defined]
            for path in _paths(field, 2):
                inner = _target(schema, "query", name, field, path)
                start = inner.document.index("{")
                body = f"{{{root}(first:3){{nodes{inner.document[start:]}}}}}"
                field_ = f"{root}.{name}"
                document = inner.document[:start] + body
                yield Target("query", field_, inner.path, inner.kind, document, inner.arguments)


def _chosen(schema: GraphQLSchema, type_: Any) -> str:
    """A selection that shows what came of it."""
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


def _tree(type_: Any, way: tuple[Step, ...], is_way: bool) -> Any:  # noqa: FBT001 - a plain recursion
    """A value of the type that leads to the id, and holds what else is required."""
    if isinstance(type_, GraphQLNonNull):
        return _tree(type_.of_type, way, is_way)
    if isinstance(type_, GraphQLList):
        return [_tree(type_.of_type, way, is_way)]
    if isinstance(type_, GraphQLInputObjectType):
        tree = {}
        for name, each in type_.fields.items():
            if way and way[0].name == name:
                tree[name] = _tree(each.type, way[1:], True)
            elif isinstance(each.type, GraphQLNonNull) and each.default_value is not None:
                tree[name] = _beside(type_.name, name, each.type)
        return tree
    if type_.name == "ID":
        return HERE if is_way else Other("person")
    return _plain(type_)


def _beside(owner: str, name: str, type_: Any) -> Any:
    if get_named_type(type_).name == "ID":
        kind = BY_NAME.get(name) or _prefix(owner)
        other: Any = Other(kind)
        return [other] if isinstance(getattr(type_, "of_type", None), GraphQLList) else other
    return _tree(type_, (), False)


def _plain(type_: Any) -> Any:
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    return PLAIN[type_.name]


def _filled(tree: Any, id: Any, others: dict[str, str]) -> Any:
    if tree is HERE:
        return id
    if isinstance(tree, Other):
        return others[tree.kind]
    if isinstance(tree, dict):
        return {name: _filled(each, id, others) for name, each in tree.items()}
    if isinstance(tree, list):
        return [_filled(each, id, others) for each in tree]
    return tree


def _kinds_in(tree: Any) -> Iterator[str]:
    if isinstance(tree, Other):
        yield tree.kind
    elif isinstance(tree, dict | list):
        for each in tree.values() if isinstance(tree, dict) else tree:
            yield from _kinds_in(each)
