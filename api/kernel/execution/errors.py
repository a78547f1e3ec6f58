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
    Code.NOT_FOUND: "The object does not exist, or the viewer may not see it.",
    Code.NOT_PERMITTED: "The viewer sees the object but may not do this.",
    Code.INVALID: "The input breaks a rule; the message names it.",
    Code.REQUIRED: "A required field is missing or empty.",
    Code.TOO_LONG: "The text is too long.",
    Code.OUT_OF_RANGE: "The number or date is outside the allowed range.",
    Code.INVALID_FORMAT: "The text does not have the required format.",
    Code.NOT_UNIQUE: "Another object has this value already.",
    Code.REFERENCE_NOT_FOUND: "An id refers to an object that does not exist or is hidden.",
    Code.REFERENCE_CYCLE: "The object would end up below itself.",
    Code.STATE_CONFLICT: "The object's state does not allow this action.",
    Code.VERSION_CONFLICT: "The object is newer than `expectedVersion`; the payload has its state.",
    Code.LIMIT_EXCEEDED: "A limit on size or number is exceeded.",
    Code.IDEMPOTENCY_KEY_REUSED: "The idempotency key was used with another input or mutation.",
    "BAD_REQUEST": "The HTTP request is malformed.",
    "GRAPHQL_PARSE_FAILED": "The document is not valid GraphQL syntax.",
    "GRAPHQL_VALIDATION_FAILED": "The document does not match the schema.",
    "BAD_USER_INPUT": "The variables do not match the document.",
    "OPERATION_RESOLUTION_FAILURE": "It is unclear which operation to run. Name it.",
    "UNAUTHENTICATED": "The token is missing or invalid.",
    "TOKEN_EXPIRED": "The token has expired.",
    "FORBIDDEN": "The token is valid, but its subject is not an active member of the tenant.",
    "TENANT_SUSPENDED": "The tenant is suspended.",
    "CURSOR_INVALID": "The cursor is malformed, or belongs to another list, order or filter.",
    "DEPTH_LIMIT_EXCEEDED": "The document nests too deeply.",
    "COST_LIMIT_EXCEEDED": "The operation costs too much. Request fewer objects or fields at once.",
    "THROTTLED": "Too many requests in a short time. Retry after the time in `Retry-After`.",
    "TIMEOUT": "The operation took too long and was stopped.",
    "UNAVAILABLE": "The service cannot answer now. Try again.",
    "INTERNAL_SERVER_ERROR": "An error on our side. Quote the request id when you report it.",
}

ErrorCode = StrEnum("ErrorCode", {str(code): str(code) for code in _CODE_DESCRIPTIONS})  # type: ignore[misc]
graph_enum(
    ErrorCode,
    "Why a request or a mutation was refused. New codes may be added, existing ones stay.",
    **{str(code).lower(): text for code, text in _CODE_DESCRIPTIONS.items()},
)


@strawberry.type(description="Why a mutation changed nothing, as something the user can correct.")
class UserError:
    """An error of a payload, which the user can correct."""

    code: ErrorCode = strawberry.field(description="The code of the refusal, for programs.")
    message: str = strawberry.field(description="What is wrong and what to do, as text to show.")
    field: list[str] | None = strawberry.field(
        description='The path of the input field at fault: ["owner", "teamId"]. Null if none is.'
    )
    index: int | None = strawberry.field(
        description="The position of the input in a batch, from 0. Null outside batches."
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
