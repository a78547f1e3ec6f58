"""Strict parsing of access tokens and checks of their claims.

PyJWT accepts duplicate JSON members, padding, tokens of other types and endless lifetimes. They
are refused here, before a database, a key set or a signature check is involved.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from api.identity.errors import TokenExpired, TokenMissing, Unauthenticated

MAX_TOKEN_LENGTH = 8_192
MAX_CLAIM_LENGTH = 255
REQUIRED_CLAIMS = ("iss", "exp", "iat")
TENANT_CLAIMS = ("tenant", "tenant_id")

# Keys named or embedded by the token itself, critical extensions, encoded payloads. An access token
# needs none of them, and each has been used in attacks.
FORBIDDEN_HEADERS = frozenset({"crit", "jku", "jwk", "x5u", "x5c", "b64", "zip", "enc"})

# One space and three segments: no padding, no folded lines, no second credential.
BEARER_PATTERN = re.compile(
    r"bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True)
class UnverifiedClaims:
    """Claims of an unverified token. Use them only to find the issuer, the tenant and the key."""

    algorithm: str
    key_id: str
    issuer: str
    header_type: object
    """The type (`typ`) in the header; None without one."""
    payload: Mapping[str, object] = field(repr=False)


def parse_bearer_token(authorization: str | None) -> str:
    """Return the token of an Authorization header. Raises Unauthenticated."""
    if authorization is None:
        raise TokenMissing("no_token")
    if len(authorization) > MAX_TOKEN_LENGTH + len("Bearer "):
        raise Unauthenticated("too_long")
    match = BEARER_PATTERN.fullmatch(authorization)
    if match is None:
        raise Unauthenticated("malformed_header")
    return match.group(1)


def parse_unverified_claims(token: str) -> UnverifiedClaims:
    """Parse what is needed to find the issuer and the key. Raises Unauthenticated."""
    header, payload, _ = token.split(".")
    members, claims = _decode_segment(header), _decode_segment(payload)
    if FORBIDDEN_HEADERS & members.keys():
        raise Unauthenticated("unwanted_header")
    return UnverifiedClaims(
        algorithm=get_text_claim(members, "alg"),
        key_id=get_text_claim(members, "kid"),
        issuer=get_text_claim(claims, "iss"),
        header_type=members.get("typ"),
        payload=claims,
    )


def check_times(
    claims: Mapping[str, object], *, now: float, max_lifetime: float, leeway: float
) -> float:
    """Check the times of verified claims; return the expiry in seconds since the epoch."""
    issued, expires = _get_time_claim(claims, "iat"), _get_time_claim(claims, "exp")
    if issued > now + leeway:
        raise Unauthenticated("issued_in_the_future")
    if "nbf" in claims and _get_time_claim(claims, "nbf") > now + leeway:
        raise Unauthenticated("not_yet_valid")
    if not 0 < expires - issued <= max_lifetime:
        raise Unauthenticated("lifetime", f"it is not 1 to {max_lifetime:,.0f} seconds")
    if expires + leeway <= now:
        raise TokenExpired("expired")
    return expires


def check_tenant(claims: Mapping[str, object], *names: str) -> None:
    """Check that the token names no other tenant. Raises Unauthenticated."""
    for claim in TENANT_CLAIMS:
        if claim in claims and claims[claim] not in names:
            raise Unauthenticated("another_tenant")


def find_verified_email(claims: Mapping[str, object]) -> str | None:
    """Return the address that the issuer has verified (OpenID Connect Core, 5.1), or None.

    Some providers write the claim `email_verified` as a text. An address without it is no proof:
    people can set it themselves.
    """
    email, is_verified = claims.get("email"), claims.get("email_verified")
    if not (is_verified is True or is_verified == "true") or not isinstance(email, str):
        return None
    return email if email.isprintable() and 0 < len(email) <= MAX_CLAIM_LENGTH else None


def get_text_claim(members: Mapping[str, object], member: str) -> str:
    """Return a claim of 1 to 255 printable characters, without space around it."""
    value = members.get(member)
    if value is None:
        raise Unauthenticated(f"missing_{member}")
    if not isinstance(value, str) or not 0 < len(value) <= MAX_CLAIM_LENGTH:
        raise Unauthenticated(f"malformed_{member}")
    # Control characters, null bytes and lone surrogates are not printable.
    if not value.isprintable() or value != value.strip():
        raise Unauthenticated(f"malformed_{member}")
    return value


def _get_time_claim(claims: Mapping[str, object], claim: str) -> int:
    value = claims.get(claim)
    # bool is an int in Python. Floats, with NaN and infinity, are not needed by any issuer.
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unauthenticated(f"malformed_{claim}")
    return value


def _decode_segment(segment: str) -> Mapping[str, object]:
    try:
        text = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
        if base64.urlsafe_b64encode(text).rstrip(b"=") != segment.encode():
            raise Unauthenticated("malformed_token")
        found = json.loads(
            text.decode("utf-8"),
            object_pairs_hook=_reject_duplicates,
            parse_constant=_reject_constant,
        )
    except (binascii.Error, ValueError, RecursionError) as error:
        raise Unauthenticated("malformed_token") from error
    if not isinstance(found, dict):
        raise Unauthenticated("malformed_token")
    return found


def _reject_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Unauthenticated("duplicate_member")
    return members


def _reject_constant(constant: str) -> object:
    raise ValueError(constant)
