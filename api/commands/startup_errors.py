"""Messages for the errors that an operator can cause and fix."""

from asyncpg import InterfaceError, InvalidPasswordError, PostgresError
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


def describe_error(error: Exception) -> str | None:
    """Return the message for an expected error; None for an error of the program."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        variable = " ".join(str(step) for step in first["loc"])
        return f"{variable}: {first['msg'].removeprefix('Value error, ')}".removeprefix(": ")
    if isinstance(error, SELF_EXPLANATORY_ERRORS):
        return str(error)
    if isinstance(error, InvalidPasswordError):
        return "The database rejects this user or password. Check the URL of the database."
    if isinstance(error, OSError | TimeoutError):
        return f"The database does not answer: {error}. Check its URL."
    if isinstance(error, PostgresError | InterfaceError):
        return f"The database reported an error: {error}."
    return None
