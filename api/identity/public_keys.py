"""Public keys of service clients: JSON Web Keys that admins register."""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from api.identity.jwks import MalformedKeySet, VerificationKey, parse_key_set
from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import check_required
from domain.service_clients import PublicKey
from domain.service_clients.model import PUBLIC_KEY

FIELD = "publicKey"
MIN_RSA_SIZE = 2_048
HINT_LENGTH = 8
_KEY_ID = "key"

THUMBPRINT_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "OKP": ("crv", "kty", "x"),
    "EC": ("crv", "kty", "x", "y"),
    "RSA": ("e", "kty", "n"),
}
"""The members that make a key (RFC 7638), by its type. No other one is kept, but for the
algorithm."""


def read_public_key(text: str) -> PublicKey:
    """Return the key of a JSON Web Key, without what is no part of a public key. Raises Invalid."""
    jwk = _parse_object(check_required(PUBLIC_KEY, text, FIELD))
    if "d" in jwk or "k" in jwk:
        message = "This is a private key. Make a new pair, and send only its public key."
        raise Invalid(message, FIELD)
    members = THUMBPRINT_MEMBERS.get(str(jwk.get("kty")), ())
    kept = {name: jwk[name] for name in (*members, "alg") if name in jwk}
    key = parse_public_key(json.dumps(kept, sort_keys=True)) if members else None
    sizes = [getattr(each.key, "key_size", MIN_RSA_SIZE) for each in (key or {}).values()]
    if key is None or (jwk["kty"] == "RSA" and min(sizes) < MIN_RSA_SIZE):
        message = (
            "This is no key that can be used. Send a JSON Web Key of type OKP (Ed25519), EC (P-256)"
            f" or RSA ({MIN_RSA_SIZE:,} bits or more)."
        )
        raise Invalid(message, FIELD, code=Code.INVALID_FORMAT)
    return PublicKey(json.dumps(kept, sort_keys=True), _compute_thumbprint(jwk, members))


@lru_cache(maxsize=1_000)
def parse_public_key(text: str) -> VerificationKey | None:
    """Return what verifies signatures of a key, for each algorithm that it may be used with."""
    try:
        keys = parse_key_set(json.dumps({"keys": [{**json.loads(text), "kid": _KEY_ID}]}))
    except MalformedKeySet:
        return None
    return keys.get(_KEY_ID)


def _parse_object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        message = 'This is no JSON object. Send a JSON Web Key, such as {"kty": "OKP", …}.'
        raise Invalid(message, FIELD, code=Code.INVALID_FORMAT)
    return found


def _compute_thumbprint(jwk: Mapping[str, Any], members: tuple[str, ...]) -> str:
    canonical = json.dumps({name: jwk[name] for name in members}, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()[:HINT_LENGTH]
