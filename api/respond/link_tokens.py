"""Links as texts in addresses, with a mark by which this service knows its own without a look-up.

The mark gives no right: the secret of a link is compared with the stored hash in any case. It lets
the service look up links of its own first, while somebody sends many that it never made.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass, field

from domain.feedback import ResponseLink

MARK_LENGTH = 8
"""In bytes: too many to guess through the service."""


@dataclass(frozen=True)
class ParsedLink:
    """A link, and whether it has the mark of this service.

    Links of earlier releases, and those from before a change of the service's secret, have none.
    """

    link: ResponseLink
    is_marked: bool


@dataclass(frozen=True)
class LinkTokens:
    """The texts of links. `secret` is that of the service; links have a key of their own."""

    secret: str = field(repr=False)

    def build_path(self, link: ResponseLink) -> str:
        """Return the path of a link, relative to the address of the service."""
        return f"respond/{self.encode(link)}"

    def encode(self, link: ResponseLink) -> str:
        """Return the text of a link, with the mark."""
        return _encode(link.raw + self._mark(link.raw))

    def parse(self, token: str) -> ParsedLink | None:
        """Return the link that a text stands for, or None for a text that is none."""
        raw = _decode(token)
        if raw is None:
            return None
        unmarked = ResponseLink.parse(raw)
        if unmarked is not None:
            return ParsedLink(unmarked, is_marked=False)
        link = ResponseLink.parse(raw[:-MARK_LENGTH])
        if link is None:
            return None
        is_marked = hmac.compare_digest(raw[-MARK_LENGTH:], self._mark(link.raw))
        return ParsedLink(link, is_marked=is_marked)

    def _mark(self, raw: bytes) -> bytes:
        key = hmac.digest(self.secret.encode(), b"respond-link", "sha256")
        return hmac.digest(key, raw, "sha256")[:MARK_LENGTH]


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(token: str) -> bytes | None:
    """Return the bytes of a text, or None where it has none or another text has the same."""
    try:
        raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (UnicodeEncodeError, Error):
        return None
    return raw if _encode(raw) == token else None
