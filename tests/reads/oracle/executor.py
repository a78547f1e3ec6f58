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
from tests.reads.oracle import permissions, policy, templates
from tests.reads.oracle.filters import to_snake_case
from tests.reads.oracle.journal_facts import holds_then_and_now
from tests.reads.oracle.node_types import TABLES, TYPE_BY_ENTITY, TYPE_BY_PREFIX
from tests.reads.oracle.pages import CURSOR_PREFIX, Page, build_page
from tests.reads.oracle.relations import RELATIONS, find_relation, follow_relation
from tests.reads.oracle.relationships import OracleCaller
from tests.reads.oracle.values import resolve_leaf

TypedRow = tuple[str, Row]
"""The name of a graph type, and a plain row."""

FieldResolver = Callable[..., Any]


def format_datetime(at: datetime) -> str:
    """Format as ISO 8601, without trailing zeros."""
    text = at.isoformat()
    head, dot, rest = text.partition(".")
    fraction, _, offset = rest.partition("+")
    return f"{head}.{fraction.rstrip('0')}+{offset}" if dot else text


SCALAR_CODECS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "Date": (date.isoformat, date.fromisoformat),
    "DateTime": (format_datetime, datetime.fromisoformat),
    "Decimal": (str, lambda text: Decimal(str(text))),
}


class Oracle:
    """An executor of documents as one caller of one dataset."""

    def __init__(self, sdl: str) -> None:
        self.schema: GraphQLSchema = build_schema(sdl)
        for type_ in self.schema.type_map.values():
            match type_:
                case GraphQLScalarType(name=name) if name in SCALAR_CODECS:
                    _set_scalar_codec(type_, *SCALAR_CODECS[name])
                case GraphQLEnumType() if not type_.name.startswith("__"):
                    for name, member in type_.values.items():
                        member.value = name.lower()
                case GraphQLInterfaceType() | GraphQLUnionType():
                    type_.resolve_type = lambda thing, *_: thing[0]
                case GraphQLObjectType(name=name) if not name.startswith("__"):
                    for key, field in type_.fields.items():
                        field.resolve = _build_resolver(name, key, field.type)

    def answer(
        self, who: OracleCaller, document: str, variables: dict[str, Any]
    ) -> ExecutionResult:
        """Execute a document that the engine has validated already."""
        return execute_sync(
            self.schema,
            parse(document),
            root_value=("Query", {}),
            context_value=who,
            variable_values=variables,
        )


def _set_scalar_codec(type_: GraphQLScalarType, write: FieldResolver, read: FieldResolver) -> None:
    type_.serialize = type_.coerce_output_value = write
    type_.parse_value = type_.coerce_input_value = read
    type_.parse_literal = type_.coerce_input_literal = lambda node, *_: read(node.value)


def _build_resolver(  # noqa: PLR0911 - one for each kind of field
    kind: str, key: str, type_: Any
) -> FieldResolver:
    name = to_snake_case(key)
    if kind == "Query" and name in ROOT_RESOLVERS:
        return ROOT_RESOLVERS[name]
    if kind.endswith("Connection"):
        return CONNECTION_RESOLVERS[key]
    if kind.endswith("Edge"):
        return EDGE_RESOLVERS[key]
    if kind == "PageInfo":
        return PAGE_INFO_RESOLVERS[key]
    is_plain = kind in ("Change", "Label", *templates.KINDS, *permissions.KINDS)
    if is_plain and name not in RELATIONS.get(kind, {}):
        return lambda thing, _: thing[1][name]
    if (kind, name) in DOCUMENT_RESOLVERS:
        return DOCUMENT_RESOLVERS[kind, name]
    target = get_named_type(type_)
    if target.name.endswith("Connection"):
        return _build_connection_resolver(name)
    if name in RELATIONS.get(kind, {}) or (kind, name) in UNION_FIELDS:
        return (
            _build_list_resolver(name)
            if is_list_type(get_nullable_type(type_))
            else _build_one_resolver(name)
        )
    return _build_leaf_resolver(name, is_enum=isinstance(target, GraphQLEnumType))


def _build_leaf_resolver(name: str, *, is_enum: bool) -> FieldResolver:
    def resolve(thing: TypedRow, info: GraphQLResolveInfo) -> Any:
        found = resolve_leaf(info.context, *thing, name)
        return found.replace(":", "_") if is_enum and isinstance(found, str) else found

    return resolve


