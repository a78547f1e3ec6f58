"""Values of custom fields in the graph, and how inputs give them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any

import strawberry
from strawberry.types.maybe import Some

from api.custom_fields.field import CustomField, CustomOption
from api.kernel.schema.declarations import list_of, one, part, value
from api.kernel.schema.inputs import input_field, input_type
from domain.custom_fields import (
    MAX_FIELDS,
    MAX_TEXT_LENGTH,
    VALUE_NAMES,
    GivenValue,
)
from domain.kernel.fields import ExactNumber, SingleLine, key_rule
from domain.kernel.labels import Labels
from persistence.custom_fields import CUSTOM_VALUE

MAX_CHOICES = 20
figure = value
"""The attribute `value` hides the function of that name in a class."""


@part(CUSTOM_VALUE)
class CustomValue:
    """The value of a custom field of one object. One of its fields has it, by the type."""

    key: str = value("The key of the custom field.")
    field: CustomField | None = one("The custom field. Never null.")
    text: str | None = value("The value of a TEXT. Null for other types.")
    number: Decimal | None = value("The value of a NUMBER. Null for other types.")
    boolean: bool | None = value("The value of a BOOLEAN. Null for other types.")
    date: "date | None" = value("The value of a DATE. Null for other types.")
    options: list[CustomOption] = list_of(
        "The chosen options of a CHOICE, in the order in which they were given. Empty for other"
        " types.",
        usual_size=1,
    )


def custom_values_field(noun: str) -> Any:
    """Declare the list of the custom values of an object."""
    return list_of(
        f"The values of the custom fields of the {noun}, in the order of the fields. Fields"
        " without a value are left out, and so are values that the viewer may not read.",
        usual_size=3,
    )


@input_type()
class CustomValueInput:
    """A value of a custom field: the key, and the field of its type. Null there removes it."""

    key: str = input_field("The key of the custom field.", rule=key_rule("The key"))
    text: strawberry.Maybe[str | None] = input_field(
        "The value of a TEXT. Null removes it.", rule=SingleLine("The text", MAX_TEXT_LENGTH)
    )
    number: strawberry.Maybe[Decimal | None] = input_field(
        "The value of a NUMBER. Null removes it.", rule=ExactNumber()
    )
    boolean: strawberry.Maybe[bool | None] = input_field("The value of a BOOLEAN. Null removes it.")
    date: "strawberry.Maybe[date | None]" = input_field("The value of a DATE. Null removes it.")
    options: strawberry.Maybe[list[str] | None] = input_field(
        "The keys of the chosen options of a CHOICE. Null removes the value.",
        rule=Labels("A value", "options", MAX_CHOICES),
    )


def custom_values_input(meaning: str) -> Any:
    """Declare the custom values of an input."""
    return input_field(
        f"{meaning} Each key once, {MAX_FIELDS} at most.",
        max_items=MAX_FIELDS,
        unique_by=attrgetter("key"),
    )


def read_given_values(inputs: Sequence[CustomValueInput] | None) -> list[GivenValue]:
    """Return the custom values that an input gives."""
    return [
        GivenValue(
            each.key,
            {
                name: found.value
                for name in VALUE_NAMES.values()
                if isinstance(found := getattr(each, name), Some)
            },
        )
        for each in inputs or ()
    ]
