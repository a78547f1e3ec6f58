"""`trellis platform`: who operates the platform, and the issuers of their access tokens."""

import asyncio
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import typer

from api.commands.console import console, open_configured_database
from api.commands.issuer_commands import (
    AudienceOption,
    ClientOption,
    IssuerArgument,
    KeySetOption,
    LifetimeOption,
    PresetOption,
    SubjectClaimOption,
    TenantClaimOption,
    TenantValueOption,
    create_fetcher,
    describe_issuer,
)
from api.settings import Settings
from domain.platform.acts import OperatorRole

app = typer.Typer(help="Operate the platform of all tenants.", no_args_is_help=True)
operator_app = typer.Typer(help="Add, list, change and remove operators.", no_args_is_help=True)
issuer_app = typer.Typer(
    help="Register, list and remove the identity providers of operators.", no_args_is_help=True
)
OperatorArgument = Annotated[
    UUID, typer.Argument(help="The id, as `trellis platform operator list` prints it.")
]
app.add_typer(operator_app, name="operator")
app.add_typer(issuer_app, name="issuer")


@app.command()
def token(
    as_: Annotated[str, typer.Option("--as", help="The subject of the operator.")] = "operator",
    ttl: Annotated[int | None, typer.Option(help="The token's lifetime in seconds.")] = None,
) -> None:
    """Print an access token of the built-in issuer for the platform. Not in production.

    If nobody has the subject yet, it becomes an owner of the platform.
    """
    from api.commands import platform

    lifetime = None if ttl is None else timedelta(seconds=ttl)
    with open_configured_database() as database:
        issued = asyncio.run(platform.issue_token(database, Settings(), as_, lifetime))
    print(issued)


@app.command()
def schema() -> None:
    """Print the GraphQL schema (SDL) of the platform to standard output."""
    from api.platform.schema import render_platform_sdl

    print(render_platform_sdl(), end="")


@app.command()
def work(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="End when no operation waits. Default: go on.")
    ] = False,
) -> None:
    """Do the operations of tenants that operators begin in the platform graph.

    `trellis worker` does them, too. A command that is interrupted gives its operation back.
    """
    from api.commands import tenant_operations

    with open_configured_database() as database:
        running = tenant_operations.run_all(database, Settings(), once=once)
        count = asyncio.run(running)
    console.print(f"Did {count} operations.")


@operator_app.command("add")
def add_operator(
    issuer: IssuerArgument,
    subject: Annotated[str, typer.Argument(help="The subject, exactly as in the tokens.")],
    name: Annotated[str, typer.Option(help="The name.")],
    role: Annotated[OperatorRole, typer.Option(help="What the operator may do.")],
) -> None:
    """Add an operator. In production, add the first owner with this command."""
    from api.commands import platform

    with open_configured_database() as database:
        asyncio.run(platform.add_operator(database, issuer, subject, name, role))
    console.print(f"Added {name} as {role}.", markup=False)


@operator_app.command("list")
def list_operators() -> None:
    """List the operators: id, role, name, issuer, subject."""
    from api.commands import platform

    with open_configured_database() as database:
        for each in asyncio.run(platform.read_operators(database)):
            print(each.id, each.role, each.name, each.issuer, each.subject, sep="\t")


@operator_app.command("set-role")
def set_operator_role(
    id: OperatorArgument,
    role: Annotated[OperatorRole, typer.Argument(help="What the operator may do from now on.")],
) -> None:
    """Give an operator another role. The last owner keeps the role owner."""
    from api.commands import platform

    with open_configured_database() as database:
        operator = asyncio.run(platform.set_operator_role(database, id, role))
    console.print(f"{operator.name} is {operator.role} now.", markup=False)


@operator_app.command("remove")
def remove_operator(id: OperatorArgument) -> None:
    """Remove an operator. The next request with their token is refused."""
    from api.commands import platform

    with open_configured_database() as database:
        asyncio.run(platform.remove_operator(database, id))
    console.print("Removed the operator.")


@issuer_app.command("register")
def register_issuer(  # noqa: PLR0913 - an option each
    issuer: IssuerArgument,
    *,
    preset: PresetOption = "strict",
    audience: AudienceOption = None,
    client: ClientOption = None,
    subject_claim: SubjectClaimOption = None,
    tenant_claim: TenantClaimOption = None,
    tenant_value: TenantValueOption = None,
    max_lifetime: LifetimeOption = None,
    key_set_uri: KeySetOption = None,
) -> None:
    """Accept the access tokens of an identity provider for operators, or change what is accepted.

    Give it an audience of its own: a token for both tenants and the platform is refused.
    """
    from api.commands import platform
    from domain.issuers import IssuerChoice

    choice = IssuerChoice(
        preset,
        audience or (),
        client or (),
        subject_claim,
        tenant_claim,
        tenant_value,
        max_lifetime,
    )
    with open_configured_database() as database:
        registering = platform.register_issuer(
            database, issuer, choice, create_fetcher(), key_set_uri=key_set_uri
        )
        for each in asyncio.run(registering):
            console.print(f"Registered {each.name} for the platform.", soft_wrap=True)


@issuer_app.command("list")
def list_issuers() -> None:
    """List the issuers: name, preset, audiences, clients, tenant claim, key set."""
    from api.commands import platform

    with open_configured_database() as database:
        for each in asyncio.run(platform.read_issuers(database)):
            print(*describe_issuer(each), sep="\t")


@issuer_app.command("remove")
def remove_issuer(issuer: IssuerArgument) -> None:
    """Remove an issuer. Within five seconds, the platform refuses its tokens."""
    from api.commands import platform

    with open_configured_database() as database:
        asyncio.run(platform.remove_issuer(database, issuer))
    console.print(f"Removed {issuer} from the platform.", soft_wrap=True)
