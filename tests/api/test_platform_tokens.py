"""No token of a tenant opens the platform, and none of the platform opens a tenant."""

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api.commands import issuers
from api.commands import platform as commands
from api.identity import TokenVerifier, Unauthenticated
from api.identity.built_in_issuer import PLATFORM_ISSUER, issue_platform_token, issue_token
from domain.issuers import IssuerChoice
from domain.kernel.errors import Invalid, StateConflict
from domain.platform import OperatorRole
from persistence.embedded import DatabaseUrls
from persistence.kernel.pools import create_write_pool
from persistence.platform.issuers import PlatformIssuers
from tests.api.served_platform import ServedPlatform, serve_platform
from tests.api.test_issuer_commands import RSA, publish
from tests.factories.tokens import a_key_set, a_raw_token

pytestmark = pytest.mark.anyio

VIEWER = {"/graphql": "{ tenant { slug } }", "/platform/graphql": "{ viewer { name } }"}


@pytest.fixture(scope="module")
async def platform(
    addresses: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory, owner: Any
) -> AsyncIterator[ServedPlatform]:
    await owner.execute("DELETE FROM directory.operators")
    async with serve_platform(addresses, tmp_path_factory.mktemp("platform")) as served:
        yield served


async def ask(platform: ServedPlatform, path: str, token: str) -> httpx.Response:
    """Ask a graph who the caller of a token is."""
    return await platform.client.post(
        path, json={"query": VIEWER[path]}, headers={"authorization": f"Bearer {token}"}
    )


def sign(issuer: str, subject: str, audience: Any, **changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": issuer, "aud": audience, "azp": "web", "client_id": "web", "sub": subject,
        "scope": "openid", "token_use": "access", "iat": now, "exp": now + 600, **changes,
    }  # fmt: skip
    header = {"alg": "RS256", "kid": "k1", "typ": "JWT"}
    return a_raw_token(RSA, json.dumps(header), json.dumps(claims))


async def test_tokens_of_the_built_in_issuer_open_one_of_the_two(platform: ServedPlatform) -> None:
    slug = await platform.create()
    operators = issue_platform_token(platform.settings, "owner")
    admins = issue_token(platform.settings, slug, f"ada@{slug}.example")
    opened = {
        (path, who): (await ask(platform, path, token)).status_code
        for path in VIEWER
        for who, token in (("operator", operators), ("admin", admins))
    }
    assert opened == {
        ("/graphql", "operator"): 401,
        ("/graphql", "admin"): 200,
        ("/platform/graphql", "operator"): 200,
        ("/platform/graphql", "admin"): 401,
    }


async def test_one_provider_for_both_opens_each_with_its_own_audience(
    platform: ServedPlatform, owner: Any
) -> None:
    slug = await platform.create()
    issuer, subject = f"https://{slug}.auth0.example/", f"ada@{slug}.example"
    web = publish(issuer)
    await issuers.register(
        platform.database, slug, issuer, IssuerChoice("auth0", ["trellis"], ["web"]), web
    )
    with pytest.raises(Invalid, match="accept tokens of this issuer for the audience trellis"):
        await commands.register_issuer(
            platform.database, issuer, IssuerChoice("auth0", ["trellis"], ["web"]), web
        )
    found = await owner.fetch("SELECT FROM directory.platform_issuers WHERE issuer = $1", issuer)
    assert found == []
    await commands.register_issuer(
        platform.database, issuer, IssuerChoice("auth0", ["operating"], ["web"]), web
    )
    with pytest.raises(Invalid, match="Operators of the platform sign in with one of these aud"):
        await issuers.register(
            platform.database, slug, issuer, IssuerChoice("auth0", ["trellis", "operating"]), web
        )
    await commands.add_operator(platform.database, issuer, subject, "Ada", OperatorRole.READER)
    keys = json.dumps(json.loads(a_key_set(RSA.to_jwk())))
    for table in ("issuers", "platform_issuers"):
        await owner.execute(
            f"UPDATE directory.{table} SET key_set = $2, key_set_uri = NULL WHERE issuer = $1",
            issuer,
            keys,
        )

    opened = {}
    for path in VIEWER:
        for audience in ("trellis", "operating", ["trellis", "operating"], "another"):
            answer = await ask(platform, path, sign(issuer, subject, audience))
            opened[path, str(audience)] = answer.status_code
    assert opened == {
        ("/graphql", "trellis"): 200,
        ("/graphql", "operating"): 401,
        ("/graphql", "['trellis', 'operating']"): 401,
        ("/graphql", "another"): 401,
        ("/platform/graphql", "trellis"): 401,
        ("/platform/graphql", "operating"): 200,
        ("/platform/graphql", "['trellis', 'operating']"): 401,
        ("/platform/graphql", "another"): 401,
    }


async def test_a_token_without_an_operator_is_refused_and_a_removed_one_at_once(
    platform: ServedPlatform,
) -> None:
    stranger = issue_platform_token(platform.settings, "stranger")
    refused = await ask(platform, "/platform/graphql", stranger)
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (
        403,
        "FORBIDDEN",
    )

    await commands.add_operator(
        platform.database, PLATFORM_ISSUER, "leaver", "Leaver", OperatorRole.OWNER
    )
    everyone = await commands.read_operators(platform.database)
    (leaver,) = [each for each in everyone if each.subject == "leaver"]
    token = issue_platform_token(platform.settings, "leaver")
    assert (await ask(platform, "/platform/graphql", token)).status_code == 200
    await commands.remove_operator(platform.database, leaver.id)
    assert (await ask(platform, "/platform/graphql", token)).status_code == 403


async def test_the_command_line_changes_roles_and_keeps_the_last_owner(
    platform: ServedPlatform,
) -> None:
    await commands.add_operator(
        platform.database, PLATFORM_ISSUER, "riser", "Riser", OperatorRole.READER
    )
    everyone = {each.subject: each for each in await commands.read_operators(platform.database)}
    owner_id, riser_id = everyone["owner"].id, everyone["riser"].id

    with pytest.raises(StateConflict, match="the last owner"):
        await commands.set_operator_role(platform.database, owner_id, OperatorRole.READER)
    raised = await commands.set_operator_role(platform.database, riser_id, OperatorRole.OWNER)

    assert raised.role is OperatorRole.OWNER
    viewer = await platform.query("{ viewer { role } }", by="riser")
    assert viewer == {"viewer": {"role": "OWNER"}}
    assert (await platform.query("{ viewer { role } }"))["viewer"]["role"] == "OWNER"
    await commands.remove_operator(platform.database, riser_id)


async def test_production_does_not_trust_the_built_in_issuer(
    platform: ServedPlatform, addresses: DatabaseUrls
) -> None:
    token = issue_platform_token(platform.settings, "owner")
    production = platform.settings.model_copy(update={"production": True})
    async with await create_write_pool(addresses.platform, max_size=1) as pool:
        verifier = TokenVerifier(PlatformIssuers(pool), production)
        with pytest.raises(Unauthenticated, check=lambda it: it.reason == "unknown_issuer"):
            await verifier.authenticate(f"Bearer {token}")
        await verifier.close()
