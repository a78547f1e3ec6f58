"""Key sets are fetched rarely and from allowed addresses; outages and floods do no harm."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from jwt.algorithms import OKPAlgorithm

from api.identity import KeysUnavailable, TokenVerifier, Unauthenticated, jwks, ssrf_safe_fetch
from api.identity.jwks import MAX_KEYS, MalformedKeySet, parse_key_set
from tests.factories.key_server import KeyServer, a_key_server
from tests.factories.tokens import (
    NOW,
    FakeClock,
    InMemoryIssuerRegistry,
    Signer,
    a_key_set,
    a_token,
    an_ed25519_signer,
    an_elliptic_signer,
    an_issuer,
    an_rsa_signer,
    build_settings,
    encode_base64url,
)

pytestmark = pytest.mark.anyio

OLD = an_ed25519_signer("old")
NEW = an_ed25519_signer("new")
BOTH = a_key_set(OLD.to_jwk(), NEW.to_jwk())
NEVER = 60
"""Seconds; longer than any test takes, and than a fetch may take."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class VerifierHarness:
    """A verifier of one or more issuers whose keys are published on local servers."""

    def __init__(self, *servers: KeyServer, **changes: Any) -> None:
        self.clock = FakeClock()
        self.registry = InMemoryIssuerRegistry.from_issuers(
            an_issuer(f"https://{number}.example/", key_set_uri=server.address)
            for number, server in enumerate(servers)
        )
        self.verifier = TokenVerifier(
            self.registry, build_settings(**changes), now=self.clock, clock=self.clock
        )
        self.token_count = 0

    async def verify_token(self, signer: Signer, issuer: int = 0, **header: Any) -> str:
        """Verify a new token of this signer; return the result."""
        self.token_count += 1
        now = int(self.clock())
        token = a_token(
            signer,
            header,
            iss=f"https://{issuer}.example/",
            jti=f"{self.token_count}",
            iat=now,
            exp=now + 600,
        )
        try:
            await self.verifier.authenticate(f"Bearer {token}")
        except Unauthenticated as refused:
            return refused.reason
        return "good"


async def test_a_key_set_is_fetched_once_in_five_minutes() -> None:
    async with a_key_server(BOTH) as server:
        trust = VerifierHarness(server)

        for second in range(0, 300, 10):
            trust.clock.time = NOW + second
            assert await trust.verify_token(OLD) == "good"
        assert len(server.requests) == 1

        trust.clock.time = NOW + 300
        assert await trust.verify_token(OLD) == "good"
        assert len(server.requests) == 2


async def test_a_rotation_with_overlap_refuses_nobody() -> None:
    async with a_key_server(a_key_set(OLD.to_jwk())) as server:
        trust = VerifierHarness(server)
        server.delay_seconds = 0.02
        outcomes = await asyncio.gather(*(trust.verify_token(OLD) for _ in range(50)))

        server.publish(BOTH)
        for step in range(40):
            trust.clock.time += 10
            both = (trust.verify_token(OLD if number % 2 else NEW) for number in range(10))
            outcomes += await asyncio.gather(*both)
            if step == 20:
                server.publish(a_key_set(NEW.to_jwk(), OLD.to_jwk()))

        assert outcomes == ["good"] * 450


async def test_a_removed_key_is_refused_once_the_set_was_fetched_again() -> None:
    async with a_key_server(BOTH) as server:
        trust = VerifierHarness(server)
        assert await trust.verify_token(OLD) == "good"

        server.publish(a_key_set(NEW.to_jwk()))
        trust.clock.time += 299
        assert await trust.verify_token(OLD) == "good"
        trust.clock.time += 1

        assert await trust.verify_token(OLD) == "unknown_key"
        assert await trust.verify_token(NEW) == "good"


async def test_a_remembered_token_is_refused_soon_after_its_key_was_removed() -> None:
    async with a_key_server(BOTH) as server:
        trust = VerifierHarness(server)
        token = f"Bearer {a_token(OLD, iss='https://0.example/')}"
        await trust.verifier.authenticate(token)

        server.publish(a_key_set(NEW.to_jwk()))
        trust.clock.time += 305

        with pytest.raises(Unauthenticated, check=lambda it: it.reason == "unknown_key"):
            await trust.verifier.authenticate(token)


async def test_a_flood_of_a_thousand_unknown_key_ids_makes_two_fetches() -> None:
    async with a_key_server(BOTH) as server:
        trust = VerifierHarness(server)

        flood = (trust.verify_token(OLD, kid=f"unknown-{number}") for number in range(1_000))
        outcomes = await asyncio.gather(*flood)

        assert outcomes == ["unknown_key"] * 1_000
        assert len(server.requests) == 2
        assert await trust.verify_token(OLD) == "good"


