"""`trellis check`: the checks that serving makes at its start."""

import asyncio
from typing import Annotated

import typer

from api.commands.console import console, open_configured_database


def check(
    *,
    schema: Annotated[
        bool, typer.Option("--schema", help="Check only the schema, rule by rule, as its owner.")
    ] = False,
) -> None:
    """Check the serving role, the schema's rules and its revision, as serving does at its start."""
    with open_configured_database() as database:
        asyncio.run(
            _lint_schema(database.owner_url or database.serving_url)
            if schema
            else _check_database(database.serving_url)
        )
    console.print("All checks passed: serving role, row-level security, revision.")


async def _check_database(url: str) -> None:
    from persistence.kernel.pools import connect
    from persistence.kernel.schema.startup_check import check_database_ready

    connection = await connect(url)
    try:
        await check_database_ready(connection)
    finally:
        await connection.close()


async def _lint_schema(url: str) -> None:
    from persistence.kernel.pools import connect
    from persistence.kernel.schema.lint import RULES, lint_schema

    connection = await connect(url)
    try:
        violations = await lint_schema(connection)
    finally:
        await connection.close()
    for code, rule in RULES.items():
        names = ", ".join(each.name for each in violations if each.rule == code)
        print(code, "BROKEN" if names else "ok", f"{rule.message}: {names or 'none'}", sep="\t")
    if violations:
        raise typer.Exit(1)
