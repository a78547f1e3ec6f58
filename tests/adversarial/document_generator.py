"""Documents generated from the schema: valid, nearly valid, and corrupted by a few characters."""

from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)

CORRUPTING_CHARACTERS = '{}()[]:!$@."#\\ \n,abcXYZ019_\u0000é🚢'


class DocumentGenerator:
    """A generator of documents of a schema."""

    def __init__(self, schema: GraphQLSchema, random: Random) -> None:
        self.schema = schema
        self.random = random
        self._remaining_fields = 0

    def generate_document(self) -> str:
        """Generate a document, valid or corrupted."""
        self._remaining_fields = self.random.choice([5, 30, 120, 400])
        root = self.random.choice(["query", "query", "query", "mutation", "subscription"])
        kind: Any = getattr(self.schema, f"{root}_type")
        text = root + self._generate_selection(kind, self.random.choice([2, 4, 8, 12]))
        if self.random.random() < 0.4:
            text = self._corrupt(text)
        return text

    def _generate_selection(self, kind: Any, depth: int) -> str:
        if is_abstract_type(kind):
            possible = self.schema.get_possible_types(kind)
            parts = [
                f"...on {each.name}{self._generate_selection(each, depth - 1)}"
                for each in self.random.sample(possible, min(3, len(possible)))
            ]
            return "{__typename " + " ".join(parts) + "}"
        assert isinstance(kind, GraphQLObjectType)
        count = self.random.randrange(1, 8)
        names = self.random.choices(list(kind.fields), k=count)
        fields = (
            self._generate_field(n, name, kind.fields[name], depth) for n, name in enumerate(names)
        )
        return "{__typename " + " ".join(filter(None, fields)) + "}"

    def _generate_field(self, number: int, name: str, field: Any, depth: int) -> str:
        self._remaining_fields -= 1
        inner = get_named_type(field.type)
        if not is_leaf_type(inner) and (depth <= 0 or self._remaining_fields <= 0):
            return ""
        arguments = [
            f"{key}:{self._generate_value(each.type, 3)}"
            for key, each in field.args.items()
            if isinstance(each.type, GraphQLNonNull) or self.random.random() < 0.25
        ]
        text = f"f{number}:{name}" if self.random.random() < 0.2 else name
        if arguments:
            text += f"({' '.join(arguments)})"
        return text if is_leaf_type(inner) else text + self._generate_selection(inner, depth - 1)

    def _generate_value(self, kind: Any, depth: int) -> str:
        match kind:
            case GraphQLNonNull():
                return self._generate_value(kind.of_type, depth)
            case GraphQLList():
                count = self.random.choice([0, 1, 1, 2, 5])
                return (
                    "["
                    + " ".join(self._generate_value(kind.of_type, depth) for _ in range(count))
                    + "]"
                )
            case GraphQLEnumType():
                return str(self.random.choice(list(kind.values)))
            case GraphQLInputObjectType():
                return "{" + " ".join(self._generate_input_fields(kind, depth)) + "}"
        return self.random.choice(
            [
                '"goal_0197a000-0000-7000-8000-000000000001"',
                '"2026-01-31"',
                '"12.50"',
                "3",
                "true",
                '"x"',
                "null",
            ]
        )

    def _generate_input_fields(self, kind: GraphQLInputObjectType, depth: int) -> list[str]:
        optional = [
            name for name, each in kind.fields.items() if not isinstance(each.type, GraphQLNonNull)
        ]
        chosen = set(self.random.sample(optional, min(len(optional), self.random.randrange(0, 3))))
        return [
            f"{name}:{self._generate_value(each.type, depth - 1)}"
            for name, each in kind.fields.items()
            if isinstance(each.type, GraphQLNonNull) or (name in chosen and depth > 0)
        ]

    def _corrupt(self, text: str) -> str:
        for _ in range(self.random.choice([1, 1, 2, 5])):
            at = self.random.randrange(len(text) + 1)
            until = at + self.random.choice([0, 0, 1, 3, 40])
            stroke = "".join(self.random.choices(CORRUPTING_CHARACTERS, k=self.random.randrange(3)))
            text = text[:at] + stroke + text[until:]
        return text