async def test_unknown_key_ids_make_one_fetch_in_thirty_seconds() -> None:
    async with a_key_server(BOTH) as server:
        trust = VerifierHarness(server)
        await trust.verify_token(OLD)

        for second in range(290):
            trust.clock.time = NOW + second
            await trust.verify_token(OLD, kid=f"unknown-{second}")

        assert len(server.requests) == 1 + 10


async def test_who_comes_with_a_new_key_while_it_is_fetched_waits_for_it() -> None:
    async with a_key_server(a_key_set(OLD.to_jwk())) as server:
        trust = VerifierHarness(server)
        await trust.verify_token(OLD)
        server.publish(BOTH)
        server.delay_seconds = 0.05

        assert (
            await asyncio.gather(*(trust.verify_token(NEW) for _ in range(100))) == ["good"] * 100
        )
        assert len(server.requests) == 2


async def test_many_who_need_the_same_set_fetch_it_once() -> None:
    async with a_key_server(BOTH) as server:
        server.delay_seconds = 0.05
        trust = VerifierHarness(server)

        assert (
            await asyncio.gather(*(trust.verify_token(OLD) for _ in range(200))) == ["good"] * 200
        )
        assert len(server.requests) == 1


async def test_who_leaves_while_keys_are_fetched_takes_nobody_along() -> None:
    async with a_key_server(BOTH) as server:
        server.delay_seconds = 0.1
        trust = VerifierHarness(server)
        first = asyncio.create_task(trust.verify_token(OLD))
        await asyncio.sleep(0.02)
        second = asyncio.create_task(trust.verify_token(OLD))
        await asyncio.sleep(0.02)

        first.cancel()

        assert await second == "good"
        assert len(server.requests) == 1


@pytest.mark.parametrize("failure", ["503 Unavailable", "404 Not Found", "204 No Content"])
async def test_an_outage_is_bridged_for_a_day_with_the_old_keys(failure: str) -> None:
    async with a_key_server(BOTH) as server:
        trust = VerifierHarness(server)
        await trust.verify_token(OLD)
        server.publish_error(failure)

        trust.clock.time = NOW + 86_399
        assert await trust.verify_token(OLD) == "good"
        trust.clock.time = NOW + 86_400
        assert await trust.verify_token(OLD) == "keys_unavailable"

        server.publish(BOTH)
        trust.clock.time += 30
        assert await trust.verify_token(OLD) == "good"


async def test_nobody_waits_for_a_server_that_failed_before() -> None:
    async with a_key_server(BOTH) as server:
        trust = VerifierHarness(server)
        await trust.verify_token(OLD)
        server.publish_error()
        trust.clock.time += 300
        assert await trust.verify_token(OLD) == "good"

        server.delay_seconds = NEVER
        trust.clock.time += 30
        assert await trust.verify_token(OLD) == "good"
        await trust.verifier.close()


async def test_a_server_that_fails_is_asked_every_thirty_seconds() -> None:
    async with a_key_server(BOTH) as server:
        server.publish_error()
        trust = VerifierHarness(server)

        for second in range(60):
            trust.clock.time = NOW + second
            assert await trust.verify_token(OLD) == "keys_unavailable"

        assert len(server.requests) == 2


async def test_a_token_whose_keys_are_unavailable_may_be_good() -> None:
    async with a_key_server() as server:
        server.publish_error()
        trust = VerifierHarness(server)

        with pytest.raises(KeysUnavailable) as refused:
            await trust.verifier.authenticate(f"Bearer {a_token(OLD, iss='https://0.example/')}")

        assert (refused.value.status, refused.value.code) == (503, "UNAVAILABLE")
        assert refused.value.headers == {"Retry-After": "30"}


async def test_a_slow_server_keeps_nobody_else_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssrf_safe_fetch, "TIMEOUT", NEVER)
    async with a_key_server(BOTH) as slow, a_key_server(BOTH) as quick:
        slow.delay_seconds = NEVER
        trust = VerifierHarness(slow, quick)
        waiting = asyncio.create_task(trust.verify_token(OLD, issuer=0))
        await asyncio.sleep(0.02)

        outcomes = await asyncio.gather(*(trust.verify_token(NEW, issuer=1) for _ in range(50)))

        assert outcomes == ["good"] * 50
        assert not waiting.done()
        waiting.cancel()
        await trust.verifier.close()


async def test_a_server_without_an_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssrf_safe_fetch, "TIMEOUT", 0.1)
    async with a_key_server(BOTH) as server:
        server.delay_seconds = 0.5

        assert await VerifierHarness(server).verify_token(OLD) == "keys_unavailable"


