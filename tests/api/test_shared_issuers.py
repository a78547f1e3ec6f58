"""One identity provider serves several tenants: a claim of the token names the tenant."""

from collections.abc import Sequence
from typing import Any

import pytest

from api.identity import Caller, TokenVerifier, Unauthenticated
from domain.issuers import TokenRules
from persistence.tenant_registry import Issuer
from tests.factories.tokens import (
    HARBOR,
    MERIDIAN,
    SIGN_IN,
    FakeClock,
    a_key_set,
    a_token,
    an_ed25519_signer,
    an_issuer,
    build_settings,
)

pytestmark = pytest.mark.anyio

ED = an_ed25519_signer("ed")
KEYS = a_key_set(ED.to_jwk())


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def build_rules(value: str, claim: str = "org") -> TokenRules:
    return TokenRules(frozenset({"trellis"}), tenant_claim=claim, tenant_value=value)


def build_shared(value: str, claim: str = "org", **changes: Any) -> Issuer:
    """Return the issuer for the tenant of one value."""
    return an_issuer(key_set=KEYS, rules=build_rules(value, claim), **changes)


HARBORS = build_shared("harbor-gmbh", tenant_id=HARBOR, tenant_slug="harbor")
SHARED = [build_shared("meridian-inc"), build_shared("meridian-ltd"), HARBORS]


class Registry:
    """A registry with these issuers, all of one name."""

    def __init__(self, issuers: Sequence[Issuer]) -> None:
        self.issuers = list(issuers)

    async def find_issuers(self, names: Sequence[str]) -> Sequence[Issuer]:
        return [each for each in self.issuers if each.name in names]


def build_verifier(registry: Registry, clock: FakeClock) -> TokenVerifier:
    return TokenVerifier(registry, build_settings(), now=clock, clock=clock)


def build_header(**claims: Any) -> str:
    return f"Bearer {a_token(ED, aud='trellis', **claims)}"


async def authenticate(**claims: Any) -> Caller:
    """Authenticate a token of the shared issuer twice: the second time it is cached."""
    verifier = build_verifier(Registry(SHARED), FakeClock())
    await verifier.authenticate(build_header(**claims))
    return await verifier.authenticate(build_header(**claims))


async def test_the_claim_names_the_tenant() -> None:
    callers = [await authenticate(org=each.rules.tenant_value) for each in SHARED]

    assert [each.tenant_id for each in callers] == [MERIDIAN, MERIDIAN, HARBOR]
    assert {each.issuer for each in callers} == {SIGN_IN}


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"org": None},
        {"org": ""},
        {"org": "HARBOR-GMBH"},
        {"org": "unknown"},
        {"org": ["meridian-inc", "harbor-gmbh"]},
        {"org": {"meridian-inc": {}, "harbor-gmbh": {}}},
        {"org": []},
        {"org": 7},
    ],
)
async def test_no_tenant_or_several_are_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated, check=lambda it: it.reason == "another_tenant"):
        await authenticate(**claims)


async def test_a_token_that_fits_two_tenants_by_two_claims_is_refused() -> None:
    registry = Registry([*SHARED[:1], build_shared("h", "hd", tenant_id=HARBOR)])
    verifier = build_verifier(registry, FakeClock())

    with pytest.raises(Unauthenticated, check=lambda it: it.reason == "several_tenants"):
        await verifier.authenticate(build_header(org="meridian-inc", hd="h"))


async def test_a_token_is_not_accepted_for_the_tenant_that_its_signature_does_not_cover() -> None:
    """The tenant is chosen before the signature is checked, so a changed claim must not pass."""
    header = build_header(org="meridian-inc")
    head, _, signature = header.removeprefix("Bearer ").split(".")
    _, payload, _ = build_header(org="harbor-gmbh").removeprefix("Bearer ").split(".")

    with pytest.raises(Unauthenticated, check=lambda it: it.reason == "wrong_signature"):
        await build_verifier(Registry(SHARED), FakeClock()).authenticate(
            f"Bearer {head}.{payload}.{signature}"
        )


async def test_a_removed_value_is_refused_within_five_seconds_and_others_stay() -> None:
    clock, registry = FakeClock(), Registry(SHARED)
    verifier = build_verifier(registry, clock)
    await verifier.authenticate(build_header(org="meridian-inc"))
    await verifier.authenticate(build_header(org="harbor-gmbh"))

    registry.issuers.remove(HARBORS)
    clock.time += 5

    assert (await verifier.authenticate(build_header(org="meridian-inc"))).tenant_id == MERIDIAN
    with pytest.raises(Unauthenticated, check=lambda it: it.reason == "another_tenant"):
        await verifier.authenticate(build_header(org="harbor-gmbh"))


async def test_a_value_that_moves_to_another_tenant_moves_its_tokens() -> None:
    clock, registry = FakeClock(), Registry([build_shared("a"), build_shared("b")])
    verifier = build_verifier(registry, clock)
    assert (await verifier.authenticate(build_header(org="b"))).tenant_id == MERIDIAN

    registry.issuers[1] = build_shared("b", tenant_id=HARBOR, tenant_slug="harbor")
    clock.time += 5

    assert (await verifier.authenticate(build_header(org="b"))).tenant_id == HARBOR
