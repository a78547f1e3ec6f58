"""Operators of the platform, and the issuers of their tokens, from the command line."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from api.commands.database_url import Database
from api.commands.tenants import open_platform_work
from api.identity.built_in_issuer import (
    ALGORITHM,
    PLATFORM_ISSUER,
    build_jwks,
    get_platform_audience,
    is_built_in,
    issue_platform_token,
    load_signing_key,
)
from api.identity.client_names import is_client_issuer
from api.identity.discovery import check_key_set, discover_key_set
from api.identity.jwks import ALGORITHMS
from api.identity.ssrf_safe_fetch import Fetcher
from api.settings import Settings
from domain import platform
from domain.issuers import IssuerChoice, TokenRules
from domain.kernel.errors import Invalid, NotFound
from domain.platform import Act, Operator, OperatorRole
from persistence.kernel.pools import open_connection
from persistence.platform import issuers
from persistence.platform.issuers import PLATFORM_ID
from persistence.platform.reading import find_operator, list_operators
from persistence.tenant_registry import Issuer

FIRST_OPERATOR = "operator"
"""The subject of the built-in issuer's token, unless another one is named."""


async def issue_token(
    database: Database, settings: Settings, subject: str, ttl: timedelta | None
) -> str:
    """Return a token of the built-in issuer, whose subject becomes an owner if it is none yet.

    Raises NotAllowedInProduction.
    """
    token = issue_platform_token(settings, subject, ttl)
    rules = TokenRules(audiences=frozenset({get_platform_audience(settings)}))
    key_set = build_jwks(load_signing_key(settings))
    algorithms = frozenset({ALGORITHM})
    issuer = Issuer(PLATFORM_ISSUER, PLATFORM_ID, "", rules, algorithms, key_set=key_set)
    async with open_platform_work(database) as work:
        await issuers.register_platform_issuer(work.connection, issuer)
        if await find_operator(work.connection, PLATFORM_ISSUER, subject) is None:
            await platform.add_operator(
                work, issuer=PLATFORM_ISSUER, subject=subject, name=subject, role=OperatorRole.OWNER
            )
    return token


async def add_operator(
    database: Database, issuer: str, subject: str, name: str, role: OperatorRole
) -> None:
    """Add an operator. Raises Invalid."""
    async with open_platform_work(database) as work:
        await platform.add_operator(work, issuer=issuer, subject=subject, name=name, role=role)


async def read_operators(database: Database) -> list[Operator]:
    """Return the operators in the order of their names."""
    async with open_connection(database.required_platform_url) as connection:
        return await list_operators(connection)


async def set_operator_role(database: Database, id: UUID, role: OperatorRole) -> Operator:
    """Give an operator another role. Raises NotFound, and StateConflict for the last owner."""
    async with open_platform_work(database) as work:
        return await platform.set_operator_role(work, id, role)


async def remove_operator(database: Database, id: UUID) -> None:
    """Remove an operator. Raises NotFound, and StateConflict for the last owner."""
    async with open_platform_work(database) as work:
        await platform.remove_operator(work, id)


async def register_issuer(
    database: Database,
    name: str,
    choice: IssuerChoice,
    fetch: Fetcher,
    *,
    key_set_uri: str | None = None,
) -> Sequence[Issuer]:
    """Register an issuer of operators' tokens with its aliases, or change it. Raises Refusal."""
    if is_built_in(name) or is_client_issuer(name):
        raise Invalid("This name belongs to an issuer of Trellis itself.", "issuer")
    rules = choice.build_rules(name)
    address = (
        await check_key_set(key_set_uri, fetch)
        if key_set_uri
        else await discover_key_set(name, fetch)
    )
    issuer = Issuer(name, PLATFORM_ID, "", rules, ALGORITHMS, address)
    found = [issuer, *(replace(issuer, name=each) for each in rules.preset.aliases)]
    async with open_platform_work(database) as work:
        for each in found:
            await issuers.register_platform_issuer(work.connection, each)
        for each in await issuers.list_platform_issuers(work.connection):
            each.rules.check_other_graph()
        await work.record(Act.ISSUER_REGISTER, issuer=name, preset=rules.preset_name)
    return found


async def read_issuers(database: Database) -> Sequence[Issuer]:
    """Return the platform's issuers in the order of their names."""
    async with open_connection(database.required_platform_url) as connection:
        return await issuers.list_platform_issuers(connection)


async def remove_issuer(database: Database, name: str) -> None:
    """Remove an issuer of operators' tokens: within five seconds they are refused."""
    async with open_platform_work(database) as work:
        if not await issuers.remove_platform_issuer(work.connection, name):
            message = f"The platform has no issuer {name}. See `trellis platform issuer list`."
            raise NotFound(message, "issuer")
        await work.record(Act.ISSUER_REMOVE, issuer=name)
