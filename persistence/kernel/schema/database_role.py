"""The roles that serve: creating them, and their settings and privileges."""

import asyncio
from contextlib import suppress

import asyncpg

from persistence.kernel.engine_kind import find_engine_kind
from persistence.kernel.pools import (
    PLATFORM_ROLE,
    SERVING_ROLE,
    Connection,
    connect,
    derive_password,
)

ROLE_SETTINGS = {
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    "timezone": "UTC",
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
}

CONCURRENT_CHANGE_ERRORS = (
    asyncpg.DuplicateObjectError,
    asyncpg.UniqueViolationError,
    asyncpg.InternalServerError,  # "tuple concurrently updated"
)
MAX_ATTEMPTS = 50


class DatabaseNotReady(Exception):
    """The database cannot be served in its present state; the message says what to do."""


async def ensure_roles(
    owner_url: str, password: str | None = None, platform_password: str | None = None
) -> None:
    """Create or update the serving role and the platform's, as the owner and before migrating.

    Without a password, one is derived from the owner's. Raises DatabaseNotReady.
    """
    for role, given in ((SERVING_ROLE, password), (PLATFORM_ROLE, platform_password)):
        await _ensure_role(owner_url, role, given or derive_password(owner_url, role))


async def _ensure_role(owner_url: str, role: str, password: str | None) -> None:
    connection = await connect(owner_url)
    try:
        for _ in range(MAX_ATTEMPTS):
            # Roles belong to the whole server: another process may change the same role now.
            with suppress(*CONCURRENT_CHANGE_ERRORS):
                async with connection.transaction():
                    await _write_role(connection, role, password)
                return
            await asyncio.sleep(0.1)
        raise DatabaseNotReady(f"Another process keeps changing the role {role}. Try again.")
    except asyncpg.InsufficientPrivilegeError as error:
        raise DatabaseNotReady(
            f"The owner may not create or change the role {role} ({error}). Grant it CREATEROLE,"
            " or create the role by hand and set TRELLIS_SERVING_URL or TRELLIS_PLATFORM_URL."
        ) from error
    finally:
        await connection.close()


async def _write_role(connection: Connection, role: str, password: str | None) -> None:
    exists = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role)
    if not exists:
        await connection.execute(f"CREATE ROLE {role} LOGIN NOINHERIT")
    if password is not None:
        quoted = await connection.fetchval("SELECT quote_literal($1::text)", password)
        await connection.execute(f"ALTER ROLE {role} PASSWORD {quoted}")
    for name, value in ROLE_SETTINGS.items():
        await connection.execute(f"ALTER ROLE {role} SET {name} = '{value}'")
    database = await connection.fetchval("SELECT quote_ident(current_database())")
    for name, value in (await find_engine_kind(connection)).role_settings.items():
        for each in (role, "CURRENT_USER"):
            await connection.execute(
                f"ALTER ROLE {each} IN DATABASE {database} SET {name} = '{value}'"
            )
    await connection.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
    await connection.execute(f"GRANT CONNECT ON DATABASE {database} TO {role}")
