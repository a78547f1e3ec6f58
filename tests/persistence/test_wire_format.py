"""Python and SQL spell names and values of the graph alike, and as the API spells them."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType
from sqlalchemy import Column, MetaData, Table, Text, Uuid, cast, func, select
from sqlalchemy.types import Date, DateTime, Numeric, TypeEngine
from strawberry.utils import str_converters

from api.schema import get_schema
from domain.kernel.errors import Code, Invalid
from domain.kernel.permissions import Permission
from persistence import registry  # noqa: F401 - declares every read model
from persistence.kernel.schema.tables import EnumText, PeriodEnd, metadata
from persistence.kernel.sql_literals import literal_text
from persistence.kernel.wire_format import (
    camel_case_sql,
    choose_json_encoder,
    decode_id,
    encode_id,
    encode_id_sql,
    from_enum_name,
    get_id_prefix,
    to_camel_case,
    to_enum_name,
    to_json_value,
)
from persistence.reading.plan_cache import render_sql
from persistence.reading.read_model import READ_MODELS

COLUMNS = [column for table in metadata.tables.values() for column in table.columns]
NAMES = sorted(
    {column.name for column in COLUMNS}
    | {name for model in READ_MODELS.values() for name in model.fields}
)
ENUMS = sorted(
    {column.type.enum_type for column in COLUMNS if isinstance(column.type, EnumText)}, key=str
)
MOMENT = datetime(2026, 3, 9, 7, 5, 1, tzinfo=UTC)
VALUES: list[tuple[TypeEngine[Any], Any]] = [
    (Uuid(), UUID(int=7)),
    (Date(), date(2026, 3, 9)),
    (PeriodEnd(), date(2026, 3, 1)),
    (Numeric(), Decimal(1200)),
    (Numeric(), Decimal("0.10")),
    (Numeric(), Decimal("1E+3")),
    (Numeric(), Decimal("-0.0000001")),
    (DateTime(timezone=True), MOMENT),
    (DateTime(timezone=True), MOMENT.replace(microsecond=123456)),
    (DateTime(timezone=True), MOMENT.replace(microsecond=120300)),
    (DateTime(timezone=True), MOMENT.replace(microsecond=1)),
]
ID = UUID("01a22415-4808-7cad-b65c-c0cc4a095b58")


async def evaluate(pool: asyncpg.Pool, sql: Any) -> Any:
    """Return the value of an expression as JSON gives it to a client."""
    value = await pool.fetchval(render_sql(select(cast(func.to_json(sql), Text))))
    return json.loads(value)


@pytest.mark.anyio
async def test_names_are_spelled_alike_in_python_and_in_sql(pool: asyncpg.Pool) -> None:
    for name in NAMES:
        assert await evaluate(pool, camel_case_sql(literal_text(name))) == to_camel_case(name)


def test_names_are_spelled_as_strawberry_spells_them() -> None:
    assert [to_camel_case(each) for each in NAMES] == [
        str_converters.to_camel_case(each) for each in NAMES
    ]


def test_every_name_of_the_schema_comes_back_from_its_python_name() -> None:
    for type_ in get_schema()._schema.type_map.values():
        if type_.name.startswith("__"):
            continue
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for name in type_.fields:
                assert to_camel_case(str_converters.to_snake_case(name)) == name


@pytest.mark.anyio
async def test_ids_are_spelled_alike_in_python_and_in_sql(pool: asyncpg.Pool) -> None:
    sql = encode_id_sql("goal", cast(literal_text(str(ID)), Uuid()))
    assert await evaluate(pool, sql) == encode_id("goal", ID)


@pytest.mark.anyio
@pytest.mark.parametrize("enum_type", [*ENUMS, Permission])
async def test_enums_are_spelled_alike_in_python_and_in_sql(
    enum_type: type[StrEnum], pool: asyncpg.Pool
) -> None:
    column = Table("t", MetaData(), Column("word", EnumText(enum_type))).c.word
    for member in enum_type:
        sql = to_json_value(cast(literal_text(member.value), EnumText(enum_type)))
        assert await evaluate(pool, sql) == choose_json_encoder(column)(member)
        if ":" not in member:
            assert from_enum_name(to_enum_name(member)) == member


@pytest.mark.anyio
@pytest.mark.parametrize(("type_", "value"), VALUES)
async def test_values_are_spelled_alike_in_python_and_in_sql(
    type_: TypeEngine[Any], value: Any, pool: asyncpg.Pool
) -> None:
    column = Table("t", MetaData(), Column("value", type_)).c.value
    sql = to_json_value(cast(literal_text(str(value)), type_))
    assert await evaluate(pool, sql) == choose_json_encoder(column)(value)


def test_an_id_is_decoded_as_it_was_encoded() -> None:
    assert decode_id(encode_id("goal", ID), "person", "goal") == ID
    assert get_id_prefix(encode_id("goal", ID)) == "goal"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "goal",
        "goal_",
        f"person_{ID}",
        f"goal_{str(ID).upper()}",
        f"goal_{ID.hex}",
        f"goal_{ID} ",
    ],
)
def test_any_other_text_is_no_id(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        decode_id(text, "goal", "team", field=("input", "id"))
    assert caught.value.code == Code.INVALID_FORMAT
    assert caught.value.field == ("input", "id")
    assert "goal_… or team_…" in str(caught.value)


def test_the_message_does_not_list_all_the_types_of_nodes() -> None:
    with pytest.raises(Invalid, match="from a response"):
        decode_id("x", *(model.prefix for model in READ_MODELS.values()))
