"""Signed links to charts, for `<img>` elements, which cannot send a token.

A link stands for the caller who made it, and shows what that caller may see at that moment. So it
is for one chart and holds for a few minutes, never longer than the token that it was made with.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt

from api.errors import RequestError
from api.identity.token_verifier import Caller
from domain.kernel.identity import TenantId

LIFETIME = timedelta(minutes=5)
ALGORITHM = "HS256"
AUDIENCE = "kpi-chart"
CLAIMS = ("exp", "aud", "iss", "sub", "tenant_id", "tenant", "chart")


@dataclass(frozen=True)
class ChartLinks:
    """The links of this service. `secret` seals cursors, too; links have a key of their own."""

    secret: str

    def sign(self, caller: Caller, chart: Mapping[str, str], now: datetime) -> tuple[str, datetime]:
        """Return the token of a link to a chart, and the moment from which it does not hold."""
        expires_at = min(now + LIFETIME, caller.expires_at)
        claims = {
            "aud": AUDIENCE,
            "exp": expires_at,
            "iss": caller.issuer,
            "sub": caller.subject,
            "tenant_id": str(caller.tenant_id),
            "tenant": caller.tenant_slug,
            "chart": dict(chart),
        }
        return jwt.encode(claims, self._key, ALGORITHM), expires_at

    def verify(self, token: str) -> tuple[Caller, Mapping[str, str]]:
        """Return whom a link stands for, and its chart. Raises RequestError with 403."""
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                options={"require": list(CLAIMS)},
            )
        except jwt.PyJWTError:
            message = "This link does not hold, or not any more. Make a new one."
            raise RequestError("FORBIDDEN", message, 403) from None
        caller = Caller(
            tenant_id=TenantId(UUID(claims["tenant_id"])),
            tenant_slug=claims["tenant"],
            issuer=claims["iss"],
            subject=claims["sub"],
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
            token_id=AUDIENCE,
        )
        return caller, claims["chart"]

    @property
    def _key(self) -> bytes:
        return hmac.digest(self.secret.encode(), AUDIENCE.encode(), "sha256")
