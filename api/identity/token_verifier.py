"""Verification of access tokens: from an Authorization header to a Caller."""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import jwt

from api.identity import claims
from api.identity.claims import parse_bearer_token
from api.identity.client_names import is_client_issuer, is_client_subject
from api.identity.errors import Unauthenticated
from api.identity.issuer_registry import (
    IssuerCache,
    IssuerRegistry,
    TrustPolicies,
    TrustPolicy,
)
from api.identity.jwks import KeySetCache, VerificationKey
from api.identity.ssrf_safe_fetch import Fetcher, SsrfSafeFetcher
from api.identity.token_rules import check_rules, get_subject, get_token_id, names_tenant
from api.settings import Settings
from domain.kernel.identity import TenantId
from domain.tenants import USUAL_BUDGETS, Budgets
from persistence.kernel.caching import Clock, TtlCache

MAX_CACHED_TOKENS = 10_000

REASON_BY_ERROR: Mapping[type[jwt.PyJWTError], str] = {
    jwt.InvalidSignatureError: "wrong_signature",
    jwt.InvalidAlgorithmError: "wrong_algorithm",
    jwt.InvalidKeyError: "weak_key",
}


@dataclass(frozen=True, slots=True)
class Caller:
    """The sender of a request: a subject of one tenant, until the token expires.

    It implies no permissions, and not even that the subject is still a member.
    """

    tenant_id: TenantId
    tenant_slug: str
    issuer: str
    subject: str = field(repr=False)
    expires_at: datetime
    token_id: str
    lane: str = ""
    """The budget of a service client; empty for people."""
    budgets: Budgets = USUAL_BUDGETS
    """Those of the tenant."""
    verified_email: str | None = field(default=None, repr=False)
    """The e-mail address in the token, if the issuer says that it has verified it."""


@dataclass(frozen=True, slots=True)
class _VerifiedToken:
    """A verified token, with the policies and the key that it was verified with."""

    caller: Caller
    policies: TrustPolicies
    policy: TrustPolicy
    key_id: str
    key: jwt.PyJWK


