"""The serving role: how it is made, what it may do, and the check that it can do no more."""

import asyncio
from contextlib import suppress
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from persistence.kernel.mapping.registry import Connection
from persistence.kernel.pools import SERVING_ROLE, connect, derive_serving_password
from persistence.kernel.schema.lint import PRIVILEGED_ROLE_RULE, format_findings, lint_schema

MIGRATIONS_DIRECTORY = Path(__file__).resolve().parents[2] / "migrations"

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
    """The database must not be served from like this. Says what to do."""


def migrate(owner_url: str, revision: str = "head", *, password: str | None = None) -> None:
    """Make the serving role and bring the schema to a revision; not from inside an event loop.

    The role's password follows from the owner's where none is given.
    """
    asyncio.run(ensure_roles(owner_url, password))
    command.upgrade(build_alembic_config(owner_url), revision)


def get_expected_revision() -> str:
    """The revision that this program is written for."""
    head = ScriptDirectory.from_config(build_alembic_config()).get_current_head()
    if head is None:
        raise DatabaseNotReady(
            f"There are no migrations in {MIGRATIONS_DIRECTORY}. Install Trellis completely."
        )
    return head


def build_alembic_config(owner_url: str | None = None) -> Config:
    """How Alembic finds the migrations, and the database to migrate."""
    config = Config()
    config.attributes["url"] = owner_url
    config.set_main_option("script_location", str(MIGRATIONS_DIRECTORY))
    config.set_main_option("path_separator", "os")
    return config


async def ensure_roles(owner_url: str, password: str | None = None) -> None:
    """Make the serving role, or bring it up to date; for the owner, before migrating."""
    connection = await connect(owner_url)
    try:
        for _ in range(MAX_ATTEMPTS):
            # Roles belong to the whole server: another project may be doing the same right now.
            with suppress(*CONCURRENT_CHANGE_ERRORS):
                async with connection.transaction():
                    secret = password or derive_serving_password(owner_url)
                    await _ensure_serving_role(connection, secret)
                return
            await asyncio.sleep(0.1)
        raise DatabaseNotReady(f"Somebody else keeps changing the role {SERVING_ROLE}. Try again.")
    except asyncpg.InsufficientPrivilegeError as error:
        raise DatabaseNotReady(
            f"The owner may not make or change the role {SERVING_ROLE} ({error}). "
            "Give it CREATEROLE, or make the role by hand and set TRELLIS_SERVING_URL."
        ) from error
    finally:
        await connection.close()


async def _ensure_serving_role(connection: Connection, password: str | None) -> None:
    exists = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", SERVING_ROLE)
    if not exists:
        await connection.execute(f"CREATE ROLE {SERVING_ROLE} LOGIN NOINHERIT")
    if password is not None:
        quoted = await connection.fetchval("SELECT quote_literal($1::text)", password)
        await connection.execute(f"ALTER ROLE {SERVING_ROLE} PASSWORD {quoted}")
    for name, value in ROLE_SETTINGS.items():
        await connection.execute(f"ALTER ROLE {SERVING_ROLE} SET {name} = '{value}'")
    database = await connection.fetchval("SELECT quote_ident(current_database())")
    await connection.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
    await connection.execute(f"GRANT CONNECT ON DATABASE {database} TO {SERVING_ROLE}")


async def check_database_ready(connection: Connection) -> None:
    """Refuse a connection that could see past row-level security, or an unexpected schema."""
    actual = await _load_revision(connection)
    if actual is None:
        raise DatabaseNotReady("The database holds no Trellis schema yet. Run `trellis migrate`.")
    findings = await lint_schema(connection, await connection.fetchval("SELECT current_user"))
    problems = format_findings(findings)
    if any(each.rule == PRIVILEGED_ROLE_RULE for each in findings):
        problems.append(f"Serve as {SERVING_ROLE}: run `trellis migrate`; see TRELLIS_SERVING_URL.")
    elif findings:
        problems.append("Run `trellis migrate`; `trellis check --schema` lists what is left.")
    if actual != get_expected_revision():
        problems.append(
            f"The schema is at revision {actual}; this program expects {get_expected_revision()}. "
            "Run `trellis migrate`, or start the version that belongs to the schema."
        )
    if problems:
        raise DatabaseNotReady("\n".join(problems))


async def _load_revision(connection: Connection) -> str | None:
    with suppress(asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        return str(await connection.fetchval("SELECT version_num FROM directory.alembic_version"))
    return None
