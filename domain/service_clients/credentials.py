"""The texts by which a service client is named and signs in: its client id and its keys.

A key is `trellis_key_`, the id part, `_`, a random secret and a checksum. Scanners for leaked
secrets find the prefix, and a key that was cut off or mistyped is refused without a look-up. The id
part is that of the client id. Trellis keeps only a hash of the secret.
"""

import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from string import ascii_letters, digits
from uuid import UUID
from zlib import crc32

from domain.kernel.identity import TenantId

CLIENT_ID_PREFIX = "trellis_client_"
KEY_PREFIX = "trellis_key_"

SECRET_LENGTH = 32
"""In bytes: too many to guess, so that a plain hash protects it."""

ALPHABET = digits + ascii_letters
SECRET_DIGITS, CHECKSUM_DIGITS = 43, 6
"""Digits to the base 62 of the secret, and of 4 bytes."""

CLIENT_ID_PATTERN = re.compile(rf"{CLIENT_ID_PREFIX}([0-9a-f]{{64}})", re.ASCII)
KEY_PATTERN = re.compile(
    rf"({KEY_PREFIX}([0-9a-f]{{64}})_([0-9A-Za-z]{{{SECRET_DIGITS}}}))"
    rf"([0-9A-Za-z]{{{CHECKSUM_DIGITS}}})",
    re.ASCII,
)


@dataclass(frozen=True)
class ClientId:
    """The public name of a service client: its tenant and its id."""

    tenant_id: TenantId
    id: UUID

    @property
    def text(self) -> str:
        """The `client_id` of OAuth 2.0."""
        return CLIENT_ID_PREFIX + self.id_part

    @property
    def id_part(self) -> str:
        """The part of a key that names the client: tenant and id in hexadecimal digits."""
        return self.tenant_id.hex + self.id.hex


@dataclass(frozen=True)
class ClientKey:
    """A key of a service client, with its secret."""

    client: ClientId
    secret: str

    @classmethod
    def create(cls, client: ClientId) -> "ClientKey":
        """Return a key with a new secret."""
        return cls(client, _encode(secrets.token_bytes(SECRET_LENGTH), SECRET_DIGITS))

    @property
    def text(self) -> str:
        """The key as its holder sends it."""
        body = f"{KEY_PREFIX}{self.client.id_part}_{self.secret}"
        return body + _compute_checksum(body)

    @property
    def hash(self) -> str:
        """The SHA-256 of the secret, in hexadecimal digits."""
        return sha256(self.secret.encode()).hexdigest()

    @property
    def hint(self) -> str:
        """The last four characters, by which people tell keys apart."""
        return self.text[-4:]

    def opens(self, secret_hash: str) -> bool:
        """Return whether this is the key of which the hash was kept."""
        return compare_digest(self.hash, secret_hash)

    def __repr__(self) -> str:
        """Return the key without its secret, for logs."""
        return f"ClientKey({self.client!r})"


def parse_client_id(text: str) -> ClientId | None:
    """Return the client that a client id names, or None for a text that is none."""
    match = CLIENT_ID_PATTERN.fullmatch(text)
    return _parse_id_part(match.group(1)) if match else None


def parse_client_key(text: str) -> ClientKey | None:
    """Return the key that a text stands for, or None where its checksum does not fit."""
    match = KEY_PATTERN.fullmatch(text)
    if match is None:
        return None
    body, id_part, secret, checksum = match.groups()
    if not compare_digest(_compute_checksum(body), checksum):
        return None
    return ClientKey(_parse_id_part(id_part), secret)


def _parse_id_part(id_part: str) -> ClientId:
    return ClientId(TenantId(UUID(hex=id_part[:32])), UUID(hex=id_part[32:]))


def _compute_checksum(body: str) -> str:
    return _encode(crc32(body.encode()).to_bytes(4), CHECKSUM_DIGITS)


def _encode(raw: bytes, length: int) -> str:
    """Return bytes as digits to the base 62, which a double click selects as one word."""
    number, found = int.from_bytes(raw), ""
    while number:
        number, digit = divmod(number, len(ALPHABET))
        found = ALPHABET[digit] + found
    return found.rjust(length, ALPHABET[0])
