"""The error codes of the graph, and the errors in the payload of a mutation."""

from enum import StrEnum
from typing import Any

import strawberry

from api.kernel.schema.declarations import TYPES, graph_enum
from api.kernel.schema.value_faults import UnreadableFault
from domain.kernel.errors import Code, Refusal
from domain.kernel.faults import list_faults

_CODE_DESCRIPTIONS: dict[str, str] = {
    Code.NOT_FOUND: "The object does not exist, or the viewer may not see it.",
    Code.NOT_PERMITTED: "The viewer sees the object but may not do this.",
    Code.INVALID: "The input breaks a rule; the message names it.",
    Code.REQUIRED: "A required field is missing or empty.",
    Code.TOO_LONG: "The text is too long.",
    Code.OUT_OF_RANGE: "The number or date is outside the allowed range.",
    Code.INVALID_FORMAT: "The text does not have the required format.",
    Code.NOT_UNIQUE: "Another object has this value already.",
    Code.INCONSISTENT: "Values that belong together do not fit each other.",
    Code.REFERENCE_NOT_FOUND: "An id refers to an object that does not exist or is hidden.",
    Code.REFERENCE_CYCLE: "The object would end up below itself.",
    Code.SELF_APPOINTMENT: "The viewer would get rights that they do not hold. Somebody else has to"
    " do this, unless `Tenant.allowsSelfAppointment` is true.",
    Code.APPROVAL_REQUIRED: "Somebody would gain rights, and `Tenant.requiresSecondAdmin` is true."
    " Ask for the change by the mutation that the message names.",
    Code.FIELD_OWNED: "Another source owns the field, so that the value was left out.",
    Code.STATE_CONFLICT: "The object's state does not allow this action.",
    Code.VERSION_CONFLICT: "The object is newer than `expectedVersion`; the payload has its state.",
    Code.LIMIT_EXCEEDED: "A limit on size or number is exceeded.",
    Code.IDEMPOTENCY_KEY_REUSED: "The idempotency key was used with another input or mutation.",
    "COMMITTED_NOT_READ": "The change is saved, but its object could not be read in time. Do not"
    " repeat the mutation; read the object again.",
    "BAD_REQUEST": "The HTTP request is malformed.",
    "GRAPHQL_PARSE_FAILED": "The document is not valid GraphQL syntax.",
    "GRAPHQL_VALIDATION_FAILED": "The document does not match the schema.",
    "PERSISTED_QUERY_NOT_SUPPORTED": "Send the document itself; a hash of it is not enough.",
    "BAD_USER_INPUT": "The variables do not match the document.",
    "OPERATION_RESOLUTION_FAILURE": "It is unclear which operation to run. Name it.",
    "UNAUTHENTICATED": "The token is missing or invalid.",
    "TOKEN_EXPIRED": "The token has expired.",
    "FORBIDDEN": "The token is valid, but its subject is not an active member of the tenant.",
    "TENANT_SUSPENDED": "The tenant is suspended.",
    "CURSOR_INVALID": "The cursor is malformed, or from another list, order, filter or types.",
    "CURSOR_EXPIRED": "The changes since the cursor are too many or too old. Read the data again.",
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


@strawberry.type(description="Why a mutation changed nothing, or returns no object.")
class UserError:
    """An error of a payload."""

    code: ErrorCode = strawberry.field(description="The code of the refusal, for programs.")
    message: str = strawberry.field(description="What is wrong and what to do, as text to show.")
    field: list[str] | None = strawberry.field(
        description='The path of the input field at fault: ["owner", "teamId"]. Null if none is.'
    )
    index: int | None = strawberry.field(
        description="The position of the input in a batch, from 0. Null outside batches."
    )
    line: int | None = strawberry.field(
        description="The line of the document with a value that cannot be read, such as a malformed"
        " date, or with the definition of its variable. Null for all other errors."
    )
    column: int | None = strawberry.field(
        description="The column in the line, from 1. Null where `line` is null."
    )


TYPES["UserError"] = UserError


COMMITTED_NOT_READ = UserError(
    code=ErrorCode["COMMITTED_NOT_READ"],
    message="The change is saved, but the object could not be read. Do not repeat the change; read"
    " the object again.",
    field=None,
    index=None,
    line=None,
    column=None,
)


def to_user_errors(refusal: Refusal, index: int | None = None) -> list[UserError]:
    """Return a refusal as errors of a payload, one for each fault."""
    return [_to_user_error(each, index) for each in list_faults(refusal)]


def _to_user_error(refusal: Refusal, index: int | None) -> UserError:
    path = [str(step) for step in refusal.field] or None
    line, column = refusal.location if isinstance(refusal, UnreadableFault) else (None, None)
    return UserError(
        code=get_error_code(refusal),
        message=str(refusal),
        field=path,
        index=index,
        line=line,
        column=column,
    )


def get_error_code(refusal: Refusal) -> Any:
    """Return the code of a refusal in the graph; INVALID for codes that the graph does not have."""
    code = str(refusal.code)
    return ErrorCode[code] if code in ErrorCode.__members__ else ErrorCode["INVALID"]
