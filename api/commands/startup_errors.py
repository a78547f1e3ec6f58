"""Messages for the errors that an operator can cause and fix."""

from collections.abc import Mapping

from asyncpg import (
    InterfaceError,
    InvalidAuthorizationSpecificationError,
    InvalidPasswordError,
    PostgresError,
    UndefinedTableError,
)
from pydantic import ValidationError

from api.identity.built_in_issuer import NotAllowedInProduction
from domain.kernel.errors import Refusal
from persistence.embedded import EmbeddedPostgresError
from persistence.kernel.schema.database_role import DatabaseNotReady

SELF_EXPLANATORY_ERRORS = (
    EmbeddedPostgresError,
    Refusal,
    DatabaseNotReady,
    NotAllowedInProduction,
    ValueError,
    PermissionError,
)

MESSAGES: Mapping[tuple[type[Exception], ...], str] = {
    SELF_EXPLANATORY_ERRORS: "{}",
    (InvalidPasswordError,): (
        "The database rejects this user or password. Check the URL of the database."
    ),
    (InvalidAuthorizationSpecificationError, UndefinedTableError): (
        "The database is not prepared: {}. Run `trellis migrate` or `trellis serve`."
    ),
    (OSError, TimeoutError): "The database does not answer: {}. Check its URL.",
    (PostgresError, InterfaceError): "The database reported an error: {}.",
}
"""Messages by the kinds of errors; the first that fits is used."""


def describe_error(error: Exception) -> str | None:
    """Return the message for an expected error; None for an error of the program."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        variable = " ".join(str(step) for step in first["loc"])
        return f"{variable}: {first['msg'].removeprefix('Value error, ')}".removeprefix(": ")
    return next(
        (text.format(error) for types, text in MESSAGES.items() if isinstance(error, types)), None
    )
