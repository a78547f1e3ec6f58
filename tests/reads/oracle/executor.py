"""The printed schema over plain rows, executed by graphql-core alone."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from graphql import (
    ExecutionResult,
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    execute_sync,
    get_named_type,
    is_list_type,
    parse,
)
from graphql.type import get_nullable_type

from persistence.kernel.wire_format import to_camel_case
from tests.reads.dataset import Row
from tests.reads.oracle import policy
from tests.reads.oracle.filters import snake
from tests.reads.oracle.pages import MARK, Page, page
from tests.reads.oracle.relations import LINKS, follow, link_of
from tests.reads.oracle.relationships import Caller
from tests.reads.oracle.values import KINDS, TABLES, value

Thing = tuple[str, Row]
"""A graph type's name and a plain row."""

Resolve = Callable[..., Any]


def moment(at: datetime) -> str:
    """ISO 8601, without zeros that say nothing."""
    text = at.isoformat()
    head, dot, rest = text.partition(".")
    fraction, _, offset = rest.partition("+")
    return f"{head}.{fraction.rstrip('0')}+{offset}" if dot else text


WIRE: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "Date": (date.isoformat, date.fromisoformat),
    "DateTime": (moment, datetime.fromisoformat),
    "Decimal": (str, lambda text: Decimal(str(text))),
}


class Oracle:
    """Answers documents as one caller of one world."""

    def __init__(self, sdl: str) -> None:
        self.schema: GraphQLSchema = build_schema(sdl)
        for type_ in self.schema.type_map.values():
            match type_:
                case GraphQLScalarType(name=name) if name in WIRE:
                    _speak(type_, *WIRE[name])
                case GraphQLEnumType() if not type_.name.startswith("__"):
                    for name, member in type_.values.items():
                        member.value = name.lower()
                case GraphQLInterfaceType() | GraphQLUnionType():
                    type_.resolve_type = lambda thing, *_: thing[0]
                case GraphQLObjectType(name=name) if not name.startswith("__"):
                    for key, field in type_.fields.items():
                        field.resolve = _resolver(name, key, field.type)

    def answer(self, who: Caller, document: str, variables: dict[str, Any]) -> ExecutionResult:
        """The answer; the engine has validated the document already."""
        return execute_sync(
            self.schema,
            parse(document),
            root_value=("Query", {}),
            context_value=who,
            variable_values=variables,
        )


def _speak(type_: GraphQLScalarType, write: Resolve, read: Resolve) -> None:
    type_.serialize = type_.coerce_output_value = write
    type_.parse_value = type_.coerce_input_value = read
    type_.parse_literal = type_.coerce_input_literal = lambda node, *_: read(node.value)


def _resolver(  # noqa: PLR0911 - one for each kind of field
    kind: str, key: str, type_: Any
) -> Resolve:
    name = snake(key)
    if kind == "Query" and name in ROOTS:
        return ROOTS[name]
    if kind.endswith("Connection"):
        return CONNECTION[key]
    if kind.endswith("Edge"):
        return EDGE[key]
    if kind == "PageInfo":
        return PAGE_INFO[key]
    if kind in ("Change", "Label"):
        return lambda thing, _: thing[1][name]
    if (kind, name) in UNPACKED:
        return UNPACKED[kind, name]
    target = get_named_type(type_)
    if target.name.endswith("Connection"):
        return _connection(name)
    if name in LINKS.get(kind, {}) or (kind, name) in EITHER:
        return _list(name) if is_list_type(get_nullable_type(type_)) else _one(name)
    return _leaf(name, is_enum=isinstance(target, GraphQLEnumType))


def _leaf(name: str, *, is_enum: bool) -> Resolve:
    def resolve(thing: Thing, info: GraphQLResolveInfo) -> Any:
        found = value(info.context, *thing, name)
        return found.replace(":", "_") if is_enum and isinstance(found, str) else found

    return resolve


def _one(name: str) -> Resolve:
    def resolve(thing: Thing, info: GraphQLResolveInfo, **arguments: Any) -> Thing | None:
        found = follow(info.context, *thing, name, arguments)
        return (link_of(*thing, name).kind, found[0]) if found else None

    return resolve


def _list(name: str) -> Resolve:
    def resolve(thing: Thing, info: GraphQLResolveInfo, **arguments: Any) -> list[Thing] | None:
        if not policy.may_read(info.context, thing[0], name, thing[1]):
            return None
        kind = link_of(*thing, name).kind
        return [(kind, each) for each in follow(info.context, *thing, name, arguments)]

    return resolve


EITHER = (("Goal", "owner"), ("JournalEntry", "subject"))

Paged = tuple[str, Page]


