"""Custom fields in the graph: their definitions, their values, and the inputs of both."""

from api.custom_fields import editing
from api.custom_fields.field import CustomField, CustomFieldQueries
from api.custom_fields.values import (
    CustomValue,
    CustomValueInput,
    custom_values_field,
    custom_values_input,
    read_given_values,
)

__all__ = [
    "CustomField",
    "CustomFieldQueries",
    "CustomValue",
    "CustomValueInput",
    "custom_values_field",
    "custom_values_input",
    "editing",
    "read_given_values",
]
