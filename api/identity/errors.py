"""Errors of authentication."""

from typing import ClassVar

from api.errors import RequestError


class Unauthenticated(RequestError):
    """The request has no valid access token.

    The message is for the client and contains nothing that helps an attacker. `reason` is one word
    for logs, metrics and tests. `detail` says to an operator what was expected; it has no value of
    the token.
    """

    default_status: ClassVar[int] = 401
    default_code: ClassVar[str] = "UNAUTHENTICATED"
    default_message: ClassVar[str] = "The access token is not valid. Get a new one."
    default_headers: ClassVar[dict[str, str]] = {
        "WWW-Authenticate": 'Bearer realm="trellis", error="invalid_token"'
    }

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(
            self.default_code,
            self.default_message,
            self.default_status,
            headers=self.default_headers,
        )
        self.reason = reason
        self.detail = detail


class TokenMissing(Unauthenticated):
    """The request has no access token."""

    default_message = "Send an access token in the header 'Authorization: Bearer …'."
    default_headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": 'Bearer realm="trellis"'}


class TokenExpired(Unauthenticated):
    """The access token has expired."""

    default_code = "TOKEN_EXPIRED"
    default_message = "The access token has expired. Get a new one."
    default_headers: ClassVar[dict[str, str]] = {
        "WWW-Authenticate": 'Bearer realm="trellis", error="invalid_token", '
        'error_description="The token has expired."'
    }


class KeysUnavailable(Unauthenticated):
    """The issuer's keys cannot be fetched now, so the token can be neither accepted nor refused."""

    default_status = 503
    default_code = "UNAVAILABLE"
    default_message = "The keys of the token's issuer cannot be fetched at the moment. Try again."
    default_headers: ClassVar[dict[str, str]] = {"Retry-After": "30"}
