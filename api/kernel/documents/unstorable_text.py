"""Text that PostgreSQL cannot store, and variables of a size that no operation needs.

PostgreSQL cannot store the character U+0000 and halves of surrogate pairs.
"""

import re
from typing import Any

from api.errors import RequestError

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ESCAPED_NULL = re.compile(r"\\u(0000|\{0+\})")
MAX_NESTING_DEPTH = 32
MAX_VALUES = 10_000
"""Values in the variables of a request. An object, a list, and each entry of them count as one."""


def check_raw_variables(variables: dict[str, Any]) -> int:
    """Check the variables of a request before they are coerced; return the number of values.

    Raises RequestError with BAD_USER_INPUT, or with LIMIT_EXCEEDED for more than 10,000 values.
    """
    level: list[Any] = [variables]
    value_count = 0
    for _ in range(MAX_NESTING_DEPTH + 1):
        value_count += len(level)
        if value_count > MAX_VALUES:
            message = f"The variables have more than {MAX_VALUES:,} values. Send fewer at once."
            raise RequestError("LIMIT_EXCEEDED", message)
        level = _list_inner_values(level)
        if not level:
            return value_count
    raise RequestError("BAD_USER_INPUT", "The variables are nested too deeply.")


def _list_inner_values(level: list[Any]) -> list[Any]:
    """Return the values inside of these. Raises RequestError for text that cannot be stored."""
    inner_values: list[Any] = []
    for value in level:
        if isinstance(value, str):
            if _UNSTORABLE.search(value):
                raise _build_error()
        elif isinstance(value, dict):
            if value and _UNSTORABLE.search("".join(value)):
                raise _build_error()
            inner_values += value.values()
        elif isinstance(value, list):
            inner_values += value
    return inner_values


def reject_unstorable_document(text: str) -> None:
    """Check the text of a document, also for escapes of U+0000. Raises RequestError."""
    if _UNSTORABLE.search(text) or _ESCAPED_NULL.search(text):
        raise _build_error()


def _build_error() -> RequestError:
    message = "Text must not contain the character U+0000 or half of a surrogate pair."
    return RequestError("BAD_USER_INPUT", message)
