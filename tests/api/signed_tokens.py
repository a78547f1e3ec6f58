"""Issuers with their keys, and headers with tokens that these sign."""

import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

from api.identity import built_in_issuer
from tests.factories.tokens import (
    HARBOR,
    HARBOR_SIGN_IN,
    a_key_set,
    a_raw_token,
    a_token,
    an_ed25519_signer,
    an_elliptic_signer,
    an_issuer,
    an_rsa_signer,
    build_claims,
    encode_base64url,
)

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
    ED.to_jwk(),
    EC.to_jwk(),
    RSA.to_jwk(),
    PINNED.to_jwk(alg="PS256"),
    SMALL.to_jwk(),
    SHARED.to_jwk(),
    PRIVATE.to_jwk(d="AAAA"),
    TWICE.to_jwk(),
    TWICE.to_jwk(),
    SEALED.to_jwk(use="enc"),
    {"kty": "oct", "kid": "oct", "k": encode_base64url(b"k" * 32)},
)


ISSUERS = (
    an_issuer(key_set=KEYS),
    an_issuer(
        HARBOR_SIGN_IN,
        tenant_id=HARBOR,
        tenant_slug="harbor",
        audiences=frozenset({"trellis-harbor"}),
        key_set=a_key_set(HARBORS.to_jwk()),
    ),
    an_issuer(ANOTHER_SIGN_IN, algorithms=frozenset({"RS256"}), key_set=KEYS),
    an_issuer(built_in_issuer.build_issuer_name("meridian"), key_set=a_key_set(BUILT_IN.to_jwk())),
)


def format_bearer(token: str) -> str:
    return f"Bearer {token}"


def build_authorization(header: dict[str, Any] | None = None, **changes: Any) -> str:
    return format_bearer(a_token(ED, header, **changes))


def build_raw_authorization(
    payload: str | bytes, header: str = '{"alg":"EdDSA","kid":"ed","typ":"at+jwt"}'
) -> str:
    return format_bearer(a_raw_token(ED, header, payload))


def build_hmac_authorization(secret: bytes, kid: str) -> str:
    """Sign a token with a public key as a shared secret."""
    head = encode_base64url(json.dumps({"alg": "HS256", "kid": kid, "typ": "at+jwt"}).encode())
    signed = f"{head}.{encode_base64url(json.dumps(build_claims()).encode())}"
    return format_bearer(
        f"{signed}.{encode_base64url(hmac.digest(secret, signed.encode(), sha256))}"
    )


def build_payload_with(member: str) -> str:
    return json.dumps(build_claims())[:-1] + f", {member}}}"


def tamper_with_segment(part: int, change: Callable[[str], str]) -> str:
    """Change one segment of a valid token after signing."""
    segments = a_token(ED).split(".")
    segments[part] = change(segments[part])
    return format_bearer(".".join(segments))
