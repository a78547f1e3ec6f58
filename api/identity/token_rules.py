"""Checks of a token against the rules of its issuer. Each raises Unauthenticated."""

import hashlib
from collections.abc import Mapping
from typing import Any

from api.identity.claims import get_text_claim
from api.identity.errors import Unauthenticated
from domain.issuers import TokenPreset, TokenRules
from domain.issuers.presets import NO_TYPE

Claims = Mapping[str, Any]

OTHER_GRAPH = "the {} opens both tenants and the platform"
"""A token opens one of the two, so each has an audience of its own where one issuer serves both."""


def check_rules(header_type: object, claims: Claims, rules: TokenRules) -> None:
    """Check what the rules say of verified claims, besides their times and the subject."""
    check_type(header_type, rules.preset)
    _check_kind(claims, rules.preset)
    _check_audience(claims, rules)
    _check_client(claims, rules)
    _check_tenant_value(claims, rules)


def check_type(header_type: object, preset: TokenPreset) -> None:
    """Check the type in the header; None stands for no type."""
    name = NO_TYPE if header_type is None else header_type
    if not isinstance(name, str) or name.lower() not in preset.header_types:
        expected = " or ".join(sorted(each or "none" for each in preset.header_types))
        raise Unauthenticated("wrong_type", f"the header's typ is not {expected}")


def get_subject(claims: Claims, claim: str) -> str:
    """Return the subject, from `sub` or the mapped claim. `sub` is validated where it exists."""
    if "sub" in claims or claim == "sub":
        get_text_claim(claims, "sub")
    return get_text_claim(claims, claim)


def get_token_id(claims: Claims, preset: TokenPreset, token: str) -> str:
    """Return the token's id (`jti`). Where providers write none, it is a hash of the token."""
    if preset.needs_token_id or "jti" in claims:
        return get_text_claim(claims, "jti")
    return hashlib.sha256(token.encode()).hexdigest()[:32]


def _check_kind(claims: Claims, preset: TokenPreset) -> None:
    """Refuse ID tokens and other tokens that are no access tokens."""
    for claim, value in preset.required_values.items():
        if claims.get(claim) != value:
            raise Unauthenticated("wrong_kind", f"the claim {claim} is not {value}")
    if preset.one_of_claims and preset.one_of_claims.isdisjoint(claims):
        names = " or ".join(sorted(preset.one_of_claims))
        raise Unauthenticated("wrong_kind", f"an access token has the claim {names}")
    for claim in sorted(preset.required_claims - claims.keys()):
        raise Unauthenticated("wrong_kind", f"an access token has the claim {claim}")
    for claim in sorted(preset.forbidden_claims & claims.keys()):
        raise Unauthenticated("wrong_kind", f"only an ID token has the claim {claim}")


def _check_audience(claims: Claims, rules: TokenRules) -> None:
    if not rules.preset.has_audience and "aud" not in claims:
        return
    found = claims.get("aud")
    if found is None or found in ("", []):
        raise Unauthenticated("missing_aud", "the token names no audience")
    audiences = found if isinstance(found, list) else [found]
    if not all(isinstance(each, str) for each in audiences):
        raise Unauthenticated("malformed_aud", "an audience is no text")
    if rules.audiences.isdisjoint(audiences):
        expected = " or ".join(sorted(rules.audiences)) or "absent"
        raise Unauthenticated("wrong_aud", f"the audience is not {expected}")
    if not rules.other_audiences.isdisjoint(audiences):
        raise Unauthenticated("other_graph", OTHER_GRAPH.format("audience"))


def _check_client(claims: Claims, rules: TokenRules) -> None:
    if not rules.clients:
        return
    claim = next((each for each in rules.preset.client_claims if each in claims), None)
    if claim is None:
        names = " or ".join(rules.preset.client_claims)
        raise Unauthenticated("missing_client", f"the token has no claim {names}")
    client = get_text_claim(claims, claim)
    if client not in rules.clients:
        raise Unauthenticated("wrong_client", f"the client in {claim} is not listed")
    if not rules.preset.has_audience and client in rules.other_clients:
        raise Unauthenticated("other_graph", OTHER_GRAPH.format("client"))


def _check_tenant_value(claims: Claims, rules: TokenRules) -> None:
    """Compare the tenant exactly. A token without one, or with several, is refused."""
    claim = rules.tenant_claim
    if not claim:
        return
    if not _list_tenant_values(claims, claim):
        raise Unauthenticated("missing_tenant", f"the claim {claim} names no tenant")
    if not names_tenant(claims, rules):
        raise Unauthenticated("another_tenant", f"the claim {claim} is not {rules.tenant_value}")


def names_tenant(claims: Claims, rules: TokenRules) -> bool:
    """Return whether the token names exactly the tenant of the rules, and no other."""
    return _list_tenant_values(claims, rules.tenant_claim) == (rules.tenant_value,)


def _list_tenant_values(claims: Claims, claim: str) -> tuple[object, ...]:
    """Return the tenants in a claim: a text, a list of texts, or an object with their names."""
    value = claims.get(claim)
    if isinstance(value, list | dict):
        return tuple(value)
    return () if value is None or value == "" else (value,)
