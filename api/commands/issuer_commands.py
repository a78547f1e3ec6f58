"""`trellis issuer`: the identity providers whose access tokens a tenant accepts."""

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.console import console, open_configured_database
from api.settings import Settings

if TYPE_CHECKING:
    from api.identity.ssrf_safe_fetch import Fetcher
    from persistence.tenant_registry import Issuer

app = typer.Typer(
    help="Register, list, test and remove the identity providers of a tenant.",
    no_args_is_help=True,
)

SlugArgument = Annotated[str, typer.Argument(help="The tenant's slug (its short name).")]
IssuerArgument = Annotated[str, typer.Argument(help="The issuer, exactly as in the claim `iss`.")]


PresetOption = Annotated[
    str,
    typer.Option(
        help="What its tokens look like: strict (RFC 9068), entra, entra-v1, okta, auth0,"
        " keycloak, google, cognito or pingone."
    ),
]
AudienceOption = Annotated[
    list[str] | None, typer.Option(help="An accepted audience (`aud`). Repeat for more.")
]
ClientOption = Annotated[
    list[str] | None,
    typer.Option(help="A client that may request tokens; without any, all. Repeat for more."),
]
SubjectClaimOption = Annotated[
    str | None, typer.Option(help="The claim that identifies a member; by default the preset's.")
]
TenantClaimOption = Annotated[
    str | None,
    typer.Option(help="The claim that names the tenant; '' for none although the preset has one."),
]
TenantValueOption = Annotated[
    str | None, typer.Option(help="The value that the tenant claim must have.")
]
LifetimeOption = Annotated[
    int | None, typer.Option(help="The longest lifetime of a token in seconds.")
]
KeyOption = Annotated[
    str,
    typer.Option(
        help="Binds members to the issuer: their subjects begin with `@KEY:`. Required for all but"
        " one issuer of a tenant."
    ),
]
KeySetOption = Annotated[
    str | None, typer.Option(help="Where the keys are; by default as discovery says.")
]


@app.command()
def register(  # noqa: PLR0913 - an option each
    slug: SlugArgument,
    issuer: IssuerArgument,
    *,
    preset: PresetOption = "strict",
    audience: AudienceOption = None,
    client: ClientOption = None,
    subject_claim: SubjectClaimOption = None,
    tenant_claim: TenantClaimOption = None,
    tenant_value: TenantValueOption = None,
    max_lifetime: LifetimeOption = None,
    key: KeyOption = "",
    key_set_uri: KeySetOption = None,
) -> None:
    """Accept the access tokens of an identity provider for a tenant, or change what is accepted."""
    from api.commands import issuers
    from domain.issuers import IssuerChoice

    choice = IssuerChoice(
        preset,
        audience or (),
        client or (),
        subject_claim,
        tenant_claim,
        tenant_value,
        max_lifetime,
        key,
    )
    with open_configured_database() as database:
        registering = issuers.register(
            database, slug, issuer, choice, create_fetcher(), key_set_uri=key_set_uri
        )
        for each in asyncio.run(registering):
            console.print(f"Registered {each} for {slug}.", soft_wrap=True)


@app.command("list")
def list_all(slug: SlugArgument) -> None:
    """List the issuers of a tenant: name, preset, audiences, clients, tenant claim, key set."""
    from api.commands import issuers

    with open_configured_database() as database:
        for each in asyncio.run(issuers.list_issuers(database, slug)):
            print(*describe_issuer(each), sep="\t")


def describe_issuer(issuer: "Issuer") -> tuple[str, ...]:
    """Return the columns of an issuer in the list; - for what it does not have."""
    rules = issuer.rules
    tenant = f"{rules.tenant_claim}={rules.tenant_value}" if rules.tenant_claim else ""
    columns = (
        issuer.name,
        rules.preset_name,
        " ".join(sorted(rules.audiences)),
        " ".join(sorted(rules.clients)),
        tenant,
        issuer.key_set_uri or "keys in the registry",
    )
    return tuple(each or "-" for each in columns)


@app.command()
def test(slug: SlugArgument) -> None:
    """Read a token from standard input, and say which rule it breaks or whom it identifies.

    The token is not stored, and not printed. Exits with 1 if it is refused.
    """
    from api.commands import issuers

    if sys.stdin.isatty():
        console.print("Paste an access token, then press Enter.")
    token = sys.stdin.readline()
    with open_configured_database() as database:
        testing = issuers.identify(database, Settings(), slug, token, create_fetcher())
        subject = asyncio.run(testing)
    console.print(f"The token is valid for {slug}. It identifies {subject}.", markup=False)


@app.command()
def remove(slug: SlugArgument, issuer: IssuerArgument) -> None:
    """Remove an issuer: within five seconds, its tokens are refused everywhere."""
    from api.commands import issuers

    with open_configured_database() as database:
        asyncio.run(issuers.remove(database, slug, issuer))
    console.print(f"Removed {issuer} from {slug}.", soft_wrap=True)


def create_fetcher() -> "Fetcher":
    """Return what fetches documents of identity providers, as the server does."""
    from api.identity.ssrf_safe_fetch import SsrfSafeFetcher

    return SsrfSafeFetcher(is_unrestricted=not Settings().production)
