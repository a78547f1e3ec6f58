"""Text that PostgreSQL cannot store: the character U+0000 and halves of surrogate pairs."""

import re
from typing import Any

from api.errors import RequestError

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ESCAPED_NULL = re.compile(r"\\u(0000|\{0+\})")
MAX_NESTING_DEPTH = 32


def reject_unstorable_variables(value: Any, remaining_depth: int = MAX_NESTING_DEPTH) -> None:
    """Check the variables of a request. Raises RequestError (BAD_USER_INPUT)."""
    if remaining_depth < 0:
        raise RequestError("BAD_USER_INPUT", "The variables are nested too deeply.")
    match value:
        case str():
            if _UNSTORABLE.search(value):
                raise _build_error()
        case dict():
            for key, each in value.items():
                reject_unstorable_variables(key, remaining_depth - 1)
                reject_unstorable_variables(each, remaining_depth - 1)
        case list():
            for each in value:
                reject_unstorable_variables(each, remaining_depth - 1)


def reject_unstorable_document(text: str) -> None:
    """Check the text of a document, also for escapes of U+0000. Raises RequestError."""
    if _UNSTORABLE.search(text) or _ESCAPED_NULL.search(text):
        raise _build_error()


def _build_error() -> RequestError:
    message = "Text must not contain the character U+0000 or half of a surrogate pair."
    return RequestError("BAD_USER_INPUT", message)
