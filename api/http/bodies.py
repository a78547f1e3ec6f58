"""GraphQL requests as HTTP carries them: read within bounds, and checked before they are used."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.types import Receive, Scope

from api.http.media import is_utf8_json
from api.http.refusals import HttpRefusal, bad_request
from api.kernel.execution import Request
from api.kernel.idempotency import key_in_header

_PARAMETERS = {"query", "variables", "operationName", "extensions"}


class Gone(Exception):
    """The client went away before it was answered."""


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers by lower-case name; repeated ones are joined, as HTTP has it."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        text = value.decode("latin-1")
        key = name.decode("latin-1").lower()
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


async def request_of_body(
    receive: Receive, headers: Mapping[str, str], *, most_bytes: int
) -> Request:
    """The request in the body of a POST."""
    if not is_utf8_json(headers.get("content-type")):
        raise HttpRefusal(
            415, "BAD_REQUEST", "Send the request as application/json in UTF-8.",
            {"accept-post": "application/json; charset=utf-8"},
        )  # fmt: skip
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise HttpRefusal(
            415,
            "BAD_REQUEST",
            "Send the body without compression.",
            {"accept-encoding": "identity"},
        )
    fields = parsed(await _body(receive, headers, most_bytes))
    return request_of(fields, idempotency_key=key_in_header(headers))


def request_of_query(scope: Scope, *, most_bytes: int) -> Request:
    """The request in the query string of a GET."""
    raw: bytes = scope["query_string"]
    if len(raw) > most_bytes:
        raise HttpRefusal(414, "LIMIT_EXCEEDED", f"Send at most {most_bytes} bytes.")
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise bad_request("The query string is not valid UTF-8.") from None
    except ValueError:
        raise bad_request("The query string is malformed.") from None
    fields: dict[str, object] = {}
    for name, value in pairs:
        if name in _PARAMETERS and name in fields:
            raise bad_request(f"The parameter {name} is given twice.")
        fields[name] = value
    for name in ("variables", "extensions"):
        if name in fields:
            fields[name] = parsed(str(fields[name]).encode()) if fields[name] else None
    _without_null_characters(fields)
    return request_of(fields)


def parsed(body: bytes) -> object:
    """JSON, strictly: UTF-8, no key twice, no null characters, nothing that is not JSON."""
    if not body:
        raise bad_request("The body is empty: send a JSON object with a query.")
    try:
        # orjson holds the text to the letter (UTF-8, surrogates, NaN, depth), the other one
        # sees keys that come twice and keeps large integers exact.
        orjson.loads(body)
        value: object = _DECODER.decode(body.decode())
    except (ValueError, RecursionError) as error:
        if isinstance(error, _DuplicateKey):
            raise bad_request("The JSON names the same key twice in one object.") from None
        raise bad_request("The body is not valid JSON in UTF-8.") from None
    if b"\\u0000" in body:
        _without_null_characters(value)
    return value


def request_of(fields: object, *, idempotency_key: str | None = None) -> Request:
    """The GraphQL request that this JSON describes."""
    if isinstance(fields, list):
        raise bad_request("Batches are not supported: send one operation per request.")
    if not isinstance(fields, dict):
        raise bad_request("The request is not a JSON object.")
    query = fields.get("query")
    if query is None or query == "":
        raise bad_request("The request lacks a query.")
    return Request(
        query=_text(fields, "query") or "",
        variables=_map(fields, "variables"),
        operation_name=_text(fields, "operationName"),
        extensions=_map(fields, "extensions"),
        idempotency_key=idempotency_key,
    )


def _text(fields: dict[str, object], name: str) -> str | None:
    value = fields.get(name)
    if value is None or isinstance(value, str):
        return value
    raise bad_request(f"The parameter {name} must be a string.")


def _map(fields: dict[str, object], name: str) -> dict[str, Any] | None:
    value = fields.get(name)
    if value is None or isinstance(value, dict):
        return value
    raise bad_request(f"The parameter {name} must be an object.")


async def _body(receive: Receive, headers: Mapping[str, str], most_bytes: int) -> bytes:
    announced = headers.get("content-length", "0")
    size = int(announced[:20]) if announced.isdecimal() else 0
    chunks: list[bytes] = []
    read = 0
    while max(size, read) <= most_bytes:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        chunk: bytes = message.get("body", b"")
        read += len(chunk)
        chunks.append(chunk)
        if not message.get("more_body", False) and read <= most_bytes:
            return b"".join(chunks)
    raise HttpRefusal(413, "LIMIT_EXCEEDED", f"Send at most {most_bytes} bytes.")


class _DuplicateKey(ValueError):
    """A JSON object names one key twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _DuplicateKey
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_object)


def _without_null_characters(value: object) -> None:
    # A stack of our own: the nesting of a hostile document must not become Python's.
    waiting: list[object] = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str) and "\0" in each:
            raise bad_request("Text must not contain null characters.")
        if isinstance(each, dict):
            waiting.extend(each.keys())
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
