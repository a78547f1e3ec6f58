"""Refusals on the wire: a status, a code and a sentence, before any operation ran."""

from collections.abc import Mapping

import orjson

from api.telemetry.request_record import RequestRecord


class HttpError(Exception):
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


class OverloadError(HttpError):
    """More is asked of this process than it can answer in time."""

    def __init__(self) -> None:
        message = "The server is busy. Try again in a second."
        super().__init__(503, "UNAVAILABLE", message, {"retry-after": "1"})


def bad_request(message: str) -> HttpError:
    """A request that is malformed."""
    return HttpError(400, "BAD_REQUEST", message)


def method_not_allowed(*allowed: str) -> HttpError:
    """A method that this path does not know."""
    names = ", ".join(allowed)
    return HttpError(405, "BAD_REQUEST", f"This path allows {names}.", {"allow": names})


def build_error_document(code: str, message: str, request_id: str) -> bytes:
    """A GraphQL response that holds one error and no data."""
    return orjson.dumps({"errors": [build_error(code, message, request_id)]})


def build_error(code: str, message: str, request_id: str) -> dict[str, object]:
    """One GraphQL error of ours."""
    return {"message": message, "extensions": {"code": code, "requestId": request_id}}


def render_error(error: HttpError, record: RequestRecord) -> bytes:
    """The body of a refusal; the exchange learns the code."""
    record.codes = (error.code,)
    return build_error_document(error.code, error.message, record.request_id)
