"""A valid token identifies its caller; any invalid one is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.identity import TokenVerifier, Unauthenticated
from api.identity.claims import parse_bearer_token, parse_unverified_claims
from tests.api.hostile_tokens import HOSTILE_HEADERS
from tests.api.signed_tokens import (
    EC,
    ED,
    ISSUERS,
    PSS,
    RSA,
    STRANGER,
    build_authorization,
    format_bearer,
)
from tests.factories.tokens import (
    MERIDIAN,
    NOW,
    SIGN_IN,
    FakeClock,
    InMemoryIssuerRegistry,
    a_token,
    build_settings,
    encode_base64url,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def a_verifier(**changes: Any) -> TokenVerifier:
    clock = FakeClock()
    return TokenVerifier(
        InMemoryIssuerRegistry.from_issuers(ISSUERS),
        build_settings(**changes),
        now=clock,
        clock=clock,
    )


GOOD_HEADERS = {
    "EdDSA": build_authorization(),
    "ES256": format_bearer(a_token(EC)),
    "RS256": format_bearer(a_token(RSA)),
    "PS256": format_bearer(a_token(PSS)),
    "the scheme in another case": build_authorization().replace("Bearer", "bEARER"),
    "the long name of the type": build_authorization({"typ": "application/at+jwt"}),
    "a clock that is a little ahead": build_authorization(iat=NOW + 20, nbf=NOW + 20),
    "expired less than the leeway ago": build_authorization(exp=NOW - 20, iat=NOW - 600),
    "a list of the audience": build_authorization(aud=["trellis-meridian"]),
    "many audiences": build_authorization(aud=["wiki", "trellis-meridian"]),
    "the right tenant, by slug": build_authorization(tenant="meridian"),
    "the right tenant, by id": build_authorization(tenant_id=str(MERIDIAN)),
    "the longest lifetime": build_authorization(iat=NOW, exp=NOW + 3_600),
    "claims that nobody knows": build_authorization(scope="openid", nested={"a": [1, {"b": None}]}),
}


@pytest.mark.parametrize("header", GOOD_HEADERS.values(), ids=GOOD_HEADERS)
async def test_a_good_token_says_whose_request_it_is(header: str) -> None:
    caller = await a_verifier().authenticate(header)

    assert (caller.tenant_id, caller.tenant_slug) == (MERIDIAN, "meridian")
    assert (caller.issuer, caller.subject) == (SIGN_IN, "ada@meridian.example")
    assert caller.token_id == "token-1"


@pytest.mark.parametrize(("reason", "header"), HOSTILE_HEADERS.values(), ids=HOSTILE_HEADERS)
async def test_a_hostile_token_is_refused_for_the_right_reason(
    reason: str, header: str | None
) -> None:
    verifier = a_verifier()

    # Twice: a refusal must not warm a cache that lets the second one in.
    for _ in range(2):
        with pytest.raises(Unauthenticated) as refused:
            await verifier.authenticate(header)
        assert refused.value.reason == reason
        assert refused.value.code == ("TOKEN_EXPIRED" if reason == "expired" else "UNAUTHENTICATED")
        assert refused.value.status == 401
        assert refused.value.headers["WWW-Authenticate"].startswith("Bearer")


def test_there_are_enough_hostile_tokens() -> None:
    assert len(HOSTILE_HEADERS) >= 100


async def test_a_refusal_tells_the_client_nothing_of_its_reason() -> None:
    told = set()
    for reason, header in HOSTILE_HEADERS.values():
        if reason not in {"no_token", "expired"}:
            with pytest.raises(Unauthenticated) as refused:
                await a_verifier().authenticate(header)
            told.add((str(refused.value), refused.value.headers["WWW-Authenticate"]))

    assert told == {
        (
            "The access token is not valid. Get a new one.",
            'Bearer realm="trellis", error="invalid_token"',
        )
    }


async def test_only_a_rightly_signed_token_learns_that_it_has_expired() -> None:
    forged = a_token(STRANGER, iat=NOW - 700, exp=NOW - 100)

    with pytest.raises(Unauthenticated) as refused:
        await a_verifier().authenticate(format_bearer(forged))

    assert refused.value.code == "UNAUTHENTICATED"


@given(st.binary(max_size=200), st.integers(0, 300), st.text(max_size=20))
def test_no_text_at_all_does_more_than_be_refused(noise: bytes, at: int, text: str) -> None:
    token = a_token(ED)
    for authorization in (
        format_bearer(f"{encode_base64url(noise)}.{encode_base64url(noise)}.AA"),
        format_bearer(token[:at] + text + token[at:]),
        format_bearer(token[:at] + encode_base64url(noise) + token[at:]),
    ):
        try:
            parse_unverified_claims(parse_bearer_token(authorization))
        except Unauthenticated as refused:
            assert refused.code == "UNAUTHENTICATED"
