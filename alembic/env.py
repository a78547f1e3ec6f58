"""Run the migrations as the owner: one process at a time, each migration in its own transaction."""

import asyncio
import os
import re
import time
from typing import Any, Literal
from uuid import UUID

from alembic.autogenerate.rewriter import Rewriter
from alembic.operations import ops
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.schema import SchemaItem

from alembic import context
from persistence.distribution import SELECT_DISTRIBUTED, build_distribution
from persistence.kernel.engine_kind import IS_INSTALLED
from persistence.kernel.pools import connect
from persistence.kernel.schema.row_level_security import protect_table
from persistence.kernel.schema.tables import EnumText, KeyedJson, PeriodEnd, TextList
from persistence.registry import metadata

MIGRATION_LOCK_ID = 4712
SETUP_STATEMENTS = (
    "SET lock_timeout = '2s'",  # a statement that waits for a table blocks all later ones
    "SET statement_timeout = '60s'",
    "CREATE SCHEMA IF NOT EXISTS directory",
)
CREATE_TABLE_PATTERN = re.compile(r"\s*CREATE TABLE (?:IF NOT EXISTS )?([\w.]+)", re.IGNORECASE)
STATISTICS_PATTERN = re.compile(r"ALTER COLUMN tenant_id SET \(n_distinct", re.IGNORECASE)
rewriter = Rewriter()
VERSION_TABLE_OPTIONS: dict[str, Any] = {
    "version_table_schema": "directory",
    "transaction_per_migration": True,
}


def _get_database_url() -> str:
    argument = context.get_x_argument(as_dictionary=True).get("url")
    url: str | None = (
        argument or context.config.attributes.get("url") or os.environ.get("DATABASE_URL")
    )
    if not url:
        raise SystemExit("DATABASE_URL is not set. Set it to the URL of the database's owner.")
    return url


def _render_type(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Render the types of Trellis by those of SQLAlchemy; the CHECK of an enum lists its values."""
    names = (
        (EnumText, "sa.Text()"),
        (PeriodEnd, "sa.Date()"),
        (TextList, "postgresql.JSONB()"),
        (KeyedJson, "postgresql.JSONB()"),
    )
    found = (text for own, text in names if kind == "type" and isinstance(item, own))
    return next(found, False)


@rewriter.rewrites(ops.CreateTableOp)
def _protect_new_table(_: Any, __: Any, operation: ops.CreateTableOp) -> list[ops.MigrateOperation]:
    """Write the statements that restrict a new table to its tenant into the migration, as text."""
    statements = protect_table(operation.table_name) if operation.schema is None else ()
    return [operation, *(ops.ExecuteSQLOp(each) for each in statements)]


def _should_include_object(
    item: SchemaItem, name: str | None, kind: str, reflected: bool, _: object
) -> bool:
    return not (kind == "table" and name == "alembic_version")


def _acquire_migration_lock(connection: Connection) -> None:
    """Poll for the lock: a session that waits in PostgreSQL would block concurrent index builds."""
    while not connection.exec_driver_sql(
        f"SELECT pg_try_advisory_lock({MIGRATION_LOCK_ID})"
    ).scalar():
        connection.rollback()
        time.sleep(0.1)


def _distribute_new_tables(connection: Connection) -> None:
    """Distribute each table as soon as a migration creates it, where the others are distributed.

    Its foreign keys can refer to them only then. A new database is distributed at the end. Citus
    refuses to set statistics of a column, so they are set here only; `distribute` sets the others.
    """

    def prepare(_: Any, __: Any, statement: str, *___: Any) -> None:
        if STATISTICS_PATTERN.search(statement):
            connection.exec_driver_sql("SET citus.enable_ddl_propagation = off")

    def distribute(_: Any, __: Any, statement: str, *___: Any) -> None:
        if STATISTICS_PATTERN.search(statement):
            connection.exec_driver_sql("SET citus.enable_ddl_propagation = on")
        if created := CREATE_TABLE_PATTERN.match(statement):
            # Foreign keys are checked on the shards, where row-level security needs some tenant.
            connection.exec_driver_sql(f"SET LOCAL app.tenant_id = '{UUID(int=0)}'")
            connection.exec_driver_sql(build_distribution(created[1]))
            connection.exec_driver_sql("SET LOCAL app.tenant_id = ''")

    is_citus = connection.exec_driver_sql(IS_INSTALLED).scalar()
    if is_citus and connection.exec_driver_sql(SELECT_DISTRIBUTED).first():
        event.listen(connection, "before_cursor_execute", prepare)
        event.listen(connection, "after_cursor_execute", distribute)


def _run_migrations(connection: Connection) -> None:
    _acquire_migration_lock(connection)
    for statement in SETUP_STATEMENTS:
        connection.exec_driver_sql(statement)
    _distribute_new_tables(connection)
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_schemas=True,
        include_object=_should_include_object,
        render_item=_render_type,
        process_revision_directives=rewriter,
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
