"""Parsing of responses: the form of the page, or a JSON document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from api.errors import RequestError
from api.http.content_negotiation import is_utf8_json
from api.http.errors import bad_request
from api.http.request_parsing import parse_json
from domain.feedback import FeedbackRequestStatus, GivenResponse

FORM = "application/x-www-form-urlencoded"
MAX_FORM_FIELDS = 10
MAX_BODY_SIZE = 64 * 1024
"""In bytes: a text of 5,000 characters takes 45,000 in a form when each is of three bytes."""

ACTIONS = {"ANSWER": FeedbackRequestStatus.ANSWERED, "DECLINE": FeedbackRequestStatus.DECLINED}


@dataclass(frozen=True)
class ParsedBody:
    """A response, and the token of the form that it came from; None for a JSON document."""

    response: GivenResponse
    form_token: str | None = None


def is_form(content_type: str | None) -> bool:
    """Return whether a body of this content type is a form."""
    return content_type is not None and content_type.partition(";")[0].strip().lower() == FORM


def parse_body(body: bytes, content_type: str | None) -> ParsedBody:
    """Return what a body responds. Raises RequestError."""
    if is_form(content_type):
        return _parse_form(body)
    if not is_utf8_json(content_type):
        message = "Send the response as application/json in UTF-8, or as a form."
        raise RequestError("BAD_REQUEST", message, 415)
    return ParsedBody(_build_response(parse_json(body)))


def _parse_form(body: bytes) -> ParsedBody:
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_FORM_FIELDS,
        )
    except ValueError:
        raise bad_request("The form is malformed.") from None
    fields = dict(pairs)
    # A browser ends lines of a text area with both characters.
    texts = {name: fields.get(name, "").replace("\r\n", "\n") for name in ("text", "reason")}
    if "\x00" in "".join(texts.values()):
        raise bad_request("The form contains a null character.")
    action = fields.get("action", "").upper()
    return ParsedBody(_build_response({"action": action, **texts}), fields.get("csrf", ""))


def _build_response(given: object) -> GivenResponse:
    """Return the response with these fields. Raises RequestError."""
    if not isinstance(given, Mapping):
        raise bad_request("The response must be a JSON object.")
    action = ACTIONS.get(str(given.get("action")))
    if action is None:
        raise bad_request("The action must be ANSWER or DECLINE.")
    text: Any = given.get("reason" if action is FeedbackRequestStatus.DECLINED else "text")
    if text is not None and not isinstance(text, str):
        raise bad_request("The text and the reason must be strings.")
    return GivenResponse(action, text)
