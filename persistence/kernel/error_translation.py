"""Translation: what the database refuses, said once in the words of the domain."""

import re
from typing import TypeAlias

import asyncpg

from domain.kernel.errors import Code, Invalid, Refusal, StateConflict, VersionConflict
from persistence.kernel.wire_format import to_camel_case

STALE_VERSION_MESSAGE = (
    "Somebody changed this since you read it. Look at it again, then repeat what still holds."
)
TIMEOUT_MESSAGE = "This took too long and was given up."
CONFLICT_MESSAGE = "Somebody else is changing the same thing at this moment. Try again."

CONFLICT_SQLSTATES = {"40001", "40P01", "55P03"}
"""Two transactions stood in each other's way, and this one gave up."""

DriverError: TypeAlias = asyncpg.InterfaceError | asyncpg.InternalClientError
"""What the driver says of a connection whose server died in the middle of a sentence."""


class DatabaseUnavailable(Exception):
    """The database cannot be reached, or took too long. Whether anything was kept is not known.

    `code` is UNAVAILABLE or TIMEOUT.
    """

    def __init__(self, message: str, code: str = "UNAVAILABLE") -> None:
        super().__init__(message)
        self.code = code


def translate(error: BaseException) -> Refusal | DatabaseUnavailable | None:
    """What to raise instead of this error, or None where the error is a mistake of the program."""
    if isinstance(error, asyncpg.PostgresError | OSError | DriverError):
        return _translate_driver_error(error)
    return None


def detect_outage(error: BaseException) -> DatabaseUnavailable | None:
    """What to say where the database is to blame; None where the error is none of its outages."""
    if isinstance(error, TimeoutError):
        return DatabaseUnavailable(TIMEOUT_MESSAGE, "TIMEOUT")
    if getattr(error, "sqlstate", None) in CONFLICT_SQLSTATES:  # a migration, say
        return DatabaseUnavailable("The database is busy with a change to itself. Try again.")
    found = error if isinstance(error, DatabaseUnavailable) else translate(error)
    return found if isinstance(found, DatabaseUnavailable) else None


def _translate_driver_error(  # noqa: C901, PLR0911 - one return for each kind of failure
    error: BaseException,
) -> Refusal | DatabaseUnavailable | None:
    state = getattr(error, "sqlstate", None) or ""
    match error:
        case asyncpg.UniqueViolationError():
            return _translate_unique_violation(error)
        case asyncpg.ForeignKeyViolationError():
            return _translate_foreign_key_violation(error)
        case asyncpg.CheckViolationError():
            return Invalid(
                "This value is out of range.", *_extract_field(error), code=Code.OUT_OF_RANGE
            )
        case asyncpg.NotNullViolationError():
            missing = to_camel_case(error.column_name or "")
            return Invalid("A value is missing.", missing, code=Code.REQUIRED)
        case asyncpg.ProgramLimitExceededError() | asyncpg.StringDataRightTruncationError():
            return Invalid("This text is too long.", code=Code.TOO_LONG)
        case asyncpg.NumericValueOutOfRangeError():
            return Invalid("This number is out of range.", code=Code.OUT_OF_RANGE)
        case asyncpg.DataError() | ValueError():
            code = Code.OUT_OF_RANGE if "out of" in str(error) else Code.INVALID_FORMAT
            return Invalid("A value has a form that cannot be kept.", code=code)
        case asyncpg.QueryCanceledError():
            return DatabaseUnavailable(TIMEOUT_MESSAGE, "TIMEOUT")
    if state in CONFLICT_SQLSTATES:
        return VersionConflict(CONFLICT_MESSAGE)
    if (
        state[:2] in {"08", "57", "53"}
        or state in {"25P03", "25P04"}
        or isinstance(error, OSError | DriverError)
    ):
        return DatabaseUnavailable("The database cannot be reached. Try again.")
    return None


def _translate_unique_violation(error: asyncpg.UniqueViolationError) -> Refusal:
    if error.table_name and error.table_name.endswith("_closure"):
        return Invalid("This would put something below itself.", code=Code.REFERENCE_CYCLE)
    return Invalid(
        "Something else in this tenant has this value already. Choose another.",
        *_extract_field(error),
        code=Code.NOT_UNIQUE,
    )


def _translate_foreign_key_violation(error: asyncpg.ForeignKeyViolationError) -> Refusal:
    if str(error).startswith("update or delete"):
        return StateConflict("Something else still points to this. Remove that first.")
    return Invalid("There is no such thing.", *_extract_field(error), code=Code.REFERENCE_NOT_FOUND)


def _extract_field(error: asyncpg.PostgresError) -> tuple[str, ...]:
    """The input to blame, by the constraint's name: `uq_people_work_email` says `workEmail`."""
    name = re.sub(rf"^[a-z]+_{error.table_name}_?", "", error.constraint_name or "")
    return (to_camel_case(name),) if name else ()
