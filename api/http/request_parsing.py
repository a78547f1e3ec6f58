"""Parsing of GraphQL requests from HTTP: within size limits, and strict about the JSON."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.types import Receive, Scope

from api.errors import RequestError
from api.http.content_negotiation import is_utf8_json
from api.http.errors import bad_request
from api.kernel.execution.engine import Request
from api.kernel.execution.idempotency import parse_key_header
from api.kernel.execution.previews import HEADER as PREVIEW_HEADER
from api.kernel.schema.mutations import list_batch_words

_PARAMETERS = {"query", "variables", "operationName", "extensions"}


class ClientDisconnected(Exception):
    """The client disconnected before the response was sent."""


MAX_HEADER_LENGTH = 10_000
"""In bytes. The longest header is the access token, which has a lower limit of its own."""


MAX_BODY_VALUES = 100_000
"""Commas and brackets of a body; counting them is cheap, and parsing more would stop the process.

A body of the usual size has fewer, so only batches can reach it.
"""


def decode_headers(scope: Scope) -> dict[str, str]:
    """Return the headers by lower-case name; values of a repeated header are joined by commas.

    Raises RequestError (431) for a header that is too long.
    """
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        if len(value) > MAX_HEADER_LENGTH and scope["type"] == "http":
            message = f"A header is too long. Send at most {MAX_HEADER_LENGTH:,} bytes."
            raise RequestError("LIMIT_EXCEEDED", message, 431)
        text = value.decode("latin-1")
        key = name.decode("latin-1").lower()
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


async def read_body(receive: Receive, headers: Mapping[str, str], *, max_bytes: int) -> bytes:
    """Read the body of a POST. Raises RequestError for a body that is too large or no JSON."""
    if not is_utf8_json(headers.get("content-type")):
        raise RequestError(
            "BAD_REQUEST",
            "Send the request as application/json in UTF-8.",
            415,
            headers={"accept-post": "application/json; charset=utf-8"},
        )
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise RequestError(
            "BAD_REQUEST",
            "Send the body without compression.",
            415,
            headers={"accept-encoding": "identity"},
        )
    return await receive_body(receive, headers, max_bytes)


def count_values(body: bytes) -> int:
    """Return about how many values a body has, from its commas and brackets."""
    return body.count(b",") + body.count(b"[") + body.count(b"{")


def parse_body(body: bytes, headers: Mapping[str, str]) -> Request:
    """Parse the GraphQL request in the body of a POST. Raises RequestError."""
    if count_values(body) > MAX_BODY_VALUES:
        message = "The body has too many values. Send fewer at once."
        raise RequestError("LIMIT_EXCEEDED", message, 413)
    request = parse_request(parse_json(body), body, idempotency_key=parse_key_header(headers))
    return request._replace(preview=headers.get(PREVIEW_HEADER))


def parse_get_request(scope: Scope, *, max_bytes: int) -> Request:
    """Parse the GraphQL request in the query string of a GET. Raises RequestError."""
    raw: bytes = scope["query_string"]
    if len(raw) > max_bytes:
        raise RequestError(
            "LIMIT_EXCEEDED", f"The query string is too long. Send at most {max_bytes} bytes.", 414
        )
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise bad_request("The query string is not valid UTF-8.") from None
    except ValueError:
        raise bad_request("The query string is malformed.") from None
    fields: dict[str, object] = {}
    for name, value in pairs:
        if name in _PARAMETERS and name in fields:
            raise bad_request(f"The parameter {name} is repeated. Send it once.")
        fields[name] = value
    for name in ("variables", "extensions"):
        if name in fields:
            fields[name] = parse_json(str(fields[name]).encode()) if fields[name] else None
    _reject_null_characters(fields)
    return parse_request(fields, raw)


def parse_json(body: bytes) -> object:
    """Parse JSON strictly: UTF-8, no duplicate keys, no null characters. Raises RequestError."""
    if not body:
        raise bad_request("The body is empty. Send a JSON object with a query.")
    try:
        # orjson checks UTF-8, surrogates, NaN and the depth; json detects duplicate keys and keeps
        # large integers exact.
        orjson.loads(body)
        value: object = _DECODER.decode(body.decode())
    except (ValueError, RecursionError) as error:
        if isinstance(error, _DuplicateKey):
            raise bad_request("A JSON object contains the same key twice.") from None
        raise bad_request("The body is not valid JSON in UTF-8.") from None
    if b"\\u0000" in body:
        _reject_null_characters(value)
    return value


def parse_request(fields: object, body: bytes, *, idempotency_key: str | None = None) -> Request:
    """Build the GraphQL request from the parsed JSON of a body. Raises RequestError."""
    if isinstance(fields, list):
        raise bad_request("Batches are not supported. Send one operation per request.")
    if not isinstance(fields, dict):
        raise bad_request("The request must be a JSON object.")
    query = fields.get("query")
    extensions = _get_object(fields, "extensions")
    if query is None or query == "":
        if "persistedQuery" in (extensions or {}):
            raise persisted_query_not_supported()
        raise bad_request("The request has no query. Send the document as `query`.")
    return Request(
        query=_get_string(fields, "query") or "",
        variables=_get_object(fields, "variables"),
        operation_name=_get_string(fields, "operationName"),
        idempotency_key=idempotency_key,
        size=len(body),
        value_count=count_values(body),
    )


def persisted_query_not_supported() -> RequestError:
    """Return the error after which Apollo's clients send the whole document instead of its hash."""
    return RequestError("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")