def _connection(name: str) -> Resolve:
    def resolve(thing: Thing, info: GraphQLResolveInfo, **arguments: Any) -> Paged | None:
        who = info.context
        if name == "history" and not policy.audits(who, *thing):
            return None
        kind = link_of(*thing, name).kind
        return kind, page(who, kind, follow(who, *thing, name, arguments), arguments)

    return resolve


def _things(paged: Paged, _: Any) -> list[Thing]:
    return [(paged[0], row) for row in paged[1].rows]


def _cursor(row: Row) -> str:
    return f"{MARK}{row['id']}"


CONNECTION: dict[str, Resolve] = {
    "edges": _things,
    "nodes": _things,
    "pageInfo": lambda paged, _: paged,
    "totalCount": lambda paged, _: paged[1].total,
}
EDGE: dict[str, Resolve] = {
    "node": lambda thing, _: thing,
    "cursor": lambda thing, _: _cursor(thing[1]),
}
PAGE_INFO: dict[str, Resolve] = {
    "hasNextPage": lambda paged, _: paged[1].has_next,
    "hasPreviousPage": lambda paged, _: paged[1].has_previous,
    "startCursor": lambda paged, _: next(map(_cursor, paged[1].rows), None),
    "endCursor": lambda paged, _: next(map(_cursor, reversed(paged[1].rows)), None),
}


# -- what is unpacked from a document -----------------------------------------------------------


def _labels(thing: Thing, _: Any) -> list[Thing]:
    labels = thing[1]["labels"]
    return [("Label", {"key": key, "text": labels[key]}) for key in sorted(labels, key=_short)]


def _changes(thing: Thing, info: GraphQLResolveInfo) -> list[Thing]:
    entry = thing[1]
    kind, about = policy.AGGREGATES[entry["entity"]], info.context.facts.by_id[entry["entity_id"]]
    return [
        ("Change", {"field": to_camel_case(name), "before": was, "after": now})
        for name, (was, now) in sorted(entry["changes"].items(), key=lambda each: _short(each[0]))
        if policy.may_read(info.context, kind, name, about)
    ]


def _short(key: str) -> tuple[int, bytes]:
    """PostgreSQL keeps the keys of a document with the short ones first."""
    return len(key.encode()), key.encode()


UNPACKED: dict[tuple[str, str], Resolve] = {
    ("Tenant", "labels"): _labels,
    ("JournalEntry", "changes"): _changes,
}


# -- the root -----------------------------------------------------------------------------------


def _node(who: Caller, id: str) -> Thing | None:
    prefix, _, rest = id.partition("_")
    kind, row = KINDS[prefix], who.facts.get(UUID(rest))
    if row is None or row not in who.facts.world.tables[TABLES[kind]]:
        return None
    return (kind, row) if policy.visible(who, kind, row) else None


def _by_id(_: Any, info: GraphQLResolveInfo, id: str) -> Thing | None:
    return _node(info.context, id)


def _only(who: Caller, kind: str, rows: list[Row]) -> Thing | None:
    return next(((kind, each) for each in rows if policy.visible(who, kind, each)), None)


def _external(who: Caller, table: str, column: str, by: dict[str, str]) -> list[Row]:
    found = who.facts.rows(table, source=by["source"], external_id=by["id"])
    return [who.facts.by_id[each[column]] for each in found]


def _person(_: Any, info: GraphQLResolveInfo, by: dict[str, Any]) -> Thing | None:
    who: Caller = info.context
    if "workEmail" in by:
        here = [
            each
            for each in who.facts.rows("people", work_email=by["workEmail"].lower())
            if each["left_on"] is None or each["left_on"] > who.facts.today
        ]
        return _only(who, "Person", here)
    if "external" in by:
        found = _external(who, "person_references", "person_id", by["external"])
        return _only(who, "Person", found)
    return _node(who, by["id"])


def _organization(_: Any, info: GraphQLResolveInfo, by: dict[str, Any]) -> Thing | None:
    who: Caller = info.context
    if "code" in by:
        return _only(who, "Organization", who.facts.rows("organizations", code=by["code"]))
    if "external" in by:
        found = _external(who, "organization_references", "organization_id", by["external"])
        return _only(who, "Organization", found)
    return _node(who, by["id"])


def _tenant(_: Any, info: GraphQLResolveInfo) -> Thing:
    return "Tenant", info.context.facts.rows("tenants")[0]


ROOTS: dict[str, Resolve] = {
    "viewer": lambda _, info: ("Viewer", info.context.member),
    "tenant": _tenant,
    "person": _person,
    "organization": _organization,
    **dict.fromkeys(("goal", "team", "member", "role", "node"), _by_id),
    "nodes": lambda _, info, ids: [_node(info.context, each) for each in ids],
}
