"""A good token says whose request it is; whatever is wrong with a token, it says nothing."""

import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from api.identity import TokenVerifier, Unauthenticated, built_in
from api.identity.tokens import parse_bearer_token, parse_unverified_claims
from tests.make.tokens import (
    HARBOR,
    HARBOR_SIGN_IN,
    MERIDIAN,
    NOW,
    SIGN_IN,
    Clock,
    InMemory,
    a_key_set,
    a_raw_token,
    a_token,
    an_ed25519_signer,
    an_elliptic_signer,
    an_issuer,
    an_rsa_signer,
    base64url,
    claims,
    settings,
)

pytestmark = pytest.mark.anyio

ED = an_ed25519_signer("ed")
EC = an_elliptic_signer("ec")
RSA = an_rsa_signer("rsa")
PSS = an_rsa_signer("rsa", "PS256")
PINNED = replace(RSA, kid="pinned")
SMALL = an_rsa_signer("small", bits=1024)
STRANGER = an_ed25519_signer("ed")
SHARED = an_ed25519_signer("shared")
HARBORS = an_ed25519_signer("shared")
PRIVATE = an_ed25519_signer("private")
TWICE = an_ed25519_signer("twice")
SEALED = an_ed25519_signer("for-encryption")
BUILT_IN = an_ed25519_signer("built-in")
ANOTHER_SIGN_IN = "https://sign-in.only-rsa.example/"

KEYS = a_key_set(
    ED.published(),
    EC.published(),
    RSA.published(),
    PINNED.published(alg="PS256"),
    SMALL.published(),
    SHARED.published(),
    PRIVATE.published(d="AAAA"),
    TWICE.published(),
    TWICE.published(),
    SEALED.published(use="enc"),
    {"kty": "oct", "kid": "oct", "k": base64url(b"k" * 32)},
)

