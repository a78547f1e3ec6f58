"""The one exception with a form on the wire: a request that is refused as a whole."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from graphql import GraphQLError


class RequestError(Exception):
    """A request that was not executed, with the error code and message for the client.

    `status` and `headers` are for transports that use HTTP status codes. `errors` replace the
    message where a request has several errors. `extensions` are added to those of each error.
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: int = 400,
        *,
        errors: Sequence[GraphQLError] = (),
        headers: Mapping[str, str] | None = None,
        extensions: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.extensions = dict(extensions or {})

    def copy(self) -> "RequestError":
        """Return an equal error to raise anew; one that was raised holds its traceback."""
        return RequestError(
            self.code,
            self.message,
            self.status,
            errors=self.errors,
            headers=self.headers,
            extensions=self.extensions,
        )

    def format_errors(self, request_id: str) -> list[dict[str, Any]]:
        """Return the `errors` of the response."""
        extensions = {"code": self.code, "requestId": request_id, **self.extensions}
        if not self.errors:
            return [{"message": self.message, "extensions": extensions}]
        return [format_error(each, extensions) for each in self.errors]

    def serialize(self, request_id: str) -> bytes:
        """Return the JSON document of the response.

        The cost stands beside the errors too, because clients of Shopify's API look for it there.
        """
        response: dict[str, Any] = {"errors": self.format_errors(request_id)}
        if "cost" in self.extensions:
            response["extensions"] = {"cost": self.extensions["cost"]}
        return orjson.dumps(response)


def format_error(error: GraphQLError, extensions: Mapping[str, Any]) -> dict[str, Any]:
    """Return one entry of the `errors` of a response, with these extensions."""
    formatted: dict[str, Any] = {"message": error.message}
    if error.locations:
        formatted["locations"] = [
            {"line": each.line, "column": each.column} for each in error.locations
        ]
    if error.path:
        formatted["path"] = error.path
    formatted["extensions"] = extensions
    return formatted
