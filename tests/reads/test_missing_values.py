"""Objects without a value match `neq` and `nin` of every filter, derived from the schema."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLNonNull, GraphQLObjectType, get_named_type

from api.kernel.execution.engine import Engine
from api.schema import get_schema
from tests.reads.dataset import TenantDataset
from tests.reads.engine_fixture import execute_document

ADMIN_LISTS = (
    *("members", "roles", "auditLog", "webhooks", "webhookDeliveries"),
    "retentionPolicies",
)


@dataclass(frozen=True)
class FilteredField:
    """A field of a list that a comparator filters; `root` is the list at the root above it."""

    comparator: GraphQLInputObjectType
    name: str
    list_name: str
    root: str | None
    is_nullable: bool

    def write_list(self, where: str, selection: str) -> str:
        """Write the selection of the list, without its alias."""
        return f"{self.list_name}(first: 100{where}) {{ {selection} }}"


def iterate_lists(parent: GraphQLObjectType) -> Iterator[tuple[str, GraphQLObjectType, Any]]:
    """Iterate over the lists of a type that can be filtered: name, type of nodes, filter."""
    for name, field in parent.fields.items():
        connection = get_named_type(field.type)
        if "where" in field.args and isinstance(connection, GraphQLObjectType):
            node = get_named_type(connection.fields["nodes"].type)
            yield name, node, get_named_type(field.args["where"].type)


def iterate_fields() -> Iterator[FilteredField]:
    """Iterate over the fields with a comparator that has `nin`, at the root and one level below."""
    query = get_schema()._schema.query_type
    assert query is not None
    for root, node, where in iterate_lists(query):
        yield from _iterate_compared(node, where, root, None)
        for name, below, where_below in iterate_lists(node):
            yield from _iterate_compared(below, where_below, name, root)


def _iterate_compared(
    node: GraphQLObjectType, where: Any, list_name: str, root: str | None
) -> Iterator[FilteredField]:
    for name, field in where.fields.items():
        comparator = get_named_type(field.type)
        if "nin" in getattr(comparator, "fields", ()) and name in node.fields:
            is_nullable = not isinstance(node.fields[name].type, GraphQLNonNull)
            yield FilteredField(comparator, name, list_name, root, is_nullable)


def choose_fields() -> list[FilteredField]:
    """Choose a field for each comparator: with missing values if there is one, near the root."""
    found: dict[str, FilteredField] = {}
    for each in sorted(iterate_fields(), key=lambda each: (not each.is_nullable, bool(each.root))):
        found.setdefault(each.comparator.name, each)
    return list(found.values())


def count(answer: Any, field: FilteredField, alias: str) -> int:
    """Add up the totals of a list, which may be below each object at the root."""
    above = answer["data"]["root"]["nodes"] if field.root else [answer["data"]]
    return sum(each[alias]["totalCount"] for each in above)


@pytest.mark.anyio
@pytest.mark.parametrize("field", choose_fields(), ids=lambda each: each.comparator.name)
async def test_what_has_no_value_is_different_from_every_value(
    engine: Engine, tenants: dict[str, TenantDataset], field: FilteredField
) -> None:
    world = tenants["northwind"]
    subject = "admin" if (field.root or field.list_name) in ADMIN_LISTS else "hr"

    async def execute(lists: str, **variables: Any) -> Any:
        kind = field.comparator.fields["eq"].type
        nested = f"root: {field.root}(first: 100) {{ nodes {{ {lists} }} }}"
        head = f"query($one: {kind}, $many: [{kind}!])" if variables else "query"
        document = f"{head} {{ {nested if field.root else lists} }}"
        answer = await execute_document(engine, world, subject, document, variables)
        assert "errors" not in answer
        return answer

    answer = await execute(f"all: {field.write_list('', f'nodes {{ {field.name} }}')}")
    above = answer["data"]["root"]["nodes"] if field.root else [answer["data"]]
    values = [node[field.name] for each in above for node in each["all"]["nodes"]]
    value = next(each for each in values if each is not None)
    conditions = {
        "total": "",
        "equal": "eq: $one",
        "neq": "neq: $one",
        "nin": "nin: $many",
        "missing": "isNull: true",
    }
    lists = [
        f"{alias}: "
        + field.write_list(
            f", where: {{ {field.name}: {{ {text} }} }}" if text else "", "totalCount"
        )
        for alias, text in conditions.items()
    ]
    answer = await execute(" ".join(lists), one=value, many=[value])
    found = {alias: count(answer, field, alias) for alias in conditions}
    assert found["equal"] >= values.count(value) > 0
    assert found["missing"] >= values.count(None)
    assert found["neq"] == found["nin"] == found["total"] - found["equal"] >= found["missing"]


def test_some_of_the_chosen_fields_may_have_no_value() -> None:
    assert sum(each.is_nullable for each in choose_fields()) > 3
