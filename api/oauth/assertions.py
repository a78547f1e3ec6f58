"""Signed assertions of service clients (RFC 7523): who signs, for whom, until when, and once."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from api.identity.public_keys import parse_public_key
from domain.service_clients import ClientId, parse_client_id
from persistence.client_directory import KnownClient, KnownKey

MAX_ASSERTION_LENGTH = 8_192
MAX_LIFETIME = timedelta(minutes=5)
LEEWAY = timedelta(seconds=30)
MAX_ID_LENGTH = 255
TYPES = frozenset({None, "JWT", "client-authentication+jwt"})
FORBIDDEN_HEADERS = frozenset({"crit", "jku", "jwk", "x5u", "x5c", "b64", "zip", "enc"})
"""Keys named or embedded by the assertion itself, and what changes how it is read."""

_OTHER_KEY = OKPAlgorithm.to_jwk(Ed25519PrivateKey.generate().public_key(), as_dict=True)
OTHER_KEY = json.dumps(_OTHER_KEY, sort_keys=True)
"""A key that nobody has. Assertions of unknown clients are checked with it, to take as long."""


class AssertionRefused(Exception):
    """An assertion proves nothing. The message is for logs."""


@dataclass(frozen=True)
class UnverifiedAssertion:
    """What an assertion says before its signature was checked. Use it to find the client."""

    text: str
    algorithm: str
    client: ClientId


@dataclass(frozen=True)
class VerifiedAssertion:
    """A verified assertion: the key, the hash of its id, and when it expires."""

    key: KnownKey
    token_hash: str
    expires_at: datetime


def parse_assertion(text: str) -> UnverifiedAssertion:
    """Parse what is needed to find the client. Raises AssertionRefused."""
    if len(text) > MAX_ASSERTION_LENGTH:
        raise AssertionRefused("too_long")
    try:
        header = jwt.get_unverified_header(text)
        payload = jwt.decode(text, options={"verify_signature": False})
    except jwt.PyJWTError:
        raise AssertionRefused("malformed") from None
    if FORBIDDEN_HEADERS & header.keys() or header.get("typ") not in TYPES:
        raise AssertionRefused("unwanted_header")
    subject = payload.get("sub")
    client = parse_client_id(subject) if isinstance(subject, str) else None
    if client is None or payload.get("iss") != subject:
        raise AssertionRefused("wrong_client")
    return UnverifiedAssertion(text, str(header.get("alg")), client)


def find_subject(text: str | None) -> str | None:
    """Return the client that an assertion names, or None. For limits only."""
    try:
        return parse_assertion(text).client.text if text is not None else None
    except AssertionRefused:
        return None


def verify_assertion(
    assertion: UnverifiedAssertion,
    known: KnownClient | None,
    audiences: Collection[str],
    now: datetime,
) -> VerifiedAssertion:
    """Verify an assertion with the public keys of its client. Raises AssertionRefused."""
    keys = [each for each in known.keys if each.public_key] if known is not None else []
    for each in keys:
        payload = _decode(assertion, each.public_key or "") if now < each.expires_at else None
        if payload is not None:
            expires_at = _check_claims(payload, audiences, now)
            digest = sha256(payload["jti"].encode()).hexdigest()
            return VerifiedAssertion(each, digest, expires_at + LEEWAY)
    if not keys:
        _decode(assertion, OTHER_KEY)
    raise AssertionRefused("wrong_signature")


def _decode(assertion: UnverifiedAssertion, public_key: str) -> dict[str, Any] | None:
    """Return the claims of an assertion that was signed with this key, or None."""
    key = parse_public_key(public_key)
    if key is None or assertion.algorithm not in key:
        return None
    try:
        payload: dict[str, Any] = jwt.decode(
            assertion.text,
            key[assertion.algorithm],
            algorithms=[assertion.algorithm],
            options={
                "require": ["exp", "jti", "aud"],
                "enforce_minimum_key_length": True,
                # `_check_claims` checks these, more strictly.
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
                "verify_aud": False,
            },
        )
    except jwt.PyJWTError:
        return None
    return payload


def _check_claims(payload: dict[str, Any], audiences: Collection[str], now: datetime) -> datetime:
    """Return when an assertion expires. Raises AssertionRefused."""
    if not isinstance(payload["aud"], str) or payload["aud"] not in audiences:
        raise AssertionRefused("wrong_audience")
    if not isinstance(payload["jti"], str) or not 0 < len(payload["jti"]) <= MAX_ID_LENGTH:
        raise AssertionRefused("malformed_id")
    expires_at = _parse_time(payload["exp"])
    if not now - LEEWAY < expires_at <= now + MAX_LIFETIME + LEEWAY:
        raise AssertionRefused("expired_or_too_long")
    for name in ("nbf", "iat"):
        if name in payload and _parse_time(payload[name]) > now + LEEWAY:
            raise AssertionRefused("not_yet_valid")
    return expires_at


def _parse_time(value: object) -> datetime:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise AssertionRefused("malformed_time")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise AssertionRefused("malformed_time") from None
