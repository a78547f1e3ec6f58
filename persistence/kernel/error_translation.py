"""Translation of the database's errors into refusals of the domain and outages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

import asyncpg

from domain.kernel.errors import (
    Code,
    ConcurrentChange,
    Invalid,
    Refusal,
    StateConflict,
    VersionConflict,
)
from persistence.kernel.engine_kind import strip_shard
from persistence.kernel.schema.tables import is_made_once, metadata
from persistence.kernel.wire_format import to_camel_case

STALE_VERSION_MESSAGE = (
    "This was changed after you read it. Read it again, then repeat your change if needed."
)
TIMEOUT_MESSAGE = "The request took too long and was stopped. Ask for less, or try again."
READ_ONLY_MESSAGE = (
    "Changes are not possible while this tenant is moved to another database. Nothing was changed."
    " Try again in a few seconds."
)
CONFLICT_MESSAGE = "Another request is changing the same data. Try again."

CONFLICT_SQLSTATES = {"40001", "40P01", "55P03"}
"""Serialization failure, deadlock and lock timeout: caused by a concurrent transaction."""

LOCK_TIMEOUT = "55P03"
"""The change has waited for long already. Made again at once, it would wait as long."""

DriverError: TypeAlias = asyncpg.InterfaceError | asyncpg.InternalClientError
"""The errors of asyncpg when the server dies during a statement."""


class DatabaseUnavailable(Exception):
    """The database cannot be reached or took too long; a change may have been committed or not.

    `code` is UNAVAILABLE or TIMEOUT.
    """

    def __init__(self, message: str, code: str = "UNAVAILABLE") -> None:
        super().__init__(message)
        self.code = code


class TenantReadOnly(DatabaseUnavailable):
    """The tenant is being moved to another database; nothing was changed."""


def translate(error: BaseException) -> Refusal | DatabaseUnavailable | None:
    """Return the error to raise instead, or None where the error is a bug in the program."""
    if isinstance(error, asyncpg.PostgresError | OSError | DriverError):
        return _translate_driver_error(error)
    return None


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raise what `translate` returns for an error of the block, if it returns anything."""
    try:
        yield
    except Exception as error:
        translated = translate(error)
        if translated is None:
            raise
        raise translated from error


def detect_outage(error: BaseException) -> DatabaseUnavailable | None:
    """Return the outage of the database that caused an error; None for all other errors."""
    if isinstance(error, TimeoutError):
        return DatabaseUnavailable(TIMEOUT_MESSAGE, "TIMEOUT")
    if getattr(error, "sqlstate", None) in CONFLICT_SQLSTATES:  # a migration, say
        return DatabaseUnavailable("The database is being changed. Try again.")
    found = error if isinstance(error, DatabaseUnavailable) else translate(error)
    return found if isinstance(found, DatabaseUnavailable) else None


def _translate_driver_error(  # noqa: C901, PLR0911 - one case per kind of error
    error: BaseException,
) -> Refusal | DatabaseUnavailable | None:
    state = getattr(error, "sqlstate", None) or ""
    match error:
        case asyncpg.UniqueViolationError():
            return _translate_unique_violation(error)
        case asyncpg.ForeignKeyViolationError():
            return _translate_foreign_key_violation(error)
        case asyncpg.CheckViolationError() if _is_frozen(error):
            return TenantReadOnly(READ_ONLY_MESSAGE)
        case asyncpg.CheckViolationError():
            return Invalid(
                "This value is out of range.", *_extract_field(error), code=Code.OUT_OF_RANGE
            )
        case asyncpg.NotNullViolationError():
            missing = to_camel_case(_find_name(error, "column"))
            return Invalid("A value is missing.", missing, code=Code.REQUIRED)
        case asyncpg.ProgramLimitExceededError() | asyncpg.StringDataRightTruncationError():
            return Invalid("This text is too long.", code=Code.TOO_LONG)
        case asyncpg.NumericValueOutOfRangeError():
            return Invalid("This number is out of range.", code=Code.OUT_OF_RANGE)
        case asyncpg.DataError() | ValueError():
            code = Code.OUT_OF_RANGE if "out of" in str(error) else Code.INVALID_FORMAT
            return Invalid("A value has a form that cannot be stored.", code=code)
        case asyncpg.QueryCanceledError():
            return DatabaseUnavailable(TIMEOUT_MESSAGE, "TIMEOUT")
    if state in CONFLICT_SQLSTATES:
        refusal = VersionConflict if state == LOCK_TIMEOUT else ConcurrentChange
        return refusal(CONFLICT_MESSAGE)
    if (
        state[:2] in {"08", "57", "53"}
        or state in {"25P03", "25P04"}
        or isinstance(error, OSError | DriverError)
    ):
        return DatabaseUnavailable("The database cannot be reached. Try again.")
    return None


def _is_frozen(error: asyncpg.CheckViolationError) -> bool:
    """Return whether a clock could not be advanced, because the tenant is being moved."""
    return _find_constraint(error) == "ck_tenant_clocks_frozen"


def _translate_unique_violation(error: asyncpg.UniqueViolationError) -> Refusal:
    constraint = _find_constraint(error)
    table = _find_table(constraint)
    if is_made_once(table, constraint):
        return ConcurrentChange(CONFLICT_MESSAGE)
    if table.endswith("_closure"):
        return Invalid("This would put an object below itself.", code=Code.REFERENCE_CYCLE)
    return Invalid(
        "Another object of this tenant has this value already. Choose another value.",
        *_extract_field(error),
        code=Code.NOT_UNIQUE,
    )


def _translate_foreign_key_violation(error: asyncpg.ForeignKeyViolationError) -> Refusal:
    if str(error).startswith("update or delete"):
        return StateConflict("Another object still refers to this one. Remove the reference first.")
    return Invalid(
        "The object that this refers to does not exist.",
        *_extract_field(error),
        code=Code.REFERENCE_NOT_FOUND,
    )


def _extract_field(error: asyncpg.PostgresError) -> tuple[str, ...]:
    """Return the input field by the constraint's name: `uq_organizations_code_folded` is `code`."""
    constraint = _find_constraint(error)
    name = re.sub(rf"^[a-z]+_{_find_table(constraint)}_?|_folded$", "", constraint)
    return (to_camel_case(name),) if name else ()


def _find_table(constraint: str) -> str:
    """Return the table in the name of a constraint: `uq_people_work_email` is of `people`."""
    rest = constraint.partition("_")[2] + "_"
    return max(
        (each for each in metadata.tables if rest.startswith(f"{each}_")), key=len, default=""
    )


def _find_constraint(error: asyncpg.PostgresError) -> str:
    return strip_shard(_find_name(error, "constraint"))


def _find_name(error: asyncpg.PostgresError, kind: str) -> str:
    """Return the name of the column or constraint. Citus passes it on only in the message."""
    in_message = re.search(rf'{kind} "([^"]+)"', str(error))
    return getattr(error, f"{kind}_name") or (in_message[1] if in_message else "")
