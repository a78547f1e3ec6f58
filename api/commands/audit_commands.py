"""`trellis audit`: verify the audit logs, and print their last seals to keep them elsewhere."""

import asyncio
import re
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.console import console, open_configured_database

if TYPE_CHECKING:
    from persistence.audit_verification import ChainHead

app = typer.Typer(help="Verify audit logs, and print their last seals.", no_args_is_help=True)

MAX_PRINTED = 20
HEAD = re.compile(r"(\d+):([0-9a-f]{64})")

SlugArgument = Annotated[
    str | None, typer.Argument(help="The tenant's slug (its short name). Default: all tenants.")
]


@app.command()
def head(slug: SlugArgument = None) -> None:
    """Print the last seal of each tenant. Keep it where no admin of the database can write.

    Columns: slug, position:hash. A tenant without seals has only its slug.
    """
    from api.commands import audit

    with open_configured_database() as database:
        for name, last in asyncio.run(audit.read_heads(database, slug)):
            print(name, *([f"{last.position}:{last.hash}"] if last.position else []), sep="\t")


@app.command()
def verify(
    slug: SlugArgument = None,
    head: Annotated[
        str | None, typer.Option(help="A seal that `trellis audit head` printed: position:hash.")
    ] = None,
) -> None:
    """Compare every entry of the audit log with its seals. Exit with 1 if one does not match."""
    from api.commands import audit

    known = None if head is None else _parse_head(head, slug)
    with open_configured_database() as database:
        reports = asyncio.run(audit.verify_tenants(database, slug, known))
    for name, report in reports:
        console.print(
            f"{name}: {report.sealed} entries sealed, {report.rewritten} seals after erasures and"
            f" merges, {report.unsealed} entries not sealed yet, {len(report.faults)} faults."
        )
        for fault in report.faults[:MAX_PRINTED]:
            console.print(f"  {fault}")
    if any(report.faults for _, report in reports):
        raise typer.Exit(1)


def _parse_head(text: str, slug: str | None) -> "ChainHead":
    from persistence.audit_verification import ChainHead

    found = HEAD.fullmatch(text.strip())
    if found is None or slug is None:
        message = "Give one tenant, and its seal as `trellis audit head` printed it: position:hash."
        raise typer.BadParameter(message, param_hint="--head")
    return ChainHead(int(found[1]), found[2])
