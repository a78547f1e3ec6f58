"""Runs the migrations: one process at a time, each in its own transaction, as the owner."""

import asyncio
import os
import time
from typing import Any

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.schema import SchemaItem

from persistence.kernel.pools import connect
from persistence.kernel.schema.tables import EnumText
from persistence.registry import metadata

MIGRATION_LOCK_ID = 4712
SETUP_STATEMENTS = (
    "SET lock_timeout = '2s'",  # whoever waits for a table makes everybody else wait behind
    "SET statement_timeout = '60s'",
    "CREATE SCHEMA IF NOT EXISTS directory",
)
VERSION_TABLE_OPTIONS = {"version_table_schema": "directory", "transaction_per_migration": True}


def _get_database_url() -> str:
    asked = context.get_x_argument(as_dictionary=True).get("url")
    url: str | None = (
        asked or context.config.attributes.get("url") or os.environ.get("DATABASE_URL")
    )
    if not url:
        raise SystemExit("Set DATABASE_URL to the owner's address of the database to migrate.")
    return url


def _render_type(kind: str, item: Any, _: Any) -> str | bool:
    """In a migration a word is the text that it is kept as; its words are in the CHECK."""
    return "sa.Text()" if kind == "type" and isinstance(item, EnumText) else False


def _should_include_object(
    item: SchemaItem, name: str | None, kind: str, reflected: bool, _: object
) -> bool:
    return not (kind == "table" and name == "alembic_version")


def _acquire_migration_lock(connection: Connection) -> None:
    """Ask time and again: an index that is built beside others waits for whoever is waiting."""
    while not connection.exec_driver_sql(
        f"SELECT pg_try_advisory_lock({MIGRATION_LOCK_ID})"
    ).scalar():
        connection.rollback()
        time.sleep(0.1)


def _run_migrations(connection: Connection) -> None:
    _acquire_migration_lock(connection)
    for statement in SETUP_STATEMENTS:
        connection.exec_driver_sql(statement)
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_schemas=True,
        include_object=_should_include_object,
        render_item=_render_type,
        **VERSION_TABLE_OPTIONS,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _run_online() -> None:
    address = _get_database_url()
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: connect(address))
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_run_migrations)
    finally:
        await engine.dispose()


def _run_offline() -> None:
    context.configure(
        url="postgresql://", target_metadata=metadata, literal_binds=True, **VERSION_TABLE_OPTIONS
    )
    with context.begin_transaction():
        for statement in SETUP_STATEMENTS:
            context.execute(statement)
        context.run_migrations()


if context.is_offline_mode():
    _run_offline()
else:
    asyncio.run(_run_online())
