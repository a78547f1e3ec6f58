"""SQL that compares rows by the values of attributes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.kernel.guarded_values import NoneOrAfter, ensure_comparable
from persistence.kernel.mapping.registry import MAPPINGS


def build_conditions(kind: type, values: Mapping[str, Any], today: date) -> tuple[str, list[Any]]:
    """Return the SQL that a row has these values, and its parameters from `$2` on.

    Raises ValueError for a guarded value that a refusal must not depend on.
    """
    ensure_comparable(kind, values, today=today)
    text, parameters = "", []
    for name, value in values.items():
        column = f"it.{MAPPINGS[kind].table.c[name].name}"
        if value is None:
            text += f" AND {column} IS NULL"
            continue
        is_open = isinstance(value, NoneOrAfter)
        parameters.append(value.day if is_open else value)
        place = f"${len(parameters) + 1}"
        equals = f"{column} = {place}"
        text += f" AND ({column} IS NULL OR {column} > {place})" if is_open else f" AND {equals}"
    return text, parameters
