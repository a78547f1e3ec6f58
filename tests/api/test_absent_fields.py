"""A field of a mutation that is left out never removes a stored value; null may."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from graphql import GraphQLNonNull, get_named_type
from sqlalchemy import Date, Text

from api.kernel.schema.global_ids import decode_id
from api.schema import get_schema
from persistence.kernel.wire_format import DERIVED_KEY, get_id_prefix, to_snake_case
from persistence.reading.read_model import list_node_models
from tests.api.company import Company, a_company
from tests.api.mutation_inputs import build_input
from tests.api.permission_matrix import find_subject
from tests.api.rehearsals import open_rehearsal
from tests.factories.graph import DatabaseGraph

TABLES = {model.prefix: model.table for model in list_node_models()}


@pytest.fixture(scope="module")
async def staged(owner: Any, pool: Any, writing: asyncpg.Pool) -> AsyncIterator[Any]:
    company = await a_company(owner, pool, writing, alone=True)
    async with open_rehearsal(writing) as rehearsal:
        yield company, rehearsal


def list_optional_columns() -> list[tuple[str, str, str]]:
    """List mutation, field and column of each optional field that is stored in the object.

    Days are left out: their default is today, and their descriptions say so. Derived columns are
    left out, too: they follow from parts.
    """
    schema = get_schema()._schema
    assert schema.mutation_type is not None
    found = []
    for verb, field in schema.mutation_type.fields.items():
        if "input" not in field.args:
            continue
        subject: Any = schema.get_type(capitalize(find_subject(verb)))
        fields = get_named_type(field.args["input"].type).fields
        table = _get_table(subject.name)
        columns = {
            each.name
            for each in table.columns
            if not isinstance(each.type, Date) and not each.info.get(DERIVED_KEY)
        }
        found += [
            (verb, key, to_snake_case(key))
            for key, each in fields.items()
            if "id" in fields
            and to_snake_case(key) in columns
            and not isinstance(each.type, GraphQLNonNull)
        ]
    return found


NEW_TEXTS = {("feedbackDecline", "reason"), ("reviewRejectNomination", "reason")}
"""Texts that their verb writes for the first time, so there is none to keep."""

REFUSED = {
    ("webhookEdit", "payloadQuery"),
    ("scoreRuleEdit", "formula"),
    ("issuerRotate", "keySet"),
    ("issuerRotate", "keySetUri"),
}
"""With a query, only the owner of a webhook may give it another address. `Kept` is no formula.
Without a source, `issuerRotate` takes the keys of the discovery document, as its description says.
"""


def capitalize(name: str) -> str:
    """Return the name of a type, from that of a field."""
    return f"{name[0].upper()}{name[1:]}"


def _get_table(name: str) -> Any:
    return next(model.table for model in list_node_models() if model.name == name)


async def test_an_absent_field_leaves_the_stored_value(staged: Any) -> None:
    company, pool = staged
    lost, texts = [], 0
    for verb, field, column in list_optional_columns():
        async with pool.rehearse():
            is_text, before, after = await _leave_out(company, pool, verb, field, column)
        texts += is_text
        is_new = (verb, field) in NEW_TEXTS | REFUSED
        if before is not None and before != after and not is_new:
            lost.append((verb, field, before, after))
    assert lost == []
    assert texts >= 15


async def _leave_out(
    company: Company, pool: Any, verb: str, field: str, column: str
) -> tuple[bool, Any, Any]:
    """Execute a mutation without a field; return the stored value before and after it."""
    input = {key: each for key, each in build_input(company, verb).items() if key != field}
    if "id" not in input:
        return False, None, None
    prefix = get_id_prefix(input["id"])
    table, id = TABLES[prefix], decode_id(input["id"], prefix)
    assert table is not None
    where = f"FROM {table} WHERE tenant_id = '{company.tenant_id}' AND id = '{id}'"
    is_text = isinstance(table.c[column].type, Text)
    connection = pool.connection
    await connection.execute(f"SET LOCAL app.tenant_id = '{company.tenant_id}'")
    if is_text and await connection.fetchval(f"SELECT {column} IS NULL {where}"):
        change = where.replace(f"FROM {table}", f"UPDATE {table} SET {column} = 'Kept'")
        await connection.execute(change)
    before = await connection.fetchval(f"SELECT {column} {where}")
    graph = DatabaseGraph(pool, pool, company.tenant_id)
    document = (
        f"mutation($input: {verb[0].upper()}{verb[1:]}Input!)"
        f" {{ {verb}(input: $input) {{ errors {{ code }} }} }}"
    )
    await graph.execute("ruler", document, input=input)
    await connection.execute(f"SET LOCAL app.tenant_id = '{company.tenant_id}'")
    return is_text, before, await connection.fetchval(f"SELECT {column} {where}")
