"""Register, list, test and remove the issuers of a tenant's access tokens."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import UTC, datetime

import persistence.registry  # noqa: F401 - maps every aggregate
from api.commands.database_url import Database
from api.commands.tenants import check_member, find_tenant
from api.identity import KeysUnavailable, TokenVerifier, Unauthenticated
from api.identity.issuer_services import find_keys
from api.identity.reasons import describe_reason
from api.identity.ssrf_safe_fetch import Fetcher
from api.settings import Settings
from domain import issuers
from domain.issuers import IssuerChoice
from domain.kernel.errors import Code, Invalid, NotFound
from domain.kernel.identity import TenantId
from domain.provisioning import build_provisioning_actor
from persistence.kernel.pools import Connection, create_write_pool, open_connection
from persistence.tenant_registry import Issuer, TenantRegistry, register_issuer, remove_issuer
from persistence.unit_of_work.work import Work, work


async def register(
    database: Database,
    slug: str,
    name: str,
    choice: IssuerChoice,
    fetch: Fetcher,
    *,
    key_set_uri: str | None = None,
) -> Sequence[str]:
    """Register an issuer with the aliases of its preset, or change it; return the names.

    The key set's address comes from the issuer's discovery document, unless it is given. Raises
    Refusal.
    """

    async def find(issuer: issuers.Issuer, source: issuers.KeySource) -> issuers.KeySource:
        return await find_keys(issuer, source, fetch)

    async def change(work: Work) -> Sequence[str]:
        source = issuers.KeySource(uri=key_set_uri)
        issuer = await issuers.register_as_operator(work, name, choice, source, find)
        return issuer.names

    return await _change(database, slug, change)


async def remove(database: Database, slug: str, name: str) -> None:
    """Remove an issuer: within five seconds its tokens are refused. Raises NotFound."""

    async def change(work: Work) -> Sequence[str]:
        names = await issuers.remove_as_operator(work, name)
        if not names:
            message = f"{slug} has no issuer {name}. See `trellis issuer list {slug}`."
            raise NotFound(message, "name")
        return tuple(names)

    await _change(database, slug, change)


async def _change(
    database: Database, slug: str, change: Callable[[Work], Awaitable[Sequence[str]]]
) -> Sequence[str]:
    """Run a change in the database where a tenant lives; return the names of issuers it changed.

    The registry is in the home database. For a tenant that lives elsewhere the rows with these
    names are copied there; if that fails, the command can be repeated.
    """
    async with open_connection(database.serving_url) as connection:
        tenant = await find_tenant(connection, slug)
    own, now = database.find(tenant.database), datetime.now(UTC)
    actor = build_provisioning_actor(tenant.id, now.date())
    async with (
        await create_write_pool(own.required_owner_url, max_size=1) as pool,
        work(pool, actor, now=now) as unit_of_work,
    ):
        names = await change(unit_of_work)
    if tenant.database is not None:
        await _copy_home(database, own, tenant.id, names)
    return names


async def _copy_home(
    database: Database, own: Database, tenant_id: TenantId, names: Collection[str]
) -> None:
    """Replace a tenant's issuers with these names in the home database by those where it lives.

    Others stay: a tenant that was moved has their rows only in the home database. So do the other
    values of an issuer that serves several tenants.
    """
    async with (
        open_connection(own.serving_url) as there,
        open_connection(database.required_owner_url) as home,
        home.transaction(),
    ):
        listed = await TenantRegistry(there).list_issuers(tenant_id)
        found = [each for each in listed if each.name in names]
        for name in set(names) - {each.name for each in found if each.rules.is_shared}:
            await remove_issuer(home, tenant_id, name)
        for each in found:
            await _store(home, each)
        for each in await TenantRegistry(home).list_issuers(tenant_id):
            if each.name in names:
                each.rules.check_other_graph()


async def _store(connection: Connection, issuer: Issuer) -> None:
    try:
        await register_issuer(connection, issuer)
    except ValueError as error:
        raise Invalid(str(error), "name", code=Code.NOT_UNIQUE) from None


async def list_issuers(database: Database, slug: str) -> Sequence[Issuer]:
    """Return the issuers of a tenant. Raises NotFound."""
    async with open_connection(database.serving_url) as connection:
        tenant = await find_tenant(connection, slug)
        return await TenantRegistry(connection).list_issuers(tenant.id)


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
