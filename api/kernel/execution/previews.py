"""Requests that are answered as another person would be: who asks, as whom, and until when."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NoReturn
from uuid import UUID

import jwt

from api.errors import RequestError
from domain.kernel.access import Actor

HEADER = "trellis-preview"
LIFETIME = timedelta(minutes=10)
MAX_LENGTH = 2_000

_ALGORITHM = "HS256"
_TYPE = "trellis-preview+jwt"


@dataclass(frozen=True)
class Preview:
    """The right of an account to read as a person sees. It never widens the account's own."""

    tenant_id: UUID
    reader_id: UUID
    """The account."""
    person_id: UUID
    expires_at: datetime

    def check_reader(self, reader: Actor) -> None:
        """Raise RequestError for a token of another account."""
        if (reader.tenant_id, reader.member_id) != (self.tenant_id, self.reader_id):
            refuse_preview()


def sign_preview(preview: Preview, secret: str) -> str:
    """Return the token of a preview. `secret` is that of the service; tokens have another key."""
    claims = {
        "tenant": str(preview.tenant_id),
        "reader": str(preview.reader_id),
        "person": str(preview.person_id),
        "exp": int(preview.expires_at.timestamp()),
    }
    return jwt.encode(claims, _derive_key(secret), _ALGORITHM, headers={"typ": _TYPE})


def parse_preview(token: str, secret: str, now: datetime) -> Preview:
    """Return the preview of a token. Raises RequestError for one that is wrong or has ended."""
    if len(token) > MAX_LENGTH:
        refuse_preview()
    try:
        found = jwt.decode_complete(
            token,
            _derive_key(secret),
            algorithms=[_ALGORITHM],
            options={"verify_exp": False, "require": ["exp"]},
        )
        claims = found["payload"]
        preview = Preview(
            UUID(claims["tenant"]),
            UUID(claims["reader"]),
            UUID(claims["person"]),
            datetime.fromtimestamp(claims["exp"], UTC),
        )
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, AttributeError):
        refuse_preview()
    if found["header"].get("typ") != _TYPE or preview.expires_at <= now:
        refuse_preview()
    return preview


def refuse_preview() -> NoReturn:
    """Raise RequestError. It never says what is wrong, so that nobody learns about others."""
    message = "This preview is not yours, or has ended. Begin another one with accessPreview."
    raise RequestError("FORBIDDEN", message, 403)


def refuse_change() -> NoReturn:
    """Raise RequestError for what is no query."""
    message = "A preview answers queries only. Leave out the header Trellis-Preview to change data."
    raise RequestError("BAD_REQUEST", message)


def _derive_key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"access-preview", "sha256")
