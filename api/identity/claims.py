"""Access tokens as strings: read strictly, before anything in them is believed.

PyJWT forgives much that this API has no reason to forgive: duplicate JSON members, padding, tokens
for another purpose, endless lifetimes. What is refused here never reaches a database, a key set or
a signature check.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from api.identity.errors import TokenExpired, TokenMissing, Unauthenticated

MAX_TOKEN_LENGTH = 8_192
MAX_CLAIM_LENGTH = 255
ACCESS_TOKEN_TYPES = frozenset({"at+jwt", "application/at+jwt"})
REQUIRED_CLAIMS = ("iss", "aud", "exp", "iat", "sub", "jti")
TENANT_CLAIMS = ("tenant", "tenant_id")

# A key named or brought by the token itself, an extension that must be understood, another form
# of payload: nothing that an access token needs, and each has been somebody's way in.
FORBIDDEN_HEADERS = frozenset({"crit", "jku", "jwk", "x5u", "x5c", "b64", "zip", "enc"})

# One space, three segments, nothing else: no padding, no folding, no second credential.
BEARER_PATTERN = re.compile(
    r"bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True)
class UnverifiedClaims:
    """What a token says of itself: good for finding issuer and key, and for nothing else."""

    algorithm: str
    key_id: str
    issuer: str


def parse_bearer_token(authorization: str | None) -> str:
    """The token of an Authorization header."""
    if authorization is None:
        raise TokenMissing("no_token")
    if len(authorization) > MAX_TOKEN_LENGTH + len("Bearer "):
        raise Unauthenticated("too_long")
    match = BEARER_PATTERN.fullmatch(authorization)
    if match is None:
        raise Unauthenticated("malformed_header")
    return match.group(1)


def parse_unverified_claims(token: str) -> UnverifiedClaims:
    """What the token says about who signed it."""
    header, payload, _ = token.split(".")
    algorithm, key_id = _parse_header(_decode_segment(header))
    return UnverifiedClaims(algorithm, key_id, _get_text_claim(_decode_segment(payload), "iss"))


def check_times(
    claims: Mapping[str, object], *, now: float, max_lifetime: float, leeway: float
) -> float:
    """Hold verified claims against the clock and return when the token expires."""
    issued, expires = _get_time_claim(claims, "iat"), _get_time_claim(claims, "exp")
    if issued > now + leeway:
        raise Unauthenticated("issued_in_the_future")
    if "nbf" in claims and _get_time_claim(claims, "nbf") > now + leeway:
        raise Unauthenticated("not_yet_valid")
    if not 0 < expires - issued <= max_lifetime:
        raise Unauthenticated("lifetime")
    if expires + leeway <= now:
        raise TokenExpired("expired")
    return expires


def check_tenant(claims: Mapping[str, object], *names: str) -> None:
    """A token may repeat its tenant, and must not contradict the directory."""
    for claim in TENANT_CLAIMS:
        if claim in claims and claims[claim] not in names:
            raise Unauthenticated("another_tenant")


def get_subject(claims: Mapping[str, object], claim: str) -> str:
    """Whom the token speaks for; `sub` is held to the same rules when another claim is mapped."""
    _get_text_claim(claims, "sub")
    return _get_text_claim(claims, claim)


def get_token_id(claims: Mapping[str, object]) -> str:
    """The token's own identifier."""
    return _get_text_claim(claims, "jti")


def _parse_header(header: Mapping[str, object]) -> tuple[str, str]:
    if FORBIDDEN_HEADERS & header.keys():
        raise Unauthenticated("unwanted_header")
    kind = header.get("typ")
    if not isinstance(kind, str) or kind.lower() not in ACCESS_TOKEN_TYPES:
        raise Unauthenticated("wrong_type")
    return _get_text_claim(header, "alg"), _get_text_claim(header, "kid")


def _get_text_claim(members: Mapping[str, object], member: str) -> str:
    """A member that is a short text of printable characters, without space around it."""
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
    # True is an int to Python; a float brings NaN and infinity along, and no issuer needs it.
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
    except (binascii.Error, ValueError, RecursionError) as broken:
        raise Unauthenticated("malformed_token") from broken
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
