"""Tokens of forms: another site cannot send a form in the name of somebody who has the page open.

The page sets a random cookie, which the browser sends with forms of this site only, and has the
keyed hash of cookie and link as a hidden field.
"""

import hmac
import re
import secrets
from dataclasses import dataclass

COOKIE = "respond"
_NONCE = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True)
class FormTokens:
    """The tokens of this service. `secret` seals cursors, too; forms have a key of their own."""

    secret: str

    @staticmethod
    def choose_nonce(cookie: str | None) -> str:
        """Return the value of a cookie that we made, or of a new one."""
        return cookie if cookie and _NONCE.fullmatch(cookie) else secrets.token_urlsafe(16)

    def sign(self, nonce: str, link: str) -> str:
        """Return the hidden field of a form, for a cookie and a link."""
        key = hmac.digest(self.secret.encode(), b"respond-form", "sha256")
        return hmac.digest(key, f"{nonce} {link}".encode(), "sha256").hex()

    def fits(self, field: str, nonce: str | None, link: str) -> bool:
        """Return whether a form was sent from our page with this cookie."""
        expected = self.sign(nonce or "", link)
        return nonce is not None and hmac.compare_digest(field.encode(), expected.encode())
