"""Refusals: the errors of the domain, each with a code, a message and the path of a field."""

from enum import StrEnum


class Code(StrEnum):
    """The reason of a refusal. The API adds codes of its own."""

    NOT_FOUND = "NOT_FOUND"
    NOT_PERMITTED = "NOT_PERMITTED"
    INVALID = "INVALID"
    REQUIRED = "REQUIRED"
    TOO_LONG = "TOO_LONG"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    INVALID_FORMAT = "INVALID_FORMAT"
    NOT_UNIQUE = "NOT_UNIQUE"
    INCONSISTENT = "INCONSISTENT"
    REFERENCE_NOT_FOUND = "REFERENCE_NOT_FOUND"
    REFERENCE_CYCLE = "REFERENCE_CYCLE"
    SELF_APPOINTMENT = "SELF_APPOINTMENT"
    APPROVAL_REQUIRED = "APPROVAL_REQUIRED"
    FIELD_OWNED = "FIELD_OWNED"
    STATE_CONFLICT = "STATE_CONFLICT"
    VERSION_CONFLICT = "VERSION_CONFLICT"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    CURSOR_INVALID = "CURSOR_INVALID"
    CURSOR_EXPIRED = "CURSOR_EXPIRED"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"


class Refusal(Exception):
    """A change was refused and nothing is stored. `field` is the path of the wrong input."""

    code: Code = Code.INVALID

    def __init__(self, message: str, *field: str | int, code: Code | None = None) -> None:
        super().__init__(message)
        self.field = tuple(str(step) for step in field)
        self.code = code or type(self).code


class NotFound(Refusal):
    """The object does not exist, or the actor may not see it."""

    code = Code.NOT_FOUND


class NotPermitted(Refusal):
    """The actor sees the object and may not do this with it."""

    code = Code.NOT_PERMITTED


class Invalid(Refusal):
    """The input breaks a rule."""

    code = Code.INVALID


class StateConflict(Refusal):
    """The object is in a state from which the action cannot start."""

    code = Code.STATE_CONFLICT


class VersionConflict(Refusal):
    """The object was changed after the actor read it."""

    code = Code.VERSION_CONFLICT


class ConcurrentChange(VersionConflict):
    """Another request changed the object between the load and the write.

    The change was not asked to depend on a version, so it can be made again from the start.
    """


class LimitExceeded(Refusal):
    """The change exceeds a limit."""

    code = Code.LIMIT_EXCEEDED