class TokenVerifier:
    """The verifier of one process, with a cache of verified tokens.

    Each request looks up the issuer's policy and key; a cached token is verified again if either
    has changed. Policies are cached for five seconds, so a removed issuer is refused within five
    seconds. A removed key is refused as soon as the key set without it was fetched.
    """

    def __init__(
        self,
        registry: IssuerRegistry,
        settings: Settings,
        *,
        fetch: Fetcher | None = None,
        now: Clock = time.time,
        clock: Clock = time.monotonic,
    ) -> None:
        self._now = now
        self._issuers = IssuerCache(registry, settings, clock)
        self._key_sets = KeySetCache(
            fetch or SsrfSafeFetcher(is_unrestricted=not settings.production), clock
        )
        self._verified_tokens: TtlCache[bytes, _VerifiedToken] = TtlCache(MAX_CACHED_TOKENS, now)

    async def authenticate(
        self,
        authorization: str | None,
        address: object = None,  # noqa: ARG002 - the tokens of people hold from everywhere
    ) -> Caller:
        """Return the caller. Raises Unauthenticated; errors of the registry propagate.

        `authorization` holds all Authorization headers of a request, joined with ", "; more than
        one is refused.
        """
        digest = _hash_authorization(authorization)
        verified = self._verified_tokens.get(digest)
        if verified is not None and await self._is_current(verified):
            return verified.caller
        token = parse_bearer_token(authorization)
        verified = await self._verify(token, claims.parse_unverified_claims(token))
        self._verified_tokens.put(digest, verified, verified.caller.expires_at.timestamp())
        return verified.caller

    def find_cached_caller(self, authorization: str) -> Caller | None:
        """Return the caller of a token that was verified before and has not expired, or None.

        Use it for load shedding only: the token's issuer or key may have been removed since.
        """
        verified = self._verified_tokens.get(_hash_authorization(authorization))
        return verified.caller if verified else None

    async def close(self) -> None:
        """Cancel the running lookups and fetches."""
        await self._issuers.close()
        await self._key_sets.close()

    async def _is_current(self, verified: _VerifiedToken) -> bool:
        """Return whether the issuer and the key of a verified token are still the same."""
        policies = await self._issuers.get_policies(verified.caller.issuer)
        if policies is not verified.policies:
            return False
        key = await self._find_key(verified.policy, verified.key_id)
        return key is not None and key.get(verified.key.algorithm_name) is verified.key

    async def _verify(self, token: str, unverified: claims.UnverifiedClaims) -> _VerifiedToken:
        policies = await self._issuers.get_policies(unverified.issuer)
        if not policies:
            raise Unauthenticated("unknown_issuer")
        policy = select_policy(policies, unverified.payload)
        if unverified.algorithm not in policy.algorithms:
            raise Unauthenticated("wrong_algorithm")
        keys = await self._find_key(policy, unverified.key_id)
        if keys is None:
            raise Unauthenticated("unknown_key")
        if unverified.algorithm not in keys:
            raise Unauthenticated("wrong_algorithm")
        key = keys[unverified.algorithm]
        caller = self._build_caller(token, unverified, key, policy)
        return _VerifiedToken(caller, policies, policy, unverified.key_id, key)

    async def _find_key(self, policy: TrustPolicy, key_id: str) -> VerificationKey | None:
        if policy.keys is None:
            return await self._key_sets.find_key(policy.issuer, key_id)
        return policy.keys.get(key_id)

    def _build_caller(
        self,
        token: str,
        unverified: claims.UnverifiedClaims,
        key: jwt.PyJWK,
        policy: TrustPolicy,
    ) -> Caller:
        issuer = policy.issuer
        verified_claims = _decode_token(token, key, policy)
        check_rules(unverified.header_type, verified_claims, issuer.rules)
        subject = get_subject(verified_claims, issuer.rules.subject_claim)
        if is_client_subject(subject) != is_client_issuer(issuer.name):
            raise Unauthenticated("reserved_subject")
        if not issuer.rules.may_state(subject):
            raise Unauthenticated("reserved_subject", "it looks like that of another issuer")
        expires = claims.check_times(
            verified_claims, now=self._now(), max_lifetime=policy.max_lifetime, leeway=policy.leeway
        )
        claims.check_tenant(verified_claims, issuer.tenant_slug, str(issuer.tenant_id))
        return Caller(
            tenant_id=issuer.tenant_id,
            tenant_slug=issuer.tenant_slug,
            issuer=issuer.name,
            subject=issuer.rules.qualify(subject),
            expires_at=datetime.fromtimestamp(expires, UTC),
            token_id=get_token_id(verified_claims, issuer.rules.preset, token),
            budgets=issuer.budgets,
            verified_email=claims.find_verified_email(verified_claims),
        )


def select_policy(policies: TrustPolicies, payload: Mapping[str, object]) -> TrustPolicy:
    """Return the policy for the tenant that the token names. Raises Unauthenticated.

    The claims are not verified yet. The rules compare the tenant again when they are.
    """
    if len(policies) == 1:
        return policies[0]
    fitting = [each for each in policies if names_tenant(payload, each.issuer.rules)]
    if not fitting:
        raise Unauthenticated("another_tenant", "no tenant of this issuer has the token's value")
    if len(fitting) > 1:
        raise Unauthenticated("several_tenants", "the token fits several tenants of this issuer")
    return fitting[0]


def _hash_authorization(authorization: str | None) -> bytes:
    return hashlib.sha256((authorization or "").encode()).digest()


def _decode_token(token: str, key: jwt.PyJWK, policy: TrustPolicy) -> dict[str, Any]:
    """Return the claims. PyJWT checks the signature and the issuer; the rest are our own rules."""
    try:
        return jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            issuer=policy.issuer.name,
            options={
                "require": list(claims.REQUIRED_CLAIMS),
                "verify_aud": False,
                "verify_sub": False,
                "verify_jti": False,
                "enforce_minimum_key_length": True,
                # `claims.check_times` checks the times, more strictly and with this clock.
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except jwt.MissingRequiredClaimError as missing:
        raise Unauthenticated(f"missing_{missing.claim}") from missing
    except jwt.PyJWTError as error:
        raise Unauthenticated(REASON_BY_ERROR.get(type(error), "malformed_token")) from error