ISSUERS = (
    an_issuer(key_set=KEYS),
    an_issuer(
        HARBOR_SIGN_IN,
        tenant_id=HARBOR,
        tenant_slug="harbor",
        audience="trellis-harbor",
        key_set=a_key_set(HARBORS.published()),
    ),
    an_issuer(ANOTHER_SIGN_IN, algorithms=frozenset({"RS256"}), key_set=KEYS),
    an_issuer(built_in.build_issuer_name("meridian"), key_set=a_key_set(BUILT_IN.published())),
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def a_verifier(**changes: Any) -> TokenVerifier:
    clock = Clock()
    return TokenVerifier(InMemory.of(ISSUERS), settings(**changes), now=clock, clock=clock)


def bearer(token: str) -> str:
    return f"Bearer {token}"


def good(header: dict[str, Any] | None = None, **changes: Any) -> str:
    return bearer(a_token(ED, header, **changes))


def written(payload: str | bytes, header: str = '{"alg":"EdDSA","kid":"ed","typ":"at+jwt"}') -> str:
    return bearer(a_raw_token(ED, header, payload))


def with_hmac(secret: bytes, kid: str) -> str:
    """Signed with a public key as though it were a shared secret."""
    head = base64url(json.dumps({"alg": "HS256", "kid": kid, "typ": "at+jwt"}).encode())
    signed = f"{head}.{base64url(json.dumps(claims()).encode())}"
    return bearer(f"{signed}.{base64url(hmac.digest(secret, signed.encode(), sha256))}")


def payload_with(member: str) -> str:
    return json.dumps(claims())[:-1] + f", {member}}}"


def changed(part: int, change: Callable[[str], str]) -> str:
    """A good token of which one segment was changed after signing."""
    segments = a_token(ED).split(".")
    segments[part] = change(segments[part])
    return bearer(".".join(segments))


PEM = RSA.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
X = base64url(ED.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).encode()
BRACKETS = "[" * 3_000 + "]" * 3_000

GOOD = {
    "EdDSA": good(),
    "ES256": bearer(a_token(EC)),
    "RS256": bearer(a_token(RSA)),
    "PS256": bearer(a_token(PSS)),
    "the scheme in another case": good().replace("Bearer", "bEARER"),
    "the long name of the type": good({"typ": "application/at+jwt"}),
    "a clock that is a little ahead": good(iat=NOW + 20, nbf=NOW + 20),
    "expired less than the leeway ago": good(exp=NOW - 20, iat=NOW - 600),
    "the right tenant, by slug": good(tenant="meridian"),
    "the right tenant, by id": good(tenant_id=str(MERIDIAN)),
    "the longest lifetime": good(iat=NOW, exp=NOW + 3_600),
    "claims that nobody knows": good(scope="openid", nested={"a": [1, {"b": None}]}),
}

HOSTILE: dict[str, tuple[str, str | None]] = {
    # The header
    "no header": ("no_token", None),
    "an empty header": ("malformed_header", ""),
    "another scheme": ("malformed_header", "Basic " + a_token(ED)),
    "no scheme": ("malformed_header", a_token(ED)),
    "a scheme and no token": ("malformed_header", "Bearer "),
    "two spaces": ("malformed_header", "Bearer  " + a_token(ED)),
    "a tab": ("malformed_header", "Bearer\t" + a_token(ED)),
    "space in front": ("malformed_header", " " + good()),
    "space behind": ("malformed_header", good() + " "),
    "a line feed behind": ("malformed_header", good() + "\n"),
    "a second header smuggled in": ("malformed_header", good() + "\r\nX-Tenant: harbor"),
    "two headers joined": ("malformed_header", f"{good()}, {good()}"),
    "the scheme twice": ("malformed_header", "Bearer " + good()),
    "a dotless i in no scheme": ("malformed_header", good().replace("Bearer", "Bearer\u0131")),
    "letters beyond ASCII": ("malformed_header", good() + "\u212a"),
    "a huge token": ("too_long", good(filler="x" * 9_000)),
    "a megabyte of nothing": ("too_long", "Bearer " + "." * 1_000_000),
    # The form
    "two segments": ("malformed_header", good().rpartition(".")[0]),
    "no signature": ("malformed_header", good().rpartition(".")[0] + "."),
    "four segments": ("malformed_header", good() + ".AAAA"),
    "five segments, an encrypted token": ("malformed_header", "Bearer a.b.c.d.e"),
    "padding": ("malformed_header", changed(1, lambda it: it + "==")),
    "the other base64 alphabet": ("malformed_header", changed(2, lambda it: it[:-1] + "/")),
    "base64 with loose bits": ("malformed_token", written(b'{"a": 1}').replace("MX0.", "MX1.")),
    "a signature with loose bits": (
        "malformed_token",
        changed(2, lambda it: it[:-1] + chr(ord(it[-1]) + 1)),
    ),
    "base64 of an impossible length": ("malformed_token", changed(0, lambda it: it + "AAAAA")),
    "a payload that is no JSON": ("malformed_token", written("iss=me")),
    "a payload that is a list": ("malformed_token", written("[]")),
    "a payload that is null": ("malformed_token", written("null")),
    "a header that is a text": ("malformed_token", written("{}", header='"EdDSA"')),
    "invalid UTF-8": ("malformed_token", written(b'{"iss": "\xff"}')),
    "UTF-16": ("malformed_token", written(json.dumps(claims()).encode("utf-16"))),
    "a byte order mark": ("malformed_token", written("\ufeff" + json.dumps(claims()))),
    "brackets without end": ("malformed_token", written(BRACKETS)),
    "a number of 5,000 digits": ("malformed_token", written(payload_with('"n": ' + "9" * 5_000))),
    "NaN": ("malformed_token", written(payload_with('"n": NaN'))),
    "duplicate claims": ("duplicate_member", written(payload_with('"sub": "admin"'))),
    "duplicates further down": ("duplicate_member", written(payload_with('"n":{"a":1,"a":2}'))),
    "duplicate claims by escapes": ("duplicate_member", written(payload_with('"s\\u0075b": "x"'))),
    "duplicate algorithms": (
        "duplicate_member",
        written(json.dumps(claims()), '{"alg":"none","alg":"EdDSA","kid":"ed","typ":"at+jwt"}'),
    ),
    # The algorithm
    "alg none": ("wrong_algorithm", good({"alg": "none"})),
    "alg nOnE": ("wrong_algorithm", good({"alg": "nOnE"})),
    "no alg": ("missing_alg", good({"alg": ...})),
    "alg is a list": ("malformed_alg", good({"alg": ["EdDSA"]})),
    "HS256 with the public key as PEM": ("wrong_algorithm", with_hmac(PEM, "rsa")),
    "HS256 with the public key as in the set": ("wrong_algorithm", with_hmac(X, "ed")),
    "HS256 with a symmetric key of the set": ("wrong_algorithm", with_hmac(b"k" * 32, "oct")),
    "EdDSA with a symmetric key of the set": ("unknown_key", good({"kid": "oct"})),
    "RS512": ("wrong_algorithm", bearer(a_token(replace(RSA, algorithm="RS512")))),
    "an algorithm for another kind of key": ("wrong_algorithm", good({"alg": "ES256"})),
    "a key kept for another algorithm": ("wrong_algorithm", bearer(a_token(PINNED))),
    "an algorithm this issuer may not use": ("wrong_algorithm", good(iss=ANOTHER_SIGN_IN)),
    # The key
    "no kid": ("missing_kid", good({"kid": ...})),
    "an empty kid": ("malformed_kid", good({"kid": ""})),
    "a kid that is a number": ("malformed_kid", good({"kid": 1})),
    "a kid that is a list": ("malformed_kid", good({"kid": ["ed"]})),
    "a very long kid": ("malformed_kid", good({"kid": "k" * 4_000})),
    "a kid with a null byte": ("malformed_kid", good({"kid": "ed\0"})),
    "a kid with a line feed": ("malformed_kid", good({"kid": "ed\n"})),
    "a kid that is a path": ("unknown_key", good({"kid": "../../../dev/null"})),
    "a kid that is a statement": ("unknown_key", good({"kid": "x' UNION SELECT 'key' --"})),
    "a kid that is an address": ("unknown_key", good({"kid": "https://evil.example/key"})),
    "a kid in another case": ("unknown_key", good({"kid": "ED"})),
    "a key of the same kid at another issuer": ("wrong_signature", bearer(a_token(HARBORS))),
    "a published private key": ("unknown_key", bearer(a_token(PRIVATE))),
    "two keys of one kid": ("unknown_key", bearer(a_token(TWICE))),
    "a key for encryption": ("unknown_key", bearer(a_token(SEALED))),
    "an RSA key of 1,024 bits": ("weak_key", bearer(a_token(SMALL))),
    "an embedded key": (
        "unwanted_header",
        bearer(a_token(STRANGER, {"jwk": STRANGER.published()})),
    ),
    "a key at an address": ("unwanted_header", good({"jku": "https://evil.example/keys"})),
    "a certificate at an address": ("unwanted_header", good({"x5u": "https://evil.example/c"})),
    "an embedded certificate": ("unwanted_header", good({"x5c": ["MIIB"]})),
    # What must be understood
    "crit with an unknown word": ("unwanted_header", good({"crit": ["exp"], "exp": 1})),
    "crit that is empty": ("unwanted_header", good({"crit": []})),
    "an unencoded payload": ("unwanted_header", good({"b64": False, "crit": ["b64"]})),
    "compression": ("unwanted_header", good({"zip": "DEF"})),
    # The type
    "an ID token": ("wrong_type", good({"typ": "JWT"})),
    "no type": ("wrong_type", good({"typ": ...})),
    "a logout token": ("wrong_type", good({"typ": "logout+jwt"})),
    "a type that is a list": ("wrong_type", good({"typ": ["at+jwt"]})),
    # The signature
    "another key": ("wrong_signature", bearer(a_token(STRANGER))),
    "a truncated signature": ("wrong_signature", changed(2, lambda it: it[:40])),
    "a signature of zeros": ("wrong_signature", changed(2, lambda it: "A" * len(it))),
    "another payload under the signature": (
        "wrong_signature",
        changed(1, lambda _: base64url(json.dumps(claims(sub="admin@meridian.example")).encode())),
    ),
    "an elliptic signature of zeros": (
        "wrong_signature",
        bearer(a_token(EC).rpartition(".")[0] + "." + "A" * 86),
    ),
    # The issuer
    "no issuer": ("missing_iss", good(iss=...)),
    "an issuer nobody knows": ("unknown_issuer", good(iss="https://evil.example/")),
    "an issuer without its slash": ("unknown_issuer", good(iss=SIGN_IN.rstrip("/"))),
    "part of an issuer": ("unknown_issuer", good(iss="https://sign-in")),
    "an issuer in another case": ("unknown_issuer", good(iss=SIGN_IN.upper())),
    "an issuer with a null byte": ("malformed_iss", good(iss=SIGN_IN + "\0")),
    "an issuer with half a character": ("malformed_iss", good(iss="\ud800")),
    "a list of issuers": ("malformed_iss", good(iss=[SIGN_IN])),
    "a very long issuer": ("malformed_iss", good(iss="https://" + "i" * 4_000)),
    # The tenant
    "another tenant's issuer, our key": ("unknown_key", good(iss=HARBOR_SIGN_IN)),
    "another tenant's issuer, a shared kid": (
        "wrong_signature",
        bearer(a_token(SHARED, iss=HARBOR_SIGN_IN, aud="trellis-harbor")),
    ),
    "another tenant's slug": ("another_tenant", good(tenant="harbor")),
    "another tenant's id": ("another_tenant", good(tenant_id=str(HARBOR))),
    "a tenant that is null": ("another_tenant", good(tenant=None)),
    "a list of tenants": ("another_tenant", good(tenant=["meridian", "harbor"])),
    # The audience
    "no audience": ("missing_aud", good(aud=...)),
    "another audience": ("wrong_aud", good(aud="trellis-harbor")),
    "part of the audience": ("wrong_aud", good(aud="trellis")),
    "a list of the audience": ("wrong_aud", good(aud=["trellis-meridian"])),
    "many audiences": ("wrong_aud", good(aud=["trellis-meridian", "wiki"])),
    "an empty audience": ("missing_aud", good(aud="")),
    # The times
    "no expiry": ("missing_exp", good(exp=...)),
    "an expiry that is null": ("missing_exp", good(exp=None)),
    "no time of issue": ("missing_iat", good(iat=...)),
    "the year 9999": ("lifetime", good(exp=253_402_300_799)),
    "one second too long": ("lifetime", good(iat=NOW, exp=NOW + 3_601)),
    "a negative lifetime": ("lifetime", good(iat=NOW, exp=NOW - 10)),
    "no lifetime": ("lifetime", good(iat=NOW, exp=NOW)),
    "a negative expiry": ("lifetime", good(exp=-1)),
    "issued in the future": ("issued_in_the_future", good(iat=NOW + 120)),
    "not valid yet": ("not_yet_valid", good(nbf=NOW + 120)),
    "an expiry beyond every float": (
        "malformed_exp",
        written(json.dumps(claims()).replace(str(NOW + 600), "1e400")),
    ),
    "an expiry that is a float": ("malformed_exp", good(exp=NOW + 600.5)),
    "an expiry that is a text": ("malformed_exp", good(exp=str(NOW + 600))),
    "an expiry that is true": ("malformed_exp", good(exp=True)),
    "a time of issue that is true": ("malformed_iat", good(iat=True)),
    "a list of expiries": ("malformed_exp", good(exp=[NOW + 600])),
    "an nbf that is a text": ("malformed_nbf", good(nbf="now")),
    "an nbf that is null": ("malformed_nbf", good(nbf=None)),
    "expired": ("expired", good(iat=NOW - 700, exp=NOW - 30)),
    "expired long ago": ("expired", good(iat=1_000_000_000, exp=1_000_003_600)),
    # The subject and the token's id
    "no subject": ("missing_sub", good(sub=...)),
    "an empty subject": ("malformed_sub", good(sub="")),
    "a subject of spaces": ("malformed_sub", good(sub="   ")),
    "a subject with space around it": ("malformed_sub", good(sub=" ada@meridian.example")),
    "a subject that is a number": ("malformed_token", good(sub=7)),
    "a subject that is an object": ("malformed_token", good(sub={"ada": 1})),
    "null bytes in the subject": ("malformed_sub", good(sub="ada@meridian.example\0")),
    "a right-to-left mark in the subject": ("malformed_sub", good(sub="ada\u202e@x.example")),
    "half a character in the subject": ("malformed_sub", good(sub="ada\udc00")),
    "a very long subject": ("malformed_sub", good(sub="a" * 4_000)),
    "no token id": ("missing_jti", good(jti=...)),
    "an empty token id": ("malformed_jti", good(jti="")),
    "a token id that is a number": ("malformed_token", good(jti=7)),
}


@pytest.mark.parametrize("header", GOOD.values(), ids=GOOD)
async def test_a_good_token_says_whose_request_it_is(header: str) -> None:
    caller = await a_verifier().authenticate(header)

    assert (caller.tenant_id, caller.tenant_slug) == (MERIDIAN, "meridian")
    assert (caller.issuer, caller.subject) == (SIGN_IN, "ada@meridian.example")
    assert caller.token_id == "token-1"


@pytest.mark.parametrize(("reason", "header"), HOSTILE.values(), ids=HOSTILE)
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
    assert len(HOSTILE) >= 100


async def test_a_refusal_tells_the_client_nothing_of_its_reason() -> None:
    told = set()
    for reason, header in HOSTILE.values():
        if reason not in {"no_token", "expired"}:
            with pytest.raises(Unauthenticated) as refused:
                await a_verifier().authenticate(header)
            told.add((str(refused.value), refused.value.headers["WWW-Authenticate"]))

    assert told == {
        ("The access token is not valid.", 'Bearer realm="trellis", error="invalid_token"')
    }


async def test_only_a_rightly_signed_token_learns_that_it_has_expired() -> None:
    forged = a_token(STRANGER, iat=NOW - 700, exp=NOW - 100)

    with pytest.raises(Unauthenticated) as refused:
        await a_verifier().authenticate(bearer(forged))

    assert refused.value.code == "UNAUTHENTICATED"


@given(st.binary(max_size=200), st.integers(0, 300), st.text(max_size=20))
def test_no_text_at_all_does_more_than_be_refused(noise: bytes, at: int, text: str) -> None:
    token = a_token(ED)
    for authorization in (
        bearer(f"{base64url(noise)}.{base64url(noise)}.AA"),
        bearer(token[:at] + text + token[at:]),
        bearer(token[:at] + base64url(noise) + token[at:]),
    ):
        try:
            parse_unverified_claims(parse_bearer_token(authorization))
        except Unauthenticated as refused:
            assert refused.code == "UNAUTHENTICATED"
