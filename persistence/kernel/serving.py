"""The serving role: how it is made, what it may do, and the check that it can do no more."""

import asyncio
from contextlib import suppress
from pathlib import Path

import asyncpg
from alembic.config import Config
from alembic.script import ScriptDirectory

from alembic import command
from persistence.kernel.catalogue import ABOVE_ALL, lint, sentences
from persistence.kernel.engine import SERVING_ROLE, connect, serving_password
from persistence.kernel.mapping import Connection

SCRIPTS = Path(__file__).resolve().parents[2] / "alembic"

SETTINGS = {
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    "timezone": "UTC",
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
}

AT_ONCE = (
    asyncpg.DuplicateObjectError,
    asyncpg.UniqueViolationError,
    asyncpg.InternalServerError,  # "tuple concurrently updated"
)
PATIENCE = 50


class Unfit(Exception):
    """The database must not be served from like this. Says what to do."""


def migrate(owner_url: str, revision: str = "head", *, password: str | None = None) -> None:
    """Make the serving role and bring the schema to a revision; not from inside an event loop.

    The role's password follows from the owner's where none is given.
    """
    asyncio.run(ensure_roles(owner_url, password))
    command.upgrade(configuration(owner_url), revision)


def expected_revision() -> str:
    """The revision that this program is written for."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    if head is None:
        raise Unfit(f"There are no migrations in {SCRIPTS}. Install Trellis completely.")
    return head


def configuration(owner_url: str | None = None) -> Config:
    """How Alembic finds the migrations, and the database to migrate."""
    config = Config()
    config.attributes["url"] = owner_url
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    return config


async def ensure_roles(owner_url: str, password: str | None = None) -> None:
    """Make the serving role, or bring it up to date; for the owner, before migrating."""
    connection = await connect(owner_url)
    try:
        for _ in range(PATIENCE):
            # Roles belong to the whole server: another project may be doing the same right now.
            with suppress(*AT_ONCE):
                async with connection.transaction():
                    secret = password or serving_password(owner_url)
                    await _ensure_serving_role(connection, secret)
                return
            await asyncio.sleep(0.1)
        raise Unfit(f"Somebody else keeps changing the role {SERVING_ROLE}. Try again.")
    except asyncpg.InsufficientPrivilegeError as error:
        raise Unfit(
            f"The owner may not make or change the role {SERVING_ROLE} ({error}). "
            "Give it CREATEROLE, or make the role by hand and set TRELLIS_SERVING_URL."
        ) from error
    finally:
        await connection.close()


async def _ensure_serving_role(connection: Connection, password: str | None) -> None:
    known = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", SERVING_ROLE)
    if not known:
        await connection.execute(f"CREATE ROLE {SERVING_ROLE} LOGIN NOINHERIT")
    if password is not None:
        quoted = await connection.fetchval("SELECT quote_literal($1::text)", password)
        await connection.execute(f"ALTER ROLE {SERVING_ROLE} PASSWORD {quoted}")
    for name, value in SETTINGS.items():
        await connection.execute(f"ALTER ROLE {SERVING_ROLE} SET {name} = '{value}'")
    database = await connection.fetchval("SELECT quote_ident(current_database())")
    await connection.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
    await connection.execute(f"GRANT CONNECT ON DATABASE {database} TO {SERVING_ROLE}")


async def check_serving(connection: Connection) -> None:
    """Refuse a connection that could see past row-level security, or an unexpected schema."""
    actual = await _revision(connection)
    if actual is None:
        raise Unfit("The database holds no Trellis schema yet. Run `trellis migrate`.")
    found = await lint(connection, await connection.fetchval("SELECT current_user"))
    wrong = sentences(found)
    if any(each.rule == ABOVE_ALL for each in found):
        wrong.append(f"Serve as {SERVING_ROLE}: run `trellis migrate`; see TRELLIS_SERVING_URL.")
    elif found:
        wrong.append("Run `trellis migrate`; `trellis check --schema` lists what is left.")
    if actual != expected_revision():
        wrong.append(
            f"The schema is at revision {actual}; this program expects {expected_revision()}. "
            "Run `trellis migrate`, or start the version that belongs to the schema."
        )
    if wrong:
        raise Unfit("\n".join(wrong))


async def _revision(connection: Connection) -> str | None:
    with suppress(asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        return str(await connection.fetchval("SELECT version_num FROM directory.alembic_version"))
    return None
