"""Links by which somebody without an account answers a request for feedback.

A link has a random secret, of which Trellis keeps only a hash. So nobody who reads the database can
answer in the name of a respondent.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

from domain.kernel.identity import TenantId

SECRET_LENGTH = 24
"""In bytes: too many to guess, so that a plain hash protects it."""

LINK_LENGTH = 16 + 16 + SECRET_LENGTH


@dataclass(frozen=True)
class ResponseLink:
    """A link to one request of one tenant."""

    tenant_id: TenantId
    request_id: UUID
    secret: bytes

    @classmethod
    def create(cls, tenant_id: TenantId, request_id: UUID) -> "ResponseLink":
        """Return a link with a new secret."""
        return cls(tenant_id, request_id, secrets.token_bytes(SECRET_LENGTH))

    @classmethod
    def parse(cls, token: str) -> "ResponseLink | None":
        """Return the link that a token stands for, or None for a text that is none."""
        try:
            raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except (UnicodeEncodeError, Error):
            return None
        if len(raw) != LINK_LENGTH or encode_token(raw) != token:
            return None
        return cls(TenantId(UUID(bytes=raw[:16])), UUID(bytes=raw[16:32]), raw[32:])

    @property
    def token(self) -> str:
        """The link as a part of an address."""
        return encode_token(self.tenant_id.bytes + self.request_id.bytes + self.secret)

    @property
    def hash(self) -> str:
        """The SHA-256 of the secret, in hexadecimal digits."""
        return sha256(self.secret).hexdigest()

    def opens(self, link_hash: str | None) -> bool:
        """Return whether this is the link of which the hash was kept."""
        return link_hash is not None and compare_digest(self.hash, link_hash)


def encode_token(raw: bytes) -> str:
    """Return bytes as a part of an address."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
