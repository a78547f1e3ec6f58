"""What can be expected to go wrong when a process starts, each said in a sentence."""

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
    """What to tell the person; None for what only a mistake in the program can cause."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        variable = " ".join(str(step) for step in first["loc"])
        return f"{variable}: {first['msg'].removeprefix('Value error, ')}".removeprefix(": ")
    if isinstance(error, SELF_EXPLANATORY_ERRORS):
        return str(error)
    if isinstance(error, InvalidPasswordError):
        return "The database does not know this user with this password. Look at its address."
    if isinstance(error, OSError | TimeoutError):
        return f"The database does not answer: {error}. Look at its address."
    if isinstance(error, PostgresError | InterfaceError):
        return f"The database refused: {error}."
    return None
