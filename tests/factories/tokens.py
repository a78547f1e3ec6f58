"""Access tokens, valid and forged, with their issuers and keys."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from api.settings import Settings
from domain.issuers import TokenRules
from domain.kernel.identity import TenantId
from persistence.tenant_registry import Issuer

NOW = 1_800_000_000
MERIDIAN = TenantId(UUID(int=1))
HARBOR = TenantId(UUID(int=2))
SIGN_IN = "https://sign-in.meridian.example/"
HARBOR_SIGN_IN = "https://sign-in.harbor.example/"

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True)
class Signer:
    """A private key, the id it is published under, and the algorithm it signs with."""

    kid: str
    key: PrivateKey
    algorithm: str

    def to_jwk(self, **changes: object) -> dict[str, Any]:
        """Return the public key as a member of a key set."""
        return {**_to_public_jwk(self.key), "kid": self.kid, **changes}

    def sign(self, text: bytes) -> bytes:
        """Sign these bytes."""
        return jwt.get_algorithm_by_name(self.algorithm).sign(text, self.key)


def an_ed25519_signer(kid: str) -> Signer:
    return Signer(kid, ed25519.Ed25519PrivateKey.generate(), "EdDSA")


def an_elliptic_signer(kid: str) -> Signer:
    return Signer(kid, ec.generate_private_key(ec.SECP256R1()), "ES256")


def an_rsa_signer(kid: str, algorithm: str = "RS256", bits: int = 2048) -> Signer:
    return Signer(kid, _generate_rsa_key(bits), algorithm)


def a_key_set(*keys: Mapping[str, Any]) -> str:
    return json.dumps({"keys": list(keys)})


def an_issuer(name: str = SIGN_IN, **changes: Any) -> Issuer:
    """Build an issuer; changes are of its fields, or of its rules."""
    usual: dict[str, Any] = {
        "name": name,
        "tenant_id": MERIDIAN,
        "tenant_slug": "meridian",
        "algorithms": frozenset({"RS256", "PS256", "ES256", "EdDSA"}),
    }
    rules: dict[str, Any] = {"audiences": frozenset({"trellis-meridian"})}
    for each in fields(TokenRules):
        if each.name in changes:
            rules[each.name] = changes.pop(each.name)
    return Issuer(**{**usual, "rules": TokenRules(**rules), **changes})


def build_claims(**changes: Any) -> dict[str, Any]:
    """Build the claims of a valid token; a change to `...` leaves a claim out."""
    usual = {
        "iss": SIGN_IN,
        "aud": "trellis-meridian",
        "sub": "ada@meridian.example",
        "iat": NOW - 10,
        "exp": NOW + 600,
        "jti": "token-1",
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not ...}


def a_token(signer: Signer, header: Mapping[str, Any] | None = None, **changes: Any) -> str:
    """Build a token that is valid except for these changes; `...` leaves a header out."""
    usual = {"alg": signer.algorithm, "kid": signer.kid, "typ": "at+jwt", **(header or {})}
    members = {name: value for name, value in usual.items() if value is not ...}
    return a_raw_token(signer, json.dumps(members), json.dumps(build_claims(**changes)))


def a_raw_token(signer: Signer, header: str, payload: str | bytes) -> str:
    """Build a token with exactly this header and payload, correctly signed."""
    body = payload.encode() if isinstance(payload, str) else payload
    signed = f"{encode_base64url(header.encode())}.{encode_base64url(body)}"
    return f"{signed}.{encode_base64url(signer.sign(signed.encode()))}"


def encode_base64url(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


@dataclass
class InMemoryIssuerRegistry:
    """A registry of issuers in a dictionary, which counts its queries."""

    issuers_by_name: dict[str, Issuer] = field(default_factory=dict)
    query_count: int = 0

    @classmethod
    def from_issuers(cls, issuers: Iterable[Issuer]) -> "InMemoryIssuerRegistry":
        return cls({issuer.name: issuer for issuer in issuers})

    async def find_issuers(self, names: Sequence[str]) -> list[Issuer]:
        self.query_count += 1
        return [self.issuers_by_name[name] for name in names if name in self.issuers_by_name]


@dataclass
class FakeClock:
    """A clock that moves only when a test moves it."""

    time: float = NOW

    def __call__(self) -> float:
        return self.time


def build_settings(**changes: Any) -> Settings:
    return Settings(**changes)


@cache
def _generate_rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65_537, bits)


def _to_public_jwk(key: PrivateKey) -> dict[str, Any]:
    public = key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        return RSAAlgorithm.to_jwk(public, as_dict=True)
    if isinstance(public, ec.EllipticCurvePublicKey):
        return ECAlgorithm.to_jwk(public, as_dict=True)
    return OKPAlgorithm.to_jwk(public, as_dict=True)
