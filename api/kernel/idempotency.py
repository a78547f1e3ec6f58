"""Idempotency: a change that may be asked for again, and is made once.

A client that got no answer cannot know whether its change was made. With a key it may ask again.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from graphql import get_directive_values

from api.kernel.calls import Call
from api.kernel.context import Context
from api.kernel.refusals import RequestRefused
from persistence.kernel.keys import IdempotencyKey

LONGEST = 255
HEADER = "idempotency-key"


def key_in_header(headers: Mapping[str, str]) -> str | None:
    """The key that a request brings in its header: bare, or quoted as RFC 8941 has it."""
    sent = headers.get(HEADER)
    if sent is None:
        return None
    return sent[1:-1] if len(sent) > 1 and sent[0] == sent[-1] == '"' else sent


def refuse_unclear(context: Context) -> None:
    """A key for the whole request is one for its only mutation. Raises RequestRefused."""
    if context.key is None or context.operation.is_query:
        return
    _checked(context.key)
    if sum(root.field is None for root in context.prepared.roots) != 1:
        message = (
            "The header Idempotency-Key is for requests with one mutation. "
            "Give each of several a key of its own, with @idempotent."
        )
        raise RequestRefused("BAD_REQUEST", message)


def key_of(context: Context, call: Call, arguments: Mapping[str, Any]) -> IdempotencyKey | None:
    """The key of a mutation, with the fingerprint of what it is asked to do.

    Raises RequestRefused where there are several, or one that cannot be kept.
    """
    schema, values = context.operation.schema, context.variables.values
    directive = schema.get_directive("idempotent")
    assert directive is not None, "The schema declares it."
    marks = [get_directive_values(directive, node, values) for node in call.nodes]
    sent: set[str] = {mark["key"] for mark in marks if mark}
    if context.key is not None:
        sent.add(context.key)
    if not sent:
        return None
    if len(sent) > 1:
        raise RequestRefused(
            "BAD_USER_INPUT", f"{call.name} has more than one idempotency key. Send one."
        )
    return IdempotencyKey(_checked(sent.pop()), _fingerprint(call.name, arguments))


def _checked(key: str) -> str:
    if 0 < len(key) <= LONGEST and key.isascii() and key.isprintable():
        return key
    message = f"An idempotency key has 1 to {LONGEST} printable ASCII characters."
    raise RequestRefused("BAD_USER_INPUT", message)


def _fingerprint(mutation: str, arguments: Mapping[str, Any]) -> bytes:
    asked = json.dumps([mutation, arguments], default=str, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(asked.encode()).digest()
