"""Refusals on the wire: one enum of codes, errors of a payload, and errors beside the data.

Nothing internal leaks: what is neither a refusal nor an error of the request is answered as
INTERNAL_SERVER_ERROR with the request's id, under which the log has the rest.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import strawberry
import structlog
from graphql import GraphQLError

from api.errors import RequestError, format_error
from api.kernel.schema.declarations import TYPES, graph_enum
from domain.kernel.errors import Code, Refusal
from persistence.access.actor_query import AccessDenied, TenantNotActive
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


def to_request_error(error: Exception, request_id: str) -> RequestError:
    """Return the error of the whole request; log internal errors and hide their messages."""
    try:
        if isinstance(error, GraphQLError):
            return RequestError("BAD_USER_INPUT", error.message, errors=(error,))
        return _convert_error(error, request_id)
    finally:
        _clear_tracebacks(error)


def to_outage_error(error: BaseException | None) -> RequestError | None:
    """Return the error that an outage of the database amounts to; None for all other errors."""
    outage = detect_outage(error) if error is not None else None
    if outage is None:
        return None
    return RequestError(outage.code, str(outage), 503, headers={"Retry-After": "1"})


def raise_whole_request_error(errors: Iterable[GraphQLError]) -> None:
    """Raise the cause of the first error that concerns the whole request, not one field of it."""
    for error in errors:
        cause = error.original_error
        request_error = _convert_denial(cause) or to_outage_error(cause)
        if request_error is not None:
            raise request_error from cause


def _convert_denial(error: BaseException | None) -> RequestError | None:
    """Return the error for a caller who may not send this request at all; None for all others."""
    match error:
        case RequestError():
            return error
        case TenantNotActive():
            message = f"This tenant is {error.status}. Contact the operator of this service."
            return RequestError("TENANT_SUSPENDED", message, 403)
        case AccessDenied():
            return RequestError("FORBIDDEN", ACCESS_DENIED_MESSAGE, 403)
    return None


def _convert_error(error: BaseException, request_id: str) -> RequestError:
    if isinstance(error, Refusal):
        extensions = {"field": list(error.field)} if error.field else None
        return RequestError(str(_get_error_code(error)), str(error), extensions=extensions)
    denial = _convert_denial(error)
    if denial is not None:
        return denial
    log_internal_error(error, request_id)
    outage = to_outage_error(error)
    return outage or RequestError("INTERNAL_SERVER_ERROR", INTERNAL_ERROR_MESSAGE, 500)


def format_execution_errors(
    errors: Iterable[GraphQLError], request_id: str
) -> list[dict[str, Any]]:
    """Return the `errors` of a response that has data; log internal errors, hide their messages."""
    error_list = list(errors)
    try:
        return [_format_execution_error(each, request_id) for each in error_list]
    finally:
        _clear_tracebacks(*error_list)


def _format_execution_error(error: GraphQLError, request_id: str) -> dict[str, Any]:
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if cause is None and error.nodes:
        return format_error(error, {"code": "BAD_USER_INPUT", "requestId": request_id})
    found = _convert_error(cause or error, request_id)
    located = GraphQLError(found.message, path=error.path, nodes=error.nodes)
    extensions = {"code": found.code, "requestId": request_id, **found.extensions}
    return format_error(located, extensions)


ACCESS_DENIED_MESSAGE = (
    "This token does not belong to an active member of the tenant. Contact its administrators."
)
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
