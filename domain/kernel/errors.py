"""Refusals: the few ways in which the domain says no, each with a code, a sentence and a field."""

from enum import StrEnum


class Code(StrEnum):
    """Why something was refused; the domain's share of the API's error codes."""

    NOT_FOUND = "NOT_FOUND"
    NOT_PERMITTED = "NOT_PERMITTED"
    INVALID = "INVALID"
    REQUIRED = "REQUIRED"
    TOO_LONG = "TOO_LONG"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    INVALID_FORMAT = "INVALID_FORMAT"
    NOT_UNIQUE = "NOT_UNIQUE"
    REFERENCE_NOT_FOUND = "REFERENCE_NOT_FOUND"
    REFERENCE_CYCLE = "REFERENCE_CYCLE"
    STATE_CONFLICT = "STATE_CONFLICT"
    VERSION_CONFLICT = "VERSION_CONFLICT"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    CURSOR_INVALID = "CURSOR_INVALID"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"


class Refusal(Exception):
    """Nothing was changed, and here is why. `field` is the path of the input that is to blame."""

    code: Code = Code.INVALID

    def __init__(self, message: str, *field: str | int, code: Code | None = None) -> None:
        super().__init__(message)
        self.field = tuple(str(step) for step in field)
        self.code = code or type(self).code


class NotFound(Refusal):
    """There is no such thing, or the actor may not know of it."""

    code = Code.NOT_FOUND


class NotPermitted(Refusal):
    """The actor sees it and may not do this to it."""

    code = Code.NOT_PERMITTED


class Invalid(Refusal):
    """The input breaks a rule."""

    code = Code.INVALID


class StateConflict(Refusal):
    """The thing is in a state from which this cannot start."""

    code = Code.STATE_CONFLICT


class VersionConflict(Refusal):
    """Somebody changed the thing since the actor read it."""

    code = Code.VERSION_CONFLICT


class LimitExceeded(Refusal):
    """More than the tenant may have."""

    code = Code.LIMIT_EXCEEDED