def _get_string(fields: dict[str, object], name: str) -> str | None:
    value = fields.get(name)
    if value is None or isinstance(value, str):
        return value
    raise bad_request(f"The parameter {name} must be a string.")


def _get_object(fields: dict[str, object], name: str) -> dict[str, Any] | None:
    value = fields.get(name)
    if value is None or isinstance(value, dict):
        return value
    raise bad_request(f"The parameter {name} must be an object.")


def get_announced_size(headers: Mapping[str, str]) -> int:
    """Return the length of the body that its header announces; 0 without one."""
    content_length = headers.get("content-length", "0")
    return int(content_length[:20]) if content_length.isdecimal() else 0


def require_batch(document: str | bytes, max_bytes: int) -> None:
    """Raise RequestError (413) for a large body that calls no batch mutation.

    `document` is the document, or the body before it is parsed.
    """
    is_text = isinstance(document, str)
    words: list[Any] = [word if is_text else word.encode() for word in list_batch_words()]
    if not any(word in document for word in words):
        raise _too_large(max_bytes)


def _too_large(max_bytes: int) -> RequestError:
    message = f"The body is too large. Send at most {max_bytes} bytes."
    return RequestError("LIMIT_EXCEEDED", message, 413)


async def receive_body(receive: Receive, headers: Mapping[str, str], max_bytes: int) -> bytes:
    """Receive a body. Raises RequestError (413) for one that is too large."""
    size = get_announced_size(headers)
    chunks: list[bytes] = []
    read = 0
    while max(size, read) <= max_bytes:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        chunk: bytes = message.get("body", b"")
        read += len(chunk)
        chunks.append(chunk)
        if not message.get("more_body", False) and read <= max_bytes:
            return b"".join(chunks)
    raise _too_large(max_bytes)


class _DuplicateKey(ValueError):
    """A JSON object contains a key twice."""


def _build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _DuplicateKey
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_build_object)


def _reject_null_characters(value: object) -> None:
    # Iterative, because hostile nesting must not exhaust Python's recursion limit.
    stack: list[object] = [value]
    while stack:
        each = stack.pop()
        if isinstance(each, str) and "\0" in each:
            raise bad_request("Text must not contain null characters (U+0000).")
        if isinstance(each, dict):
            stack.extend(each.keys())
            stack.extend(each.values())
        elif isinstance(each, list):
            stack.extend(each)