def _build_one_resolver(name: str) -> FieldResolver:
    def resolve(thing: TypedRow, info: GraphQLResolveInfo, **arguments: Any) -> TypedRow | None:
        found = follow_relation(info.context, *thing, name, arguments)
        return (find_relation(*thing, name).kind, found[0]) if found else None

    return resolve


def _build_list_resolver(name: str) -> FieldResolver:
    def resolve(
        thing: TypedRow, info: GraphQLResolveInfo, **arguments: Any
    ) -> list[TypedRow] | None:
        if not policy.can_read_field(info.context, thing[0], name, thing[1]):
            return None
        kind = find_relation(*thing, name).kind
        return [(kind, each) for each in follow_relation(info.context, *thing, name, arguments)]

    return resolve


UNION_FIELDS = (
    *(("Goal", "owner"), ("Kpi", "scope"), ("Scorecard", "scope")),
    *(("Annotation", "scope"), ("KpiReviewSchedule", "subject")),
    ("JournalEntry", "subject"),
    ("Task", "subject"),
)

TypedPage = tuple[str, Page]


def _build_connection_resolver(name: str) -> FieldResolver:
    def resolve(thing: TypedRow, info: GraphQLResolveInfo, **arguments: Any) -> TypedPage | None:
        who = info.context
        if name == "history" and not policy.can_read_history(who, *thing):
            return None
        if not policy.can_read_field(who, thing[0], name, thing[1]):
            return None
        kind = find_relation(*thing, name).kind
        return kind, build_page(who, kind, follow_relation(who, *thing, name, arguments), arguments)

    return resolve


def _list_nodes(paged: TypedPage, _: Any) -> list[TypedRow]:
    return [(paged[0], row) for row in paged[1].rows]


def _build_cursor(row: Row) -> str:
    return f"{CURSOR_PREFIX}{row['id']}"


CONNECTION_RESOLVERS: dict[str, FieldResolver] = {
    "edges": _list_nodes,
    "nodes": _list_nodes,
    "pageInfo": lambda paged, _: paged,
    "totalCount": lambda paged, _: paged[1].total,
}
EDGE_RESOLVERS: dict[str, FieldResolver] = {
    "node": lambda thing, _: thing,
    "cursor": lambda thing, _: _build_cursor(thing[1]),
}
PAGE_INFO_RESOLVERS: dict[str, FieldResolver] = {
    "hasNextPage": lambda paged, _: paged[1].has_next,
    "hasPreviousPage": lambda paged, _: paged[1].has_previous,
    "startCursor": lambda paged, _: next(map(_build_cursor, paged[1].rows), None),
    "endCursor": lambda paged, _: next(map(_build_cursor, reversed(paged[1].rows)), None),
}


# -- what is unpacked from a document -----------------------------------------------------------


def _list_field_owners(thing: TypedRow, _: Any) -> list[TypedRow]:
    owners = thing[1]["field_owners"]
    names = sorted(owners, key=_jsonb_sort_key)
    return [("FieldOwner", {"field": each, "source": owners[each]}) for each in names]


def _list_labels(thing: TypedRow, _: Any) -> list[TypedRow]:
    labels = thing[1]["labels"]
    return [
        ("Label", {"key": key, "text": labels[key]}) for key in sorted(labels, key=_jsonb_sort_key)
    ]


def _list_changes(thing: TypedRow, info: GraphQLResolveInfo) -> list[TypedRow]:
    entry = thing[1]
    kind = TYPE_BY_ENTITY[entry["entity"]]
    return [
        ("Change", {"field": to_camel_case(name), "before": was, "after": now})
        for name, (was, now) in sorted(
            entry["changes"].items(), key=lambda each: _jsonb_sort_key(each[0])
        )
        if _may_read_change(info.context, entry, kind, name)
    ]


def _may_read_change(who: OracleCaller, entry: Row, kind: str, name: str) -> bool:
    if name not in policy.GUARDED_FIELDS.get(kind, ()):
        return True
    return holds_then_and_now(
        entry, who, lambda who, row: policy.can_read_field(who, kind, name, row)
    )


def _jsonb_sort_key(key: str) -> tuple[int, bytes]:
    """Return the key by which PostgreSQL's jsonb sorts: shorter keys come first."""
    return len(key.encode()), key.encode()


DOCUMENT_RESOLVERS: dict[tuple[str, str], FieldResolver] = {
    ("Tenant", "labels"): _list_labels,
    ("Tenant", "field_owners"): _list_field_owners,
    ("JournalEntry", "changes"): _list_changes,
}


