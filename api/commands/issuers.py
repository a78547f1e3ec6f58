"""Register, list, test and remove the issuers of a tenant's access tokens."""

from collections.abc import Sequence
from dataclasses import replace

from api.commands.database_url import Database
from api.commands.tenants import check_member, find_tenant
from api.identity import KeysUnavailable, TokenVerifier, Unauthenticated
from api.identity.built_in_issuer import is_built_in
from api.identity.client_names import is_client_issuer
from api.identity.discovery import check_key_set, discover_key_set
from api.identity.jwks import ALGORITHMS
from api.identity.reasons import describe_reason
from api.identity.ssrf_safe_fetch import Fetcher
from api.settings import Settings
from domain.issuers import IssuerChoice
from domain.kernel.errors import Code, Invalid, NotFound
from persistence.kernel.pools import Connection, open_connection
from persistence.tenant_registry import Issuer, TenantRegistry, register_issuer, remove_issuer


async def register(
    database: Database,
    slug: str,
    name: str,
    choice: IssuerChoice,
    fetch: Fetcher,
    *,
    key_set_uri: str | None = None,
) -> Sequence[Issuer]:
    """Register an issuer with the aliases of its preset, or change it. Raises Refusal.

    The key set's address comes from the issuer's discovery document, unless it is given.
    """
    if is_built_in(name) or is_client_issuer(name):
        raise Invalid("This name belongs to an issuer of Trellis itself.", "issuer")
    rules = choice.build_rules(name)
    address = (
        await check_key_set(key_set_uri, fetch)
        if key_set_uri
        else await discover_key_set(name, fetch)
    )
    async with open_connection(database.required_owner_url) as connection:
        tenant = await find_tenant(connection, slug)
        issuer = Issuer(name, tenant.id, tenant.slug, rules, ALGORITHMS, address)
        issuers = [issuer, *(replace(issuer, name=each) for each in rules.preset.aliases)]
        async with connection.transaction():
            for each in issuers:
                await _store(connection, each)
    return issuers


async def _store(connection: Connection, issuer: Issuer) -> None:
    try:
        await register_issuer(connection, issuer)
    except ValueError as error:
        raise Invalid(str(error), "issuer", code=Code.NOT_UNIQUE) from None


async def list_issuers(database: Database, slug: str) -> Sequence[Issuer]:
    """Return the issuers of a tenant. Raises NotFound."""
    async with open_connection(database.serving_url) as connection:
        tenant = await find_tenant(connection, slug)
        return await TenantRegistry(connection).list_issuers(tenant.id)


async def remove(database: Database, slug: str, name: str) -> None:
    """Remove an issuer: within five seconds its tokens are refused. Raises NotFound."""
    async with open_connection(database.required_owner_url) as connection:
        tenant = await find_tenant(connection, slug)
        if not await remove_issuer(connection, tenant.id, name):
            message = f"{slug} has no issuer {name}. See `trellis issuer list {slug}`."
            raise NotFound(message, "issuer")


async def identify(
    database: Database, settings: Settings, slug: str, token: str, fetch: Fetcher
) -> str:
    """Verify a token as the server does, and return the member that it identifies.

    Raises Refusal, which says the rule that the token breaks.
    """
    async with open_connection(database.serving_url) as connection:
        verifier = TokenVerifier(TenantRegistry(connection), settings, fetch=fetch)
        try:
            caller = await verifier.authenticate(f"Bearer {token.strip()}")
        except (Unauthenticated, KeysUnavailable) as refused:
            raise Invalid(describe_reason(refused.reason, refused.detail), "token") from None
        finally:
            await verifier.close()
    if caller.tenant_slug != slug:
        raise Invalid(f"The token is valid for another tenant, not for {slug}.", "token")
    try:
        await check_member(database, slug, caller.subject)
    except NotFound:
        message = f"The token is valid, but no active member of {slug} has the subject"
        raise NotFound(
            f"{message} {caller.subject}. Add the member, or change a member's subject.", "token"
        ) from None
    return caller.subject
