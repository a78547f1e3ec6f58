"""Links by which somebody without an account answers: a request for feedback, or as a rater.

A link has a random secret, of which Trellis keeps only a hash. So nobody who reads the database can
answer in the name of a respondent.
"""

import secrets
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

from domain.kernel.identity import TenantId

SECRET_LENGTH = 24
"""In bytes: too many to guess, so that a plain hash protects it."""

LENGTH = 16 + 16 + SECRET_LENGTH
"""In bytes: the tenant, the object and the secret, after the mark of the kind."""


class LinkKind(Enum):
    """What a link answers. The value is the mark at its beginning."""

    REQUEST = b""
    RATER = b"r"


@dataclass(frozen=True)
class ResponseLink:
    """A link to one object of one tenant."""

    tenant_id: TenantId
    object_id: UUID
    secret: bytes
    kind: LinkKind = LinkKind.REQUEST

    @classmethod
    def create(
        cls, tenant_id: TenantId, object_id: UUID, kind: LinkKind = LinkKind.REQUEST
    ) -> "ResponseLink":
        """Return a link with a new secret."""
        return cls(tenant_id, object_id, secrets.token_bytes(SECRET_LENGTH), kind)

    @classmethod
    def parse(cls, raw: bytes) -> "ResponseLink | None":
        """Return the link that bytes stand for, or None where they are none."""
        for kind in LinkKind:
            if len(raw) == len(kind.value) + LENGTH and raw.startswith(kind.value):
                rest = raw[len(kind.value) :]
                tenant_id, object_id = (UUID(bytes=each) for each in (rest[:16], rest[16:32]))
                return cls(TenantId(tenant_id), object_id, rest[32:], kind)
        return None

    @property
    def raw(self) -> bytes:
        """The link as bytes."""
        return self.kind.value + self.tenant_id.bytes + self.object_id.bytes + self.secret

    @property
    def hash(self) -> str:
        """The SHA-256 of the secret, in hexadecimal digits."""
        return sha256(self.secret).hexdigest()

    def opens(self, link_hash: str | None) -> bool:
        """Return whether this is the link of which the hash was kept."""
        return link_hash is not None and compare_digest(self.hash, link_hash)
