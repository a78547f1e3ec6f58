"""Errors of SCIM from refusals of the domain and from refused requests."""

from collections.abc import Mapping

from scim2_models import Error, SCIMException

from api.errors import RequestError
from domain.kernel.errors import Code, Refusal
from domain.kernel.faults import list_faults

MISSING = "There is no such resource."
"""The one message about what does not exist, and about what the caller may not see."""

BY_CODE: Mapping[str, tuple[int, str | None]] = {
    Code.NOT_FOUND: (404, None),
    Code.NOT_PERMITTED: (403, None),
    Code.SELF_APPOINTMENT: (403, None),
    Code.APPROVAL_REQUIRED: (403, None),
    Code.NOT_UNIQUE: (409, "uniqueness"),
    Code.STATE_CONFLICT: (409, None),
    Code.VERSION_CONFLICT: (412, None),
    Code.CURSOR_INVALID: (400, "invalidCursor"),
    Code.CURSOR_EXPIRED: (400, "expiredCursor"),
    Code.LIMIT_EXCEEDED: (400, "tooMany"),
}
"""Status and `scimType` of a refusal. All other codes mean a wrong value."""

INVALID = 400, "invalidValue"

FIELDS = {
    "subject": "userName",
    "givenName": "name.givenName",
    "familyName": "name.familyName",
    "name": "displayName",
    "workEmail": "emails",
    "timeZone": "timezone",
    "jobTitle": "title",
    "managerId": "manager",
    "personId": "members",
    "reference": "externalId",
    "references": "externalId",
}
"""The attribute of SCIM for the first step of a field path of the graph."""


def build_exception(status: int, scim_type: str | None, detail: str) -> SCIMException:
    """Return the exception that becomes such an error."""
    error = Error(status=status, scim_type=scim_type, detail=detail)
    return SCIMException.from_error(error)


def refuse(refusal: Refusal) -> SCIMException:
    """Return the exception for a refusal, with the messages of all its faults."""
    status, scim_type = BY_CODE.get(refusal.code, INVALID)
    if refusal.code is Code.NOT_FOUND:
        return build_exception(status, scim_type, MISSING)
    return build_exception(
        status, scim_type, " ".join(_describe(each) for each in list_faults(refusal))
    )


def _describe(fault: Refusal) -> str:
    name = FIELDS.get(fault.field[0], "") if fault.field else ""
    return f"{name}: {fault}" if name else str(fault)


class RefusedRequest(SCIMException):
    """A request that the server refuses as a whole, such as for too many requests."""

    def __init__(self, error: RequestError) -> None:
        super().__init__(detail=error.message)
        self.error = error
        self._error = Error(status=error.status, detail=error.message)
        self.status = error.status
