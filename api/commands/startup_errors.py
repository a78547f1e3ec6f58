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
from api.settings import ENV_PREFIX, Settings
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
        variable = _get_variable(first["loc"])
        return f"{variable}: {first['msg'].removeprefix('Value error, ')}".removeprefix(": ")
    return next(
        (text.format(error) for types, text in MESSAGES.items() if isinstance(error, types)), None
    )


def _get_variable(path: tuple[int | str, ...]) -> str:
    """Return the environment variable of a setting; an alias is one already."""
    name = "__".join(str(step) for step in path)
    return ENV_PREFIX + name.upper() if path and path[0] in Settings.model_fields else name
