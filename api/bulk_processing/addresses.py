"""Signed addresses of files: each holds for one file of one tenant, one purpose and a short time.

An address names no person, so that a log of addresses has no personal data. It stands for the
account that owns the file, with the rights of the moment when it is used.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from uuid import UUID

from api.errors import RequestError
from domain.kernel.identity import TenantId

KEY_NAME = b"bulk-file"
LENGTH = 1 + 16 + 16 + 8
"""In bytes: the purpose, the tenant, the file, and the second at which the address ends."""


class Purpose(IntEnum):
    """What an address is for."""

    UPLOAD = 1
    RESULTS = 2


PATHS = {Purpose.UPLOAD: "bulk/uploads", Purpose.RESULTS: "bulk/results"}
LIFETIMES = {Purpose.UPLOAD: timedelta(days=1), Purpose.RESULTS: timedelta(minutes=15)}


@dataclass(frozen=True)
class FileAddress:
    """What an address stands for."""

    purpose: Purpose
    tenant_id: TenantId
    id: UUID
    expires_at: datetime

    @property
    def raw(self) -> bytes:
        """The address without its signature."""
        end = int(self.expires_at.timestamp()).to_bytes(8)
        return bytes([self.purpose]) + self.tenant_id.bytes + self.id.bytes + end


@dataclass(frozen=True)
class FileAddresses:
    """The addresses of this service. `secret` seals cursors, too; addresses have their own key."""

    secret: str = field(repr=False)

    def build(
        self, purpose: Purpose, tenant_id: TenantId, id: UUID, now: datetime
    ) -> tuple[str, datetime]:
        """Return the path of an address, and the moment from which it does not hold."""
        expires_at = (now + LIFETIMES[purpose]).replace(microsecond=0)
        raw = FileAddress(purpose, tenant_id, id, expires_at).raw
        token = urlsafe_b64encode(raw + self._sign(raw)).rstrip(b"=").decode()
        return f"{PATHS[purpose]}/{token}", expires_at

    def verify(self, token: str, purpose: Purpose, now: datetime) -> FileAddress:
        """Return what an address stands for. Raises RequestError with 403."""
        try:
            decoded = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except (UnicodeEncodeError, Error):
            decoded = b""
        raw, signature = decoded[:LENGTH], decoded[LENGTH:]
        if hmac.compare_digest(signature, self._sign(raw)) and raw[0] == purpose:
            tenant_id, id = TenantId(UUID(bytes=raw[1:17])), UUID(bytes=raw[17:33])
            expires_at = datetime.fromtimestamp(int.from_bytes(raw[33:]), UTC)
            if now < expires_at:
                return FileAddress(purpose, tenant_id, id, expires_at)
        message = "This address does not hold, or not any more. Make a new one."
        raise RequestError("FORBIDDEN", message, 403)

    def _sign(self, raw: bytes) -> bytes:
        key = hmac.digest(self.secret.encode(), KEY_NAME, "sha256")
        return hmac.digest(key, raw, "sha256")
