"""What a webhook sends: thin messages, signed as Standard Webhooks asks for.

A message says which object changed, and its receiver reads the object with rights of its own. With
a payload query it also has what the query returns when the message is sent. The secret is derived
from the secret of the process and the id of the key, so that it is stored nowhere.
"""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from domain.kernel.identity import TenantId

SECRET_PREFIX = "whsec_"  # noqa: S105 - how a secret begins
READ_AGAIN_TYPE = "types.read_again"
TEST_TYPE = "webhook.test"


@dataclass(frozen=True)
class Message:
    """One message. Its id is the same whenever it is sent; `group` names the object it is about."""

    id: str
    type: str
    timestamp: str
    data: Mapping[str, Any]
    meta: Mapping[str, Any] = field(default_factory=dict)
    group: str = ""

    def add_data(self, **values: Any) -> "Message":
        """Return the message with more data."""
        return replace(self, data={**self.data, **values})

    @property
    def body(self) -> bytes:
        """The body of the request."""
        parts = {
            "type": self.type,
            "timestamp": self.timestamp,
            "data": self.data,
            "meta": self.meta,
        }
        return json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()


def build_message_id(*parts: object) -> str:
    """Return an id that is the same for the same parts, and tells nothing about them."""
    text = "\n".join(map(str, parts))
    return f"msg_{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def derive_secret(master: str, tenant_id: TenantId, key_id: UUID) -> bytes:
    """Return the secret of a key of a webhook."""
    text = f"webhook key {tenant_id} {key_id}"
    return hmac.new(master.encode(), text.encode(), hashlib.sha256).digest()


def format_secret(secret: bytes) -> str:
    """Return a secret as verifiers take it."""
    return SECRET_PREFIX + b64encode(secret).decode()


def build_headers(message: Message, second: int, secrets: Sequence[bytes]) -> dict[str, str]:
    """Return the headers of an attempt, with a signature by each secret."""
    content = b".".join((message.id.encode(), str(second).encode(), message.body))
    signatures = (
        "v1," + b64encode(hmac.new(each, content, hashlib.sha256).digest()).decode()
        for each in secrets
    )
    return {
        "Content-Type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": str(second),
        "webhook-signature": " ".join(signatures),
    }
