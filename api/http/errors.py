"""Errors of HTTP requests that are refused before an operation is executed."""

from api.errors import RequestError


class Rejection(RequestError):
    """A request that is not handled because there are too many of them."""


class TooManyOpenRequests(Rejection):
    """A caller or a tenant has too many requests whose bodies have not arrived."""

    def __init__(self, owner: str, limit: int) -> None:
        message = f"{owner} {limit} requests with incomplete bodies. Wait until some are complete."
        super().__init__("THROTTLED", message, 429, headers={"retry-after": "1"})


class OverloadError(Rejection):
    """The process has more requests than it can answer in time."""

    def __init__(self) -> None:
        message = "The server is busy. Try again in a second."
        super().__init__("UNAVAILABLE", message, 503, headers={"retry-after": "1"})


def bad_request(message: str) -> RequestError:
    """Create the error for a malformed request."""
    return RequestError("BAD_REQUEST", message)


def method_not_allowed(*allowed: str) -> RequestError:
    """Create the error for a method that the path does not support."""
    names = ", ".join(allowed)
    message = f"This path does not support the method. Use {names}."
    return RequestError("BAD_REQUEST", message, 405, headers={"allow": names})
