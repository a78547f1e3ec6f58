"""Refusals on the wire: a status, a code and a sentence, before any operation ran."""

from collections.abc import Mapping

import orjson

from api.telemetry.exchange import Exchange


class HttpRefusal(Exception):
    """The request is not answered as GraphQL, and here is why."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


class Busy(HttpRefusal):
    """More is asked of this process than it can answer in time."""

    def __init__(self) -> None:
        message = "The server is busy. Try again in a second."
        super().__init__(503, "UNAVAILABLE", message, {"retry-after": "1"})


def bad_request(message: str) -> HttpRefusal:
    """A request that is malformed."""
    return HttpRefusal(400, "BAD_REQUEST", message)


def method_not_allowed(*allowed: str) -> HttpRefusal:
    """A method that this path does not know."""
    names = ", ".join(allowed)
    return HttpRefusal(405, "BAD_REQUEST", f"This path allows {names}.", {"allow": names})


def document(code: str, message: str, request_id: str) -> bytes:
    """A GraphQL response that holds one error and no data."""
    return orjson.dumps({"errors": [error(code, message, request_id)]})


def error(code: str, message: str, request_id: str) -> dict[str, object]:
    """One GraphQL error of ours."""
    return {"message": message, "extensions": {"code": code, "requestId": request_id}}


def refuse(refusal: HttpRefusal, exchange: Exchange) -> bytes:
    """The body of a refusal; the exchange learns the code."""
    exchange.codes = (refusal.code,)
    return document(refusal.code, refusal.message, exchange.request_id)