# -- the root -----------------------------------------------------------------------------------


def _find_node(who: OracleCaller, id: str) -> TypedRow | None:
    prefix, _, rest = id.partition("_")
    kind, row = TYPE_BY_PREFIX[prefix], who.facts.find_row(UUID(rest))
    if row is None or row not in who.facts.tables[TABLES[kind]]:
        return None
    return (kind, row) if policy.can_see(who, kind, row) else None


def _resolve_by_id(_: Any, info: GraphQLResolveInfo, id: str) -> TypedRow | None:
    return _find_node(info.context, id)


def _find_first_visible(who: OracleCaller, kind: str, rows: list[Row]) -> TypedRow | None:
    return next(((kind, each) for each in rows if policy.can_see(who, kind, each)), None)


def _find_by_external_id(who: OracleCaller, kind: str, by: dict[str, str]) -> list[Row]:
    table, column = {
        "Person": ("person_references", "person_id"),
        "Organization": ("organization_references", "organization_id"),
        "Team": ("team_references", "team_id"),
        "Goal": ("goal_references", "goal_id"),
    }[kind]
    found = who.facts.select_rows(table, source=by["source"], external_id=by["id"])
    rows = [who.facts.rows_by_id[each[column]] for each in found]
    return [each for each in rows if policy.can_read_field(who, kind, "references", each)]


def _find_by_email(who: OracleCaller, address: str) -> list[Row]:
    found = who.facts.select_rows("people", work_email=address.lower())
    return [each for each in found if each["left_on"] is None or each["left_on"] > who.facts.today]


CASELESS_KEYS = ("employee_number", "code")


def _look_up(kind: str) -> FieldResolver:
    """Resolve an object by its id, or by one of its other keys that the caller may read."""

    def resolve(_: Any, info: GraphQLResolveInfo, by: dict[str, Any]) -> TypedRow | None:
        who: OracleCaller = info.context
        ((key, value),) = by.items()
        if key == "id":
            return _find_node(who, value)
        if key == "external":
            return _find_first_visible(who, kind, _find_by_external_id(who, kind, value))
        if key == "workEmail":
            return _find_first_visible(who, kind, _find_by_email(who, value))
        name = {"employeeNumber": "employee_number"}.get(key, key)
        rows = who.facts.select_rows(TABLES[kind])
        if name in CASELESS_KEYS:
            found = [each for each in rows if (each[name] or "").lower() == value.lower()]
        else:
            found = [each for each in rows if each[name] == value]
        readable = [each for each in found if policy.can_read_field(who, kind, name, each)]
        return _find_first_visible(who, kind, readable)

    return resolve


def _resolve_tenant(_: Any, info: GraphQLResolveInfo) -> TypedRow:
    return "Tenant", info.context.facts.select_rows("tenants")[0]


ROOT_RESOLVERS: dict[str, FieldResolver] = {
    "viewer": lambda _, info: ("Viewer", info.context.member),
    "tenant": _resolve_tenant,
    "kpi_templates": templates.list_templates,
    "feedback_promises": templates.list_promises,
    "permission_matrix": permissions.list_rules,
    **{
        to_snake_case(f"{each[0].lower()}{each[1:]}"): _look_up(each)
        for each in (
            "AccessRequest",
            "ActionItem",
            "CompetencyFramework",
            "CustomField",
            "LegalHold",
            "ReviewTemplate",
            "ReviewCycle",
            "ReviewPacket",
            "Review",
            "CalibrationSession",
            "FairnessAttribute",
            "ReviewAppeal",
            "ReviewNominationRound",
            "ReviewNomination",
            "Alert",
            "Feedback",
            "FeedbackRequest",
            "FeedbackProgram",
            "FeedbackProgramSchedule",
            "Goal",
            "Kpi",
            "KpiReview",
            "Issuer",
            "KpiReviewSchedule",
            "Member",
            "Organization",
            "Person",
            "RatingScale",
            "Role",
            "Scorecard",
            "ScoreRule",
            "ServiceClient",
            "Survey",
            "SurveyBankQuestion",
            "SurveySchedule",
            "StagedUpload",
            "BulkOperation",
            "SyncRun",
            "Team",
            "Webhook",
            "WorkCalendar",
        )
    },
    "node": _resolve_by_id,
    "nodes": lambda _, info, ids: [_find_node(info.context, each) for each in ids],
}
