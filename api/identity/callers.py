"""Callers: what a verified access token says about whose request this is."""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import jwt

from api.identity import tokens
from api.identity.fetching import Fetch, PublicFetch
from api.identity.issuers import Issuers, Registry, Terms
from api.identity.key_sets import Key, KeySets
from api.identity.refusals import Unauthenticated
from api.identity.remembering import Clock, Remembered
from api.identity.tokens import bearer_token
from api.settings import Settings
from domain.kernel.identity import TenantId

CAPACITY = 10_000

REASONS: Mapping[type[jwt.PyJWTError], str] = {
    jwt.InvalidSignatureError: "wrong_signature",
    jwt.InvalidAlgorithmError: "wrong_algorithm",
    jwt.InvalidAudienceError: "wrong_aud",
    jwt.InvalidKeyError: "weak_key",
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose request this is: a subject of one tenant, until the token expires.

    It says nothing about permissions, nor that the subject is still a member.
    """

    tenant_id: TenantId
    tenant_slug: str
    issuer: str
    subject: str = field(repr=False)
    expires_at: datetime
    token_id: str


@dataclass(frozen=True, slots=True)
class _Verified:
    """A token that held, and what it was held against."""

    caller: Caller
    claimed: tokens.Claimed
    terms: Terms
    key: jwt.PyJWK


class Verifier:
    """Turns the Authorization header into a Caller; one per process.

    A token is verified once, and again where its issuer's row in the registry or its key is not
    what it was verified with. Those are looked up for each request: the row is remembered for five
    seconds, so a removed issuer is refused within five seconds, and a removed key as soon as the
    key set that lacks it was fetched. No token is remembered beyond its expiry.
    """

    def __init__(
        self,
        registry: Registry,
        settings: Settings,
        *,
        fetch: Fetch | None = None,
        now: Clock = time.time,
        clock: Clock = time.monotonic,
    ) -> None:
        self._now = now
        self._issuers = Issuers(registry, settings, clock)
        self._key_sets = KeySets(fetch or PublicFetch(anywhere=not settings.production), clock)
        self._verified: Remembered[bytes, _Verified] = Remembered(CAPACITY, now)

    async def caller(self, authorization: str | None) -> Caller:
        """Whose request this is. Raises Unauthenticated; failures of the registry pass through.

        Give it all the Authorization headers of a request, joined with ", ": two are refused.
        """
        digest = _digest(authorization)
        verified = self._verified.recall(digest)
        claimed = verified.claimed if verified else tokens.claimed(bearer_token(authorization))
        terms = await self._issuers.terms(claimed.issuer)
        if terms is None:
            raise Unauthenticated("unknown_issuer")
        if claimed.algorithm not in terms.algorithms:
            raise Unauthenticated("wrong_algorithm")
        key = await self._key(terms, claimed)
        if verified is not None and verified.terms is terms and verified.key is key:
            return verified.caller
        caller, expires = self._caller(_claims(bearer_token(authorization), key, terms), terms)
        self._verified.keep(digest, _Verified(caller, claimed, terms, key), expires)
        return caller

    def known(self, authorization: str) -> Caller | None:
        """Whose request this is, where this very token was verified before and lasts.

        Good for choosing who waits, and for nothing else: what it was verified with may be gone.
        """
        verified = self._verified.recall(_digest(authorization))
        return verified.caller if verified else None

    async def close(self) -> None:
        """Stop what is under way."""
        await self._issuers.close()
        await self._key_sets.close()

    async def _key(self, terms: Terms, claimed: tokens.Claimed) -> jwt.PyJWK:
        key: Key | None
        if terms.keys is None:
            key = await self._key_sets.key(terms.issuer, claimed.key_id)
        else:
            key = terms.keys.get(claimed.key_id)
        if key is None:
            raise Unauthenticated("unknown_key")
        if claimed.algorithm not in key:
            raise Unauthenticated("wrong_algorithm")
        return key[claimed.algorithm]

    def _caller(self, claims: Mapping[str, object], terms: Terms) -> tuple[Caller, float]:
        issuer = terms.issuer
        expires = tokens.check_claims(
            claims, now=self._now(), lifetime=terms.lifetime, leeway=terms.leeway
        )
        tokens.check_tenant(claims, issuer.tenant_slug, str(issuer.tenant_id))
        caller = Caller(
            tenant_id=issuer.tenant_id,
            tenant_slug=issuer.tenant_slug,
            issuer=issuer.name,
            subject=tokens.subject(claims, issuer.subject_claim),
            expires_at=datetime.fromtimestamp(expires, UTC),
            token_id=tokens.token_id(claims),
        )
        return caller, expires


def _digest(authorization: str | None) -> bytes:
    return hashlib.sha256((authorization or "").encode()).digest()


def _claims(token: str, key: jwt.PyJWK, terms: Terms) -> dict[str, Any]:
    """The claims, once signature, issuer, audience and presence of each were checked by PyJWT."""
    try:
        return jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            audience=terms.issuer.audience,
            issuer=terms.issuer.name,
            options={
                "require": list(tokens.REQUIRED),
                "strict_aud": True,
                "enforce_minimum_key_length": True,
                # Times are held against our own clock, and more strictly: see check_claims.
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except jwt.MissingRequiredClaimError as missing:
        raise Unauthenticated(f"missing_{missing.claim}") from missing
    except jwt.PyJWTError as refusal:
        raise Unauthenticated(REASONS.get(type(refusal), "malformed_token")) from refusal
