"""A verified caller is cached for seconds, and never longer than its token or key is valid."""

from datetime import UTC, datetime
from typing import Any
from unittest.mock import Mock

import jwt
import pytest

from api.identity import TokenVerifier, Unauthenticated
from tests.factories.tokens import (
    NOW,
    SIGN_IN,
    FakeClock,
    InMemoryIssuerRegistry,
    a_key_set,
    a_token,
    an_ed25519_signer,
    an_elliptic_signer,
    an_issuer,
    build_settings,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


ED = an_ed25519_signer("ed")
EC = an_elliptic_signer("ec")
KEYS = a_key_set(ED.to_jwk(), EC.to_jwk())
ISSUERS = (an_issuer(key_set=KEYS),)


def build_authorization(**changes: Any) -> str:
    return f"Bearer {a_token(ED, **changes)}"


async def test_the_caller_ends_with_the_token() -> None:
    caller = await TokenVerifier(
        InMemoryIssuerRegistry.from_issuers(ISSUERS),
        build_settings(),
        now=FakeClock(),
        clock=FakeClock(),
    ).authenticate(build_authorization())

    assert caller.expires_at == datetime.fromtimestamp(NOW + 600, UTC)


async def test_another_claim_may_name_the_subject() -> None:
    mapped = an_issuer(key_set=KEYS, subject_claim="employee")
    verifier = TokenVerifier(
        InMemoryIssuerRegistry.from_issuers([mapped]),
        build_settings(),
        now=FakeClock(),
        clock=FakeClock(),
    )

    assert (await verifier.authenticate(build_authorization(employee="e-17"))).subject == "e-17"
    for reason, header in (
        ("missing_employee", build_authorization()),
        ("malformed_employee", build_authorization(employee="")),
        ("malformed_sub", build_authorization(employee="e-17", sub="")),
    ):
        with pytest.raises(Unauthenticated) as refused:
            await verifier.authenticate(header)
        assert refused.value.reason == reason


async def test_a_registry_that_is_not_exact_is_not_believed() -> None:
    registry = InMemoryIssuerRegistry({SIGN_IN.upper(): an_issuer(key_set=KEYS)})
    verifier = TokenVerifier(registry, build_settings(), now=FakeClock(), clock=FakeClock())

    with pytest.raises(Unauthenticated, check=lambda it: it.reason == "unknown_issuer"):
        await verifier.authenticate(build_authorization(iss=SIGN_IN.upper()))


async def test_a_remembered_token_still_expires() -> None:
    clock = FakeClock()
    still = FakeClock()
    verifier = TokenVerifier(
        InMemoryIssuerRegistry.from_issuers(ISSUERS), build_settings(), now=clock, clock=still
    )
    await verifier.authenticate(build_authorization(exp=NOW + 2))

    clock.time = NOW + 31
    await verifier.authenticate(build_authorization(exp=NOW + 2))
    clock.time = NOW + 32

    with pytest.raises(Unauthenticated, check=lambda it: it.code == "TOKEN_EXPIRED"):
        await verifier.authenticate(build_authorization(exp=NOW + 2))


async def test_a_removed_issuer_is_refused_within_five_seconds() -> None:
    clock, registry = FakeClock(), InMemoryIssuerRegistry.from_issuers(ISSUERS)
    verifier = TokenVerifier(registry, build_settings(), now=clock, clock=clock)
    await verifier.authenticate(build_authorization())
    clock.time += 4
    await verifier.authenticate(build_authorization(jti="another"))

    registry.issuers_by_name.clear()
    clock.time += 1

    for header in (build_authorization(), build_authorization(jti="another")):
        with pytest.raises(Unauthenticated, check=lambda it: it.reason == "unknown_issuer"):
            await verifier.authenticate(header)


async def test_a_key_removed_from_the_registry_is_refused_within_five_seconds() -> None:
    clock, registry = FakeClock(), InMemoryIssuerRegistry.from_issuers(ISSUERS)
    verifier = TokenVerifier(registry, build_settings(), now=clock, clock=clock)
    await verifier.authenticate(build_authorization())

    registry.issuers_by_name[SIGN_IN] = an_issuer(key_set=a_key_set(EC.to_jwk()))
    clock.time += 5

    with pytest.raises(Unauthenticated, check=lambda it: it.reason == "unknown_key"):
        await verifier.authenticate(build_authorization())


async def test_a_token_is_verified_once_while_the_registry_says_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, registry, verifying = (
        FakeClock(),
        InMemoryIssuerRegistry.from_issuers(ISSUERS),
        Mock(wraps=jwt.decode),
    )
    verifier = TokenVerifier(registry, build_settings(), now=clock, clock=clock)
    monkeypatch.setattr(jwt, "decode", verifying)

    callers = [await verifier.authenticate(build_authorization())]
    for _ in range(3):
        clock.time += 5
        callers.append(await verifier.authenticate(build_authorization()))
    assert (registry.query_count, verifying.call_count) == (4, 1)

    registry.issuers_by_name[SIGN_IN] = an_issuer(key_set=KEYS + " ")
    clock.time += 5
    callers.append(await verifier.authenticate(build_authorization()))

    assert (registry.query_count, verifying.call_count) == (5, 2)
    assert callers == callers[:1] * 5


async def test_an_issuer_that_lost_its_audience_is_refused_what_it_was_believed_before() -> None:
    clock, registry = FakeClock(), InMemoryIssuerRegistry.from_issuers(ISSUERS)
    verifier = TokenVerifier(registry, build_settings(), now=clock, clock=clock)
    await verifier.authenticate(build_authorization())

    registry.issuers_by_name[SIGN_IN] = an_issuer(key_set=KEYS, audiences=frozenset({"another"}))
    clock.time += 5

    with pytest.raises(Unauthenticated, check=lambda it: it.reason == "wrong_aud"):
        await verifier.authenticate(build_authorization())


async def test_a_hundred_issuers_are_asked_for_at_once() -> None:
    names = [f"https://{number}.example/" for number in range(250)]
    clock = FakeClock()
    registry = InMemoryIssuerRegistry.from_issuers(an_issuer(name, key_set=KEYS) for name in names)
    verifier = TokenVerifier(registry, build_settings(), now=clock, clock=clock)
    for name in names:
        await verifier.authenticate(build_authorization(iss=name))
    assert registry.query_count == 250

    clock.time += 5
    for name in names:
        assert (await verifier.authenticate(build_authorization(iss=name))).issuer == name

    assert registry.query_count == 253


async def test_a_lookup_for_another_issuer_reveals_a_removed_one() -> None:
    clock, other = FakeClock(), "https://another.example/"
    registry = InMemoryIssuerRegistry.from_issuers([*ISSUERS, an_issuer(other, key_set=KEYS)])
    verifier = TokenVerifier(registry, build_settings(), now=clock, clock=clock)
    await verifier.authenticate(build_authorization())

    del registry.issuers_by_name[SIGN_IN]
    clock.time += 3
    await verifier.authenticate(build_authorization(iss=other))

    with pytest.raises(Unauthenticated, check=lambda it: it.reason == "unknown_issuer"):
        await verifier.authenticate(build_authorization())
    assert registry.query_count == 3


async def test_unknown_issuers_are_looked_up_once_and_evict_no_known_ones() -> None:
    registry = InMemoryIssuerRegistry.from_issuers(ISSUERS)
    verifier = TokenVerifier(registry, build_settings(), now=FakeClock(), clock=FakeClock())
    await verifier.authenticate(build_authorization())

    for number in range(5_000):
        with pytest.raises(Unauthenticated):
            await verifier.authenticate(
                build_authorization(iss=f"https://evil.example/{number % 1_000}")
            )
    await verifier.authenticate(build_authorization(jti="another"))

    assert registry.query_count == 1_001


@pytest.mark.parametrize("malformed", ["", "{", "[]", "{}", '{"keys": 1}', "[" * 90_000])
async def test_a_malformed_key_set_in_the_registry_believes_nobody(malformed: str) -> None:
    registry = InMemoryIssuerRegistry.from_issuers([an_issuer(key_set=malformed)])
    verifier = TokenVerifier(registry, build_settings(), now=FakeClock(), clock=FakeClock())

    with pytest.raises(Unauthenticated, check=lambda it: it.reason == "unknown_key"):
        await verifier.authenticate(build_authorization())
