"""Parsing of token requests: the grant of client credentials (RFC 6749, section 4.4)."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote_plus

from api.oauth.errors import OAuthError, invalid_request

FORM = "application/x-www-form-urlencoded"
GRANT = "client_credentials"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MAX_BODY_SIZE = 16 * 1024
MAX_FIELDS = 20
MAX_CLIENT_ID_LENGTH = 255
PARAMETERS = frozenset(
    {
        *("grant_type", "scope", "client_id", "client_secret"),
        *("client_assertion_type", "client_assertion"),
    }
)


@dataclass(frozen=True)
class TokenRequest:
    """Who asks for a token, and by what they prove it: a secret or a signed assertion."""

    client_id: str | None
    secret: str | None = field(default=None, repr=False)
    assertion: str | None = field(default=None, repr=False)


def parse_token_request(
    body: bytes, content_type: str | None, authorization: str | None
) -> TokenRequest:
    """Return what a request asks for. Raises OAuthError."""
    fields = _parse_form(body, content_type)
    if fields.get("grant_type") != GRANT:
        if "grant_type" not in fields:
            raise invalid_request(f"grant_type is missing. Send {GRANT}.")
        raise OAuthError("unsupported_grant_type", f"Only {GRANT} is supported.")
    if fields.get("scope"):
        description = "Leave out scope: the roles of the client say what it may do."
        raise OAuthError("invalid_scope", description)
    return _find_credentials(fields, authorization)


def _find_credentials(fields: Mapping[str, str], authorization: str | None) -> TokenRequest:
    """Return the client and its one proof. Raises OAuthError for several."""
    client_id, secret = fields.get("client_id"), fields.get("client_secret")
    assertion = fields.get("client_assertion")
    if len([each for each in (authorization, secret, assertion) if each is not None]) > 1:
        raise invalid_request("Authenticate the client in one way only.")
    if authorization is not None:
        name, secret = _parse_basic(authorization)
        if client_id not in (None, name):
            raise invalid_request("client_id differs from that of the Authorization header.")
        return TokenRequest(name, secret)
    if assertion is not None and fields.get("client_assertion_type") != ASSERTION_TYPE:
        raise invalid_request(f"client_assertion_type must be {ASSERTION_TYPE}.")
    return TokenRequest(client_id, secret, assertion)


def _parse_form(body: bytes, content_type: str | None) -> dict[str, str]:
    if (content_type or "").partition(";")[0].strip().lower() != FORM:
        raise invalid_request(f"Send the request as {FORM}.")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        raise invalid_request("The form is malformed.") from None
    known = [(name, value) for name, value in pairs if name in PARAMETERS]
    fields = dict(known)
    if len(fields) != len(known):
        raise invalid_request("A parameter is repeated. Send each once.")
    if len(fields.get("client_id", "")) > MAX_CLIENT_ID_LENGTH:
        raise invalid_request("client_id is too long.")
    return fields


def _parse_basic(authorization: str) -> tuple[str, str]:
    """Return name and secret of an Authorization header. Raises OAuthError."""
    scheme, _, credentials = authorization.partition(" ")
    try:
        text = base64.b64decode(credentials.strip(), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    name, separator, secret = text.partition(":")
    if scheme.lower() != "basic" or not separator or len(name) > MAX_CLIENT_ID_LENGTH:
        raise invalid_request("The Authorization header is not of the scheme Basic.")
    return unquote_plus(name), unquote_plus(secret)
