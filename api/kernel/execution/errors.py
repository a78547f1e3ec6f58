"""Conversion of exceptions into errors of a response.

Nothing internal leaks: an unknown exception becomes INTERNAL_SERVER_ERROR with the id of the
request, under which the log has the details.
"""

import re
from collections.abc import Iterable
from typing import Any

import structlog
from graphql import GraphQLError

from api.errors import RequestError, format_error
from api.kernel.schema.user_errors import get_error_code
from domain.kernel.errors import Refusal
from persistence.access.actor_query import AccessDenied, TenantNotActive
from persistence.kernel.error_translation import detect_outage

log = structlog.get_logger()

PATH_BELOW = "path_below"
"""The attribute of an error with the response keys from its root field to the field at fault."""


def to_request_error(error: Exception, request_id: str) -> RequestError:
    """Return the error of the whole request; log internal errors and hide their messages."""
    try:
        if isinstance(error, GraphQLError):
            located = _reword_missing_variable(error)
            return RequestError("BAD_USER_INPUT", located.message, errors=(located,))
        return _convert_error(error, request_id)
    finally:
        clear_tracebacks(error)


_MISSING_VARIABLE = re.compile(r"Expected variable '(\$\w+)'")


def _reword_missing_variable(error: GraphQLError) -> GraphQLError:
    """Return an error about a variable without a value in words of GraphQL, not of Python."""
    found = _MISSING_VARIABLE.search(error.message)
    if found is None:
        return error
    message = f"The variable {found[1]} is missing or null, but a value is required here. Send one."
    return GraphQLError(message, error.nodes, path=error.path)


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
        return RequestError(str(get_error_code(error)), str(error), extensions=extensions)
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
        clear_tracebacks(*error_list)


def _format_execution_error(error: GraphQLError, request_id: str) -> dict[str, Any]:
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if cause is None and error.nodes:
        extensions = {"code": "BAD_USER_INPUT", "requestId": request_id}
        return format_error(_reword_missing_variable(error), extensions)
    found = _convert_error(cause or error, request_id)
    path = [*(error.path or ()), *vars(cause or error).get(PATH_BELOW, ())]
    located = GraphQLError(found.message, path=path or None, nodes=error.nodes)
    extensions = {"code": found.code, "requestId": request_id, **found.extensions}
    return format_error(located, extensions)


ACCESS_DENIED_MESSAGE = (
    "This token does not belong to an active member of the tenant. Contact its administrators."
)
INTERNAL_ERROR_MESSAGE = (
    "Something went wrong on our side. Quote the request id when you ask about it."
)


def log_internal_error(error: BaseException, request_id: str) -> None:
    """Log the type and the place of an error, never its message, which may hold user data."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    log.error("request_failed", request_id=request_id, error=type(error).__name__, at=frames[-6:])


def clear_tracebacks(*errors: BaseException) -> None:
    """Remove the tracebacks of errors and of their causes.

    A frame in a traceback refers to the error again, so only the garbage collector would free both.
    """
    visited, pending = set[int](), list(errors)
    while pending:
        each = pending.pop()
        if id(each) not in visited:
            visited.add(id(each))
            each.__traceback__ = None
            nested_errors = (*getattr(each, "errors", ()), *getattr(each, "faults", ()))
            original_error = getattr(each, "original_error", None)
            causes = (each.__cause__, each.__context__, original_error, *nested_errors)
            pending += [cause for cause in causes if isinstance(cause, BaseException)]
