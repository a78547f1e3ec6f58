"""Idempotency keys of requests: a mutation that is sent again under its key is executed once.

A client that got no response does not know whether its change was made. With a key it can retry.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from graphql import get_directive_values

from api.errors import RequestError
from api.kernel.execution.mutation_call import MutationCall
from api.kernel.execution.request_context import RequestContext
from api.kernel.schema.directives import MAX_KEY_LENGTH
from persistence.unit_of_work.idempotency_keys import IdempotencyKey

HEADER = "idempotency-key"


def parse_key_header(headers: Mapping[str, str]) -> str | None:
    """Return the key in the header Idempotency-Key, without the quotes of RFC 8941, or None."""
    raw_key = headers.get(HEADER)
    if raw_key is None:
        return None
    return raw_key[1:-1] if len(raw_key) > 1 and raw_key[0] == raw_key[-1] == '"' else raw_key


def reject_ambiguous_key(context: RequestContext) -> None:
    """Raise RequestError if the header has a key and the request has not exactly one mutation."""
    if context.idempotency_key is None or context.operation.is_query:
        return
    validate_key(context.idempotency_key)
    if sum(root.field is None for root in context.prepared_operation.roots) != 1:
        message = (
            "The header Idempotency-Key is for requests with one mutation. "
            "Use @idempotent to give each of several mutations its own key."
        )
        raise RequestError("BAD_REQUEST", message)


def build_key(
    context: RequestContext, call: MutationCall, arguments: Mapping[str, Any]
) -> IdempotencyKey | None:
    """Return the key of a mutation with the fingerprint of its arguments, or None.

    Raises RequestError if there are several keys or the key is malformed.
    """
    schema, values = context.operation.schema, context.variables.values
    directive = schema.get_directive("idempotent")
    assert directive is not None, "The schema declares it."
    directive_values = [get_directive_values(directive, node, values) for node in call.nodes]
    keys: set[str] = {mark["key"] for mark in directive_values if mark}
    if context.idempotency_key is not None:
        keys.add(context.idempotency_key)
    if not keys:
        return None
    if not call.mutation.takes_key:
        message = f"{call.name} takes no idempotency key. Send it without one, also again."
        raise RequestError("BAD_USER_INPUT", message)
    if len(keys) > 1:
        raise RequestError(
            "BAD_USER_INPUT", f"{call.name} has more than one idempotency key. Send only one."
        )
    return IdempotencyKey(validate_key(keys.pop()), compute_fingerprint(call.name, arguments))


def validate_key(key: str) -> str:
    """Return a key. Raises RequestError for a malformed one."""
    if 0 < len(key) <= MAX_KEY_LENGTH and key.isascii() and key.isprintable():
        return key
    message = f"An idempotency key has 1 to {MAX_KEY_LENGTH} printable ASCII characters."
    raise RequestError("BAD_USER_INPUT", message)


def compute_fingerprint(mutation: str, arguments: Mapping[str, Any]) -> bytes:
    """Return what tells another mutation or other arguments apart."""
    canonical_json = json.dumps(
        [mutation, arguments], default=str, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(canonical_json.encode()).digest()
