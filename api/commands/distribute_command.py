"""`trellis distribute`: the tables of databases with Citus."""

import asyncio

from api.commands.console import console, open_configured_database, run_on_all
from api.commands.database_url import Database

NO_EXTENSION = (
    "The database has no extension citus. Run CREATE EXTENSION citus in the database of this name "
    "on every server, as a superuser, and add the servers; see docs/operations/scaling.md."
)


def distribute() -> None:
    """Distribute the tables of a database with Citus over its servers. Stop serving before."""
    with open_configured_database() as home, console.status("Distributing ..."):
        run_on_all(home, _distribute)


def _distribute(database: Database) -> None:
    from persistence.distribution import distribute as distribute_tables
    from persistence.kernel.pools import extract_password
    from persistence.kernel.schema.database_role import DatabaseNotReady

    distributing = distribute_tables(
        database.required_owner_url,
        password=extract_password(database.serving_url),
        platform_password=extract_password(database.required_platform_url),
    )
    done = asyncio.run(distributing)
    if done is None:
        raise DatabaseNotReady(NO_EXTENSION)
    for each in done or ["All tables are distributed already."]:
        console.print(each)
