"""Text that PostgreSQL cannot keep: the character U+0000 and halves of surrogate pairs."""

import re
from typing import Any

from api.kernel.refusals import RequestRefused

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ESCAPED = re.compile(r"\\u(0000|\{0+\})")
MOST_LEVELS = 32


def refuse_unstorable(value: Any, levels: int = MOST_LEVELS) -> None:
    """Look through the variables of a request. Raises RequestRefused (BAD_USER_INPUT)."""
    if levels < 0:
        raise RequestRefused("BAD_USER_INPUT", "The variables are nested too deeply.")
    match value:
        case str():
            if _UNSTORABLE.search(value):
                raise _refused()
        case dict():
            for key, each in value.items():
                refuse_unstorable(key, levels - 1)
                refuse_unstorable(each, levels - 1)
        case list():
            for each in value:
                refuse_unstorable(each, levels - 1)


def refuse_unstorable_document(text: str) -> None:
    """Look for the same in a document, where it can only be written as an escape."""
    if _UNSTORABLE.search(text) or _ESCAPED.search(text):
        raise _refused()


def _refused() -> RequestRefused:
    message = "Text must not contain the character U+0000, nor half of a surrogate pair."
    return RequestRefused("BAD_USER_INPUT", message)
