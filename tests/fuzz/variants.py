"""Variants of a document with other values: drawing a document costs more than sending it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from graphql import (
    EnumValueNode,
    GraphQLEnumType,
    GraphQLSchema,
    IntValueNode,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_schema,
    get_named_type,
    parse,
    print_ast,
    visit,
)

from api.schema import render_sdl

ODD_STRINGS = (
    "",
    "x",
    " ",
    "goal_",
    "\u202e",
    "🚢" * 40,
    "9" * 40,
    "1E+400",
    "%_\\",
    "null",
    "a" * 5_000,
)
NUMBERS = (0, 1, -1, 2, 5, 100, 101, 2**31 - 1, -(2**31))
DECIMALS = ("0", "-0.01", "1e3", "12.50", "99999999999999.9999", "0.000001")
ODD_SHARE = 0.03
"""Small, because one invalid value is enough for a whole document to be refused."""


def generate_variants(document: str, ids: Sequence[str], count: int) -> Iterator[str]:
    """Yield the document, and variants of it with other argument values."""
    yield document
    random = Random(document)
    ast = parse(document)
    for _ in range(count - 1):
        types = TypeInfo(_load_schema())
        yield print_ast(visit(ast, TypeInfoVisitor(types, _ValueReplacer(types, ids, random))))


@cache
def _load_schema() -> GraphQLSchema:
    return build_schema(render_sdl())


class _ValueReplacer(Visitor):
    """A visitor that replaces each value by another of its type."""

    def __init__(self, types: TypeInfo, ids: Sequence[str], random: Random) -> None:
        super().__init__()
        self._types = types
        self._random = random
        self._generators: dict[str, Callable[[], str]] = {
            "ID": lambda: random.choice(ids),
            "Date": self._generate_date,
            "DateTime": lambda: f"{self._generate_date()}T{random.randrange(24):02}:00:00Z",
            "Decimal": lambda: random.choice(DECIMALS),
        }

    def enter_enum_value(self, _: EnumValueNode, *__: Any) -> EnumValueNode | None:
        kind = get_named_type(self._types.get_input_type())
        if not isinstance(kind, GraphQLEnumType):
            return None
        return EnumValueNode(value=self._random.choice(list(kind.values)))

    def enter_int_value(self, _: IntValueNode, *__: Any) -> IntValueNode:
        return IntValueNode(value=str(self._random.choice(NUMBERS)))

    def enter_string_value(self, node: StringValueNode, *_: Any) -> StringValueNode:
        kind = get_named_type(self._types.get_input_type())
        drawn = self._generators.get(kind.name if kind else "", lambda: node.value[::-1])
        is_odd = self._random.random() < ODD_SHARE
        return StringValueNode(value=self._random.choice(ODD_STRINGS) if is_odd else drawn())

    def _generate_date(self) -> str:
        return str(date(1900, 1, 1) + timedelta(days=self._random.randrange(109_000)))
