"""Refusals on the wire: one enum of codes, errors of a payload, and errors beside the data.

Nothing internal leaks: what is neither a refusal nor an error of the request is answered as
INTERNAL_SERVER_ERROR with the request's id, under which the log has the rest.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import orjson
import strawberry
import structlog
from graphql import GraphQLError

from api.kernel.schema.declarations import TYPES, graph_enum
from domain.kernel.errors import Code, Refusal
from persistence.kernel.error_translation import detect_outage

log = structlog.get_logger()

_CODE_DESCRIPTIONS: dict[str, str] = {
    Code.NOT_FOUND: "There is no such thing, or the viewer may not know of it.",
    Code.NOT_PERMITTED: "The viewer sees it and may not do this to it.",
    Code.INVALID: "The input breaks a rule.",
    Code.REQUIRED: "Something is missing.",
    Code.TOO_LONG: "The text is too long.",
    Code.OUT_OF_RANGE: "The number or date lies outside what is allowed.",
    Code.INVALID_FORMAT: "The text is not written as it should be.",
    Code.NOT_UNIQUE: "Another one has this already.",
    Code.REFERENCE_NOT_FOUND: "What the input points to is not there for the viewer to see.",
    Code.REFERENCE_CYCLE: "It would come to stand above itself.",
    Code.STATE_CONFLICT: "It is in a state from which this cannot start.",
    Code.VERSION_CONFLICT: "Somebody changed it since; the payload holds its current state.",
    Code.LIMIT_EXCEEDED: "More than is allowed.",
    Code.IDEMPOTENCY_KEY_REUSED: "The idempotency key was used for something else before.",
    "BAD_REQUEST": "The HTTP request is malformed.",
    "GRAPHQL_PARSE_FAILED": "The document is not GraphQL.",
    "GRAPHQL_VALIDATION_FAILED": "The document does not fit the schema.",
    "BAD_USER_INPUT": "The variables do not fit the document.",
    "OPERATION_RESOLUTION_FAILURE": "It is not clear which operation of the document to run.",
    "UNAUTHENTICATED": "There is no valid token.",
    "TOKEN_EXPIRED": "The token was valid once.",
    "FORBIDDEN": "The token is valid, and whoever it names is no active member of the tenant.",
    "TENANT_SUSPENDED": "The tenant is suspended.",
    "CURSOR_INVALID": "The cursor belongs to another list, order or filter.",
    "DEPTH_LIMIT_EXCEEDED": "The document nests too deeply.",
    "COST_LIMIT_EXCEEDED": "The operation costs too much; ask for less at once.",
    "THROTTLED": "Too much was asked in too short a time.",
    "TIMEOUT": "It took too long and was given up.",
    "UNAVAILABLE": "The service cannot answer now; try again.",
    "INTERNAL_SERVER_ERROR": "Something is broken on our side; quote the request id.",
}

ErrorCode = StrEnum("ErrorCode", {str(code): str(code) for code in _CODE_DESCRIPTIONS})  # type: ignore[misc]
graph_enum(
    ErrorCode,
    "Why something was refused. Codes are only ever added.",
    **{str(code).lower(): text for code, text in _CODE_DESCRIPTIONS.items()},
)


@strawberry.type(description="Why a mutation changed nothing: something the user can put right.")
class UserError:
    """Why a mutation changed nothing: something the user can put right."""

    code: ErrorCode = strawberry.field(description="The kind of refusal, for programs.")
    message: str = strawberry.field(description="A sentence for a person.")
    field: list[str] | None = strawberry.field(
        description="The path of the input field that is to blame; null where none is."
    )
    index: int | None = strawberry.field(
        description="Which row of a batch is meant, counted from 0; null outside batches."
    )


TYPES["UserError"] = UserError


def to_user_error(refusal: Refusal, index: int | None = None) -> UserError:
    """A refusal as an error of a payload."""
    path = [str(step) for step in refusal.field] or None
    return UserError(code=_get_error_code(refusal), message=str(refusal), field=path, index=index)


def _get_error_code(refusal: Refusal) -> Any:
    code = str(refusal.code)
    return ErrorCode[code] if code in ErrorCode.__members__ else ErrorCode["INVALID"]


class RequestError(Exception):
    """Nothing was executed, and here is why; `status` is for clients that read HTTP."""

    def __init__(
        self,
        code: str,
        message: str,
        status: int = 400,
        *,
        errors: Sequence[GraphQLError] = (),
        headers: dict[str, str] | None = None,
        extensions: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.errors = tuple(errors)
        self.headers = headers or {}
        self.extensions = extensions or {}

    def copy(self) -> "RequestError":
        """The same refusal, to be raised anew: one that was raised carries its traceback."""
        return RequestError(
            self.code,
            str(self),
            self.status,
            errors=self.errors,
            headers=self.headers,
            extensions=self.extensions,
        )

    def format_errors(self, request_id: str) -> list[dict[str, Any]]:
        """The errors as they go to the client."""
        errors = self.errors or (GraphQLError(str(self)),)
        extensions = {"code": self.code, "requestId": request_id, **self.extensions}
        return [_format_error(each, extensions) for each in errors]

    def serialize(self, request_id: str) -> bytes:
        """The whole JSON document of a response that refuses.

        What it would have cost stands beside the errors, too: there clients of Shopify's API look.
        """
        response_extensions = (
            {"cost": self.extensions["cost"]} if "cost" in self.extensions else None
        )
        response = {"errors": self.format_errors(request_id)}
        return orjson.dumps(
            response | {"extensions": response_extensions} if response_extensions else response
        )


def to_request_error(error: Exception, request_id: str) -> RequestError:
    """The refusal that an error comes to; what is unknown is masked and logged."""
    try:
        return _convert_error(error, request_id)
    finally:
        _clear_tracebacks(error)


def _convert_error(error: Exception, request_id: str) -> RequestError:
    match error:
        case RequestError():
            return error
        case Refusal():
            return RequestError(str(_get_error_code(error)), str(error))
        case GraphQLError():
            return RequestError("BAD_USER_INPUT", error.message, errors=(error,))
    outage = to_outage_error(error)
    log_internal_error(error, request_id)
    return outage or RequestError("INTERNAL_SERVER_ERROR", INTERNAL_ERROR_MESSAGE, 500)


def to_outage_error(error: BaseException | None) -> RequestError | None:
    """The refusal that an outage of the database comes to; None for errors of another kind."""
    outage = detect_outage(error) if error is not None else None
    if outage is None:
        return None
    return RequestError(outage.code, str(outage), 503, headers={"Retry-After": "1"})


def format_execution_errors(
    errors: Iterable[GraphQLError] | None, request_id: str
) -> list[dict[str, Any]]:
    """Errors of execution as they go to the client; what is unknown is masked and logged."""
    error_list = list(errors or ())
    try:
        return [_format_execution_error(each, request_id) for each in error_list]
    finally:
        _clear_tracebacks(*error_list)


def _format_execution_error(error: GraphQLError, request_id: str) -> dict[str, Any]:
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if isinstance(cause, Refusal):
        code = str(_get_error_code(cause))
        extensions: dict[str, Any] = {"code": code, "requestId": request_id}
        if cause.field:
            extensions["field"] = list(cause.field)
        return _format_error(
            GraphQLError(str(cause), path=error.path, nodes=error.nodes), extensions
        )
    outage = to_outage_error(cause)
    if outage is not None:
        extensions = {"code": outage.code, "requestId": request_id}
        return _format_error(
            GraphQLError(str(outage), path=error.path, nodes=error.nodes), extensions
        )
    if isinstance(cause, RequestError):
        return _format_error(error, {"code": cause.code, "requestId": request_id})
    if cause is None and error.nodes:
        return _format_error(error, {"code": "BAD_USER_INPUT", "requestId": request_id})
    log_internal_error(cause or error, request_id)
    hidden = GraphQLError(INTERNAL_ERROR_MESSAGE, path=error.path, nodes=error.nodes)
    return _format_error(hidden, {"code": "INTERNAL_SERVER_ERROR", "requestId": request_id})


INTERNAL_ERROR_MESSAGE = (
    "Something went wrong on our side. Quote the request id when you ask about it."
)


def log_internal_error(error: BaseException, request_id: str) -> None:
    """Log what is not for the client: the kind and the place of an error, never its values."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    log.error("request_failed", request_id=request_id, error=type(error).__name__, at=frames[-6:])


def _clear_tracebacks(*errors: BaseException) -> None:
    """Let go of the frames in which errors were raised, and of those that caused them.

    Such a frame holds the error, or whoever called it does: only the collector would free them.
    """
    visited, pending = set[int](), list(errors)
    while pending:
        each = pending.pop()
        if id(each) not in visited:
            visited.add(id(each))
            each.__traceback__ = None
            nested_errors = (getattr(each, "original_error", None), *getattr(each, "errors", ()))
            causes = (each.__cause__, each.__context__, *nested_errors)
            pending += [cause for cause in causes if isinstance(cause, BaseException)]


def _format_error(error: GraphQLError, extensions: dict[str, Any]) -> dict[str, Any]:
    formatted: dict[str, Any] = {"message": error.message}
    if error.locations:
        formatted["locations"] = [
            {"line": each.line, "column": each.column} for each in error.locations
        ]
    if error.path:
        formatted["path"] = error.path
    return formatted | {"extensions": extensions}
