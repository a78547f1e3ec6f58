"""Translation: what the database refuses, said once in the words of the domain."""

import re
from typing import TypeAlias

import asyncpg

from domain.kernel.errors import Code, Invalid, Refusal, StateConflict, VersionConflict
from persistence.kernel.changes import camel

STALE = "Somebody changed this since you read it. Look at it again, then repeat what still holds."
TOO_LONG = "This took too long and was given up."
AT_ONCE = "Somebody else is changing the same thing at this moment. Try again."

AT_THE_SAME_TIME = {"40001", "40P01", "55P03"}
"""Two transactions stood in each other's way, and this one gave up."""

CONFUSED: TypeAlias = asyncpg.InterfaceError | asyncpg.InternalClientError
"""What the driver says of a connection whose server died in the middle of a sentence."""


class Unavailable(Exception):
    """The database cannot be reached, or took too long. Whether anything was kept is not known.

    `code` is UNAVAILABLE or TIMEOUT.
    """

    def __init__(self, message: str, code: str = "UNAVAILABLE") -> None:
        super().__init__(message)
        self.code = code


def translated(error: BaseException) -> Refusal | Unavailable | None:
    """What to raise instead of this error, or None where the error is a mistake of the program."""
    if isinstance(error, asyncpg.PostgresError | OSError | CONFUSED):
        return _of_driver(error)
    return None


def out_of_reach(error: BaseException) -> Unavailable | None:
    """What to say where the database is to blame; None where the error is none of its outages."""
    if isinstance(error, TimeoutError):
        return Unavailable(TOO_LONG, "TIMEOUT")
    if getattr(error, "sqlstate", None) in AT_THE_SAME_TIME:  # a migration, say
        return Unavailable("The database is busy with a change to itself. Try again.")
    found = error if isinstance(error, Unavailable) else translated(error)
    return found if isinstance(found, Unavailable) else None


def _of_driver(  # noqa: C901, PLR0911 - one return for each kind of failure
    error: BaseException,
) -> Refusal | Unavailable | None:
    state = getattr(error, "sqlstate", None) or ""
    match error:
        case asyncpg.UniqueViolationError():
            return _not_unique(error)
        case asyncpg.ForeignKeyViolationError():
            return _no_such_reference(error)
        case asyncpg.CheckViolationError():
            return Invalid("This value is out of range.", *_field(error), code=Code.OUT_OF_RANGE)
        case asyncpg.NotNullViolationError():
            missing = camel(error.column_name or "")
            return Invalid("A value is missing.", missing, code=Code.REQUIRED)
        case asyncpg.ProgramLimitExceededError() | asyncpg.StringDataRightTruncationError():
            return Invalid("This text is too long.", code=Code.TOO_LONG)
        case asyncpg.NumericValueOutOfRangeError():
            return Invalid("This number is out of range.", code=Code.OUT_OF_RANGE)
        case asyncpg.DataError() | ValueError():
            code = Code.OUT_OF_RANGE if "out of" in str(error) else Code.INVALID_FORMAT
            return Invalid("A value has a form that cannot be kept.", code=code)
        case asyncpg.QueryCanceledError():
            return Unavailable(TOO_LONG, "TIMEOUT")
    if state in AT_THE_SAME_TIME:
        return VersionConflict(AT_ONCE)
    if (
        state[:2] in {"08", "57", "53"}
        or state in {"25P03", "25P04"}
        or isinstance(error, OSError | CONFUSED)
    ):
        return Unavailable("The database cannot be reached. Try again.")
    return None


def _not_unique(error: asyncpg.UniqueViolationError) -> Refusal:
    if error.table_name and error.table_name.endswith("_closure"):
        return Invalid("This would put something below itself.", code=Code.REFERENCE_CYCLE)
    return Invalid(
        "Something else in this tenant has this value already. Choose another.",
        *_field(error),
        code=Code.NOT_UNIQUE,
    )


def _no_such_reference(error: asyncpg.ForeignKeyViolationError) -> Refusal:
    if str(error).startswith("update or delete"):
        return StateConflict("Something else still points to this. Remove that first.")
    return Invalid("There is no such thing.", *_field(error), code=Code.REFERENCE_NOT_FOUND)


def _field(error: asyncpg.PostgresError) -> tuple[str, ...]:
    """The input to blame, by the constraint's name: `uq_people_work_email` says `workEmail`."""
    name = re.sub(rf"^[a-z]+_{error.table_name}_?", "", error.constraint_name or "")
    return (camel(name),) if name else ()