async def test_each_issuer_has_its_own_keys_even_at_one_address() -> None:
    async with a_key_server(BOTH) as server:
        trust = VerifierHarness(server, server)

        assert [
            await trust.verify_token(OLD, issuer=0),
            await trust.verify_token(OLD, issuer=1),
        ] == ["good", "good"]
        assert len(server.requests) == 2


async def test_the_number_of_remembered_key_sets_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jwks, "MAX_CACHED_KEY_SETS", 1)
    async with a_key_server(BOTH) as first, a_key_server(BOTH) as second:
        harness = VerifierHarness(first, second)
        for issuer in (0, 1, 0, 0):
            assert await harness.verify_token(OLD, issuer) == "good"
        assert (len(first.requests), len(second.requests)) == (2, 1)


async def test_a_key_id_of_another_issuer_opens_nothing() -> None:
    mine, theirs = an_ed25519_signer("1"), an_ed25519_signer("1")
    async with (
        a_key_server(a_key_set(mine.to_jwk())) as one,
        a_key_server(a_key_set(theirs.to_jwk())) as other,
    ):
        trust = VerifierHarness(one, other)

        assert await trust.verify_token(mine, issuer=0) == "good"
        assert await trust.verify_token(theirs, issuer=1) == "good"
        assert await trust.verify_token(theirs, issuer=0) == "wrong_signature"
        assert await trust.verify_token(mine, issuer=1) == "wrong_signature"


async def test_a_new_address_in_the_registry_is_used_at_once() -> None:
    async with (
        a_key_server(a_key_set(OLD.to_jwk())) as before,
        a_key_server(a_key_set(NEW.to_jwk())) as after,
    ):
        trust = VerifierHarness(before)
        assert await trust.verify_token(OLD) == "good"

        known = trust.registry.issuers_by_name["https://0.example/"]
        trust.registry.issuers_by_name[known.name] = replace(known, key_set_uri=after.address)
        trust.clock.time += 5

        assert [await trust.verify_token(OLD), await trust.verify_token(NEW)] == [
            "unknown_key",
            "good",
        ]


@pytest.mark.parametrize(
    "answer",
    ["", "{}", "[]", "null", '{"keys": {}}', '{"keys": ' + "[" * 90_000, "<html>", "x" * 300_000],
)
async def test_an_answer_that_is_no_key_set_changes_nothing(answer: str) -> None:
    async with a_key_server(BOTH) as server:
        trust = VerifierHarness(server)
        await trust.verify_token(OLD)
        server.publish(answer)
        trust.clock.time += 400

        assert await trust.verify_token(OLD) == "good"
        assert len(server.requests) == 2


def test_a_set_of_too_many_keys_is_refused() -> None:
    with pytest.raises(MalformedKeySet):
        parse_key_set(a_key_set(*({"kid": str(number)} for number in range(MAX_KEYS + 1))))


def test_only_usable_keys_of_a_set_are_used() -> None:
    private = OKPAlgorithm.to_jwk(ed25519.Ed25519PrivateKey.generate(), as_dict=True)
    ed, rsa, elliptic = OLD.to_jwk(), an_rsa_signer("rsa"), an_elliptic_signer("ec")
    usable = parse_key_set(
        a_key_set(
            ed,
            rsa.to_jwk(),
            elliptic.to_jwk(),
            rsa.to_jwk(kid="pinned", alg="PS256"),
            rsa.to_jwk(kid="other-algorithm", alg="RS512"),
            rsa.to_jwk(kid="wrong-algorithm", alg="ES256"),
            {**private, "kid": "private"},
            {**rsa.to_jwk(), "kid": "huge", "n": encode_base64url(b"\xff" * 1_025)},
            {**ed, "kid": "encryption", "use": "enc"},
            {**ed, "kid": "signs-only", "key_ops": ["sign"]},
            {**ed, "kid": "another-curve", "crv": "Ed448"},
            {**ed, "kid": "broken", "x": "!"},
            {**elliptic.to_jwk(), "kid": "not-on-the-curve", "x": ed["x"]},
            {**ed, "kid": 7},
            {**ed, "kid": "twice"},
            {**ed, "kid": "twice"},
            {"kty": "oct", "kid": "oct", "k": "AAAA"},
            {"kty": ["RSA"], "kid": "kinds"},
            {"kid": "nothing"},
        )
    )

    assert {kid: set(key) for kid, key in usable.items()} == {
        "old": {"EdDSA"},
        "rsa": {"RS256", "PS256"},
        "ec": {"ES256"},
        "pinned": {"PS256"},
    }


async def test_production_fetches_nothing_from_this_machine() -> None:
    async with a_key_server(BOTH) as server:
        trust = VerifierHarness(
            server, production=True, database_url="postgresql://db/trellis", secret="s" * 32
        )

        assert await trust.verify_token(OLD) == "keys_unavailable"
        assert server.requests == []
