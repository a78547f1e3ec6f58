"""Refusals of identity: what a request without a believable token is told."""

from collections.abc import Mapping
from typing import ClassVar, Literal


class Unauthenticated(Exception):
    """The request does not say believably whose it is.

    The message is for the client and says nothing that helps an attacker; `reason` is one word for
    logs, metrics and tests.
    """

    status: ClassVar[int] = 401
    code: Literal["UNAUTHENTICATED", "TOKEN_EXPIRED", "UNAVAILABLE"] = "UNAUTHENTICATED"
    message: str = "The access token is not valid."
    challenge: str = 'Bearer realm="trellis", error="invalid_token"'

    def __init__(self, reason: str) -> None:
        super().__init__(self.message)
        self.reason = reason

    @property
    def headers(self) -> Mapping[str, str]:
        """The response headers that belong to the refusal."""
        return {"WWW-Authenticate": self.challenge}


class TokenMissing(Unauthenticated):
    """There is no token at all."""

    message = "Send an access token in the header 'Authorization: Bearer …'."
    challenge = 'Bearer realm="trellis"'


class TokenExpired(Unauthenticated):
    """The token was good once."""

    code = "TOKEN_EXPIRED"
    message = "The access token has expired. Get a new one."
    challenge = (
        'Bearer realm="trellis", error="invalid_token", error_description="The token has expired."'
    )


class KeysUnavailable(Unauthenticated):
    """The issuer's keys cannot be had, so nobody can tell. The token may be good: try again."""

    status = 503
    code = "UNAVAILABLE"
    message = "The keys of the token's issuer cannot be fetched at the moment. Try again."

    @property
    def headers(self) -> Mapping[str, str]:
        """The response headers that belong to the refusal."""
        return {"Retry-After": "30"}
