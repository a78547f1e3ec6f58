"""Parsing of responses: the form of the page, or a JSON document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from api.errors import RequestError
from api.http.content_negotiation import is_utf8_json
from api.http.errors import bad_request
from api.http.request_parsing import parse_json
from api.respond.kind import Fields, KindOfLink

FORM = "application/x-www-form-urlencoded"
MAX_FORM_FIELDS = 250
"""More than a template has questions."""


@dataclass(frozen=True)
class ParsedBody:
    """A response, and the token and fields of the form that it came from; None for a document."""

    response: Any
    form_token: str | None = None
    fields: Fields = field(default_factory=dict)


def is_form(content_type: str | None) -> bool:
    """Return whether a body of this content type is a form."""
    return content_type is not None and content_type.partition(";")[0].strip().lower() == FORM


def parse_body(kind: KindOfLink[Any, Any], body: bytes, content_type: str | None) -> ParsedBody:
    """Return what a body responds. Raises RequestError."""
    if is_form(content_type):
        fields = _parse_form(body)
        return ParsedBody(kind.parse_fields(fields), fields.get("csrf", ""), fields)
    if not is_utf8_json(content_type):
        message = "Send the response as application/json in UTF-8, or as a form."
        raise RequestError("BAD_REQUEST", message, 415)
    given = parse_json(body)
    if not isinstance(given, Mapping):
        raise bad_request("The response must be a JSON object.")
    return ParsedBody(kind.parse(given))


def take_text(value: object) -> str | None:
    """Return a text of a document. Raises RequestError for other values."""
    if value is not None and not isinstance(value, str):
        raise bad_request("The text and the reason must be strings.")
    return value


def _parse_form(body: bytes) -> Fields:
    """Return the fields of a form. Lines end as elsewhere: a browser ends them with CR LF."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_FORM_FIELDS,
        )
    except ValueError:
        raise bad_request("The form is malformed.") from None
    fields = {name: value.replace("\r\n", "\n") for name, value in pairs}
    if "\x00" in "".join(fields.values()):
        raise bad_request("The form contains a null character.")
    return fields
