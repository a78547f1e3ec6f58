"""`trellis check`: the checks that serving makes at its start."""

import asyncio
from typing import Annotated

import typer

from api.commands.console import console, open_configured_database, run_on_all
from api.commands.database_url import HOME, Database


def check(
    *,
    schema: Annotated[
        bool, typer.Option("--schema", help="Check only the schema, rule by rule, as its owner.")
    ] = False,
) -> None:
    """Check the roles, the schema's rules and its revision, as serving does at its start.

    With several databases, each is checked.
    """

    def run(database: Database) -> None:
        asyncio.run(
            _lint_schema(database.owner_url or database.serving_url)
            if schema
            else _check_database(database)
        )

    with open_configured_database() as home:
        run_on_all(home, run)
    console.print("All checks passed: roles, row-level security, revision.")


async def _check_database(database: Database) -> None:
    from persistence.databases import require_configured
    from persistence.kernel.pools import open_connection
    from persistence.kernel.schema.database_role import DatabaseNotReady
    from persistence.kernel.schema.platform_role import find_platform_problems
    from persistence.kernel.schema.shard_check import check_shards
    from persistence.kernel.schema.startup_check import check_database_ready

    async with open_connection(database.serving_url) as connection:
        await check_database_ready(connection)
        problems = [*await find_platform_problems(connection), *await check_shards(connection)]
        if problems:
            raise DatabaseNotReady("\n".join(problems))
        if database.name == HOME:
            await require_configured(connection, database.others)


async def _lint_schema(url: str) -> None:
    from persistence.kernel.pools import connect
    from persistence.kernel.schema.lint import RULES, lint_schema
    from persistence.kernel.schema.shard_check import check_shards

    connection = await connect(url)
    try:
        violations = await lint_schema(connection)
        problems = await check_shards(connection)
    finally:
        await connection.close()
    for code, rule in RULES.items():
        names = ", ".join(each.name for each in violations if each.rule == code)
        print(code, "BROKEN" if names else "ok", f"{rule.message}: {names or 'none'}", sep="\t")
    print("shards", "BROKEN" if problems else "ok", " ".join(problems) or "none", sep="\t")
    if violations or problems:
        raise typer.Exit(1)
