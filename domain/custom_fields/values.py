"""Values of custom fields: their checks, and the form in which they are stored.

A stored value is in an object with the name of its type, such as `{"cost_center": {"text": "C1"}}`.
So a comparison of one type never meets a value of another one. Numbers are texts, because a number
of JSON loses digits.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from domain.custom_fields.enums import CustomFieldType
from domain.custom_fields.model import MAX_TEXT_LENGTH, CustomField
from domain.custom_fields.options import is_offered
from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import ExactNumber, SingleLine

NUMBER = ExactNumber()

VALUE_NAMES: Final[Mapping[CustomFieldType, str]] = {
    CustomFieldType.TEXT: "text",
    CustomFieldType.NUMBER: "number",
    CustomFieldType.BOOLEAN: "boolean",
    CustomFieldType.DATE: "date",
    CustomFieldType.CHOICE: "options",
}
"""The field of inputs and answers that has the values of a type."""

_NOUNS: Mapping[CustomFieldType, str] = {
    CustomFieldType.TEXT: "a text",
    CustomFieldType.NUMBER: "a number",
    CustomFieldType.BOOLEAN: "true or false",
    CustomFieldType.DATE: "a day",
    CustomFieldType.CHOICE: "a choice of options",
}


@dataclass(frozen=True)
class GivenValue:
    """A value that an input gives: the key, and what is given by the names of VALUE_NAMES.

    One name with None removes the value.
    """

    key: str
    values: Mapping[str, Any]


def normalize_value(given: GivenValue, *path: str | int) -> Any:
    """Return the value as it is stored, whatever the type of its field; None where it is removed.

    Raises Invalid.
    """
    present = [(name, value) for name, value in given.values.items() if value is not None]
    if len(present) > 1:
        message = "A custom field has one value. Give one, in the field of its type."
        raise Invalid(message, *path, present[1][0], code=Code.INVALID_FORMAT)
    if not given.values:
        message = "Give a value in the field of its type, or null to remove it."
        raise Invalid(message, *path, code=Code.REQUIRED)
    for name, value in present:
        stored = _STORED[name](value, *path, name)
        return None if stored is None else {name: stored}
    return None


def read_stored(stored: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a stored value in the form in which inputs give it."""
    if stored is None:
        return {"text": None}
    (pair,) = stored.items()
    name, value = pair
    return {name: _READ.get(name, _return_unchanged)(value)}


def _return_unchanged(value: Any) -> Any:
    return value


def check_value(field: CustomField, given: GivenValue, *path: str | int) -> Any:
    """Return the value as it is stored; None where it is removed. Raises Invalid."""
    name, noun = VALUE_NAMES[field.type], _NOUNS[field.type]
    for other, value in given.values.items():
        if other != name and value is not None:
            message = f"{field.label} is {noun}. Give it in `{name}`."
            raise Invalid(message, *path, other, code=Code.INVALID_FORMAT)
    if not given.values:
        message = f"Give a value of {field.label} in `{name}`, or null to remove it."
        raise Invalid(message, *path, name, code=Code.REQUIRED)
    value = given.values.get(name)
    checked = None if value is None else _CHECKS[field.type](field, value, *path, name)
    return None if checked is None else {name: checked}


def _check_text(field: CustomField, value: str, *path: str | int) -> str | None:
    return SingleLine(field.label, field.max_length or MAX_TEXT_LENGTH).check(value, *path)


def _check_number(field: CustomField, value: Decimal, *path: str | int) -> str:
    checked = NUMBER.check(value, *path)
    limit = ""
    if field.least is not None and checked < field.least:
        limit = f"at least {field.least:f}"
    if field.most is not None and checked > field.most:
        limit = f"at most {field.most:f}"
    if limit:
        raise Invalid(f"{field.label} is {limit}.", *path, code=Code.OUT_OF_RANGE)
    return _format(checked)


def _format(number: Decimal) -> str:
    """Return a number in one form, without an exponent and without zeros at its end."""
    return f"{number.normalize() + 0:f}"


def _check_boolean(_: CustomField, value: Any, *__: str | int) -> Any:
    return value


def _check_date(_: CustomField, value: date, *__: str | int) -> str:
    return value.isoformat()


def _check_options(field: CustomField, value: Collection[str], *path: str | int) -> Any:
    """Return the keys of the chosen options, as they were given. Raises all faults."""
    if len(value) > field.max_choices:
        options = "one option" if field.max_choices == 1 else f"{field.max_choices} options"
        raise LimitExceeded(f"{field.label} takes at most {options}. Remove some.", *path)
    faults, chosen = FaultCollector(), list[str]()
    for index, key in enumerate(value):
        with faults.collect():
            if not is_offered(field.options, key):
                message = f"{field.label} has no such option. Choose one of its options by its key."
                raise Invalid(message, *path, index, code=Code.REFERENCE_NOT_FOUND)
            if key in chosen:
                message = "This option is given twice. Remove one."
                raise Invalid(message, *path, index, code=Code.NOT_UNIQUE)
            chosen.append(key)
    faults.raise_all()
    return chosen or None


_CHECKS: Mapping[CustomFieldType, Callable[..., Any]] = {
    CustomFieldType.TEXT: _check_text,
    CustomFieldType.NUMBER: _check_number,
    CustomFieldType.BOOLEAN: _check_boolean,
    CustomFieldType.DATE: _check_date,
    CustomFieldType.CHOICE: _check_options,
}

_STORED: Mapping[str, Callable[..., Any]] = {
    "text": SingleLine("The text", MAX_TEXT_LENGTH).check,
    "number": lambda value, *path: _format(NUMBER.check(value, *path)),
    "boolean": lambda value, *_: value,
    "date": lambda value, *_: value.isoformat(),
    "options": lambda value, *_: list(value) or None,
}
_READ: Mapping[str, Callable[[Any], Any]] = {"number": Decimal, "date": date.fromisoformat}
