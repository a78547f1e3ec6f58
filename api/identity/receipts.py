"""Receipts: signed statements about what was erased, which anybody can verify later.

A receipt is a JSON Web Signature (RFC 7515) with Ed25519. The key is a file outside of the
database, so nobody who only has the database can make one.
"""

import json
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from api.identity.built_in_issuer import generate_key
from api.identity.secret_files import read_or_create
from api.settings import Settings
from domain.kernel.errors import Invalid

ALGORITHM = "EdDSA"
TYPE = "trellis-receipt+jwt"
KEY_FILE = "receipt-key.pem"


def sign_receipt(settings: Settings, statement: Mapping[str, Any]) -> str:
    """Return a receipt of a statement."""
    return jwt.encode(dict(statement), _load_key(settings), ALGORITHM, headers={"typ": TYPE})


def render_public_key(settings: Settings) -> str:
    """Return the key with which others verify the receipts of this installation, as PEM."""
    public = _load_key(settings).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def verify_receipt(settings: Settings, receipt: str, public_key: bytes | None = None) -> str:
    """Return the statement of a receipt as JSON. Raises Invalid for one that nobody signed.

    `public_key` is that of another installation, as PEM.
    """
    key = _load_key(settings).public_key() if public_key is None else _read_public_key(public_key)
    try:
        found = jwt.decode_complete(receipt.strip(), key, algorithms=[ALGORITHM])
    except jwt.InvalidSignatureError as error:
        message = "This receipt was changed, or another key signed it."
        raise Invalid(f"{message} Give the key with --key.") from error
    except jwt.InvalidTokenError as error:
        raise Invalid("This is not a receipt. Choose another file.") from error
    if found["header"].get("typ") != TYPE:
        raise Invalid("This is not a receipt. Choose another file.")
    return json.dumps(found["payload"], indent=2)


def _read_public_key(text: bytes) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(text)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise Invalid("The key is no Ed25519 key as PEM. `trellis receipt key` prints one.")
    return key


def _load_key(settings: Settings) -> Ed25519PrivateKey:
    path = settings.receipt_key or settings.directory / KEY_FILE
    key = load_pem_private_key(read_or_create(path, generate_key), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} contains no Ed25519 key. Remove it to generate a new one.")
    return key
