"""The limits of requests by links: their senders have no account that could be limited."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from api.http.errors import OverloadError, TooManyOpenRequests
from domain.feedback import ResponseLink
from domain.kernel.identity import TenantId

MAX_WORKING = 8
"""In the process. Each uses one connection for a moment."""

MAX_OPEN_OF_LINK = 2
"""With those whose bodies are still arriving."""


@dataclass(frozen=True)
class LinkSender:
    """Who sends a body by a link, for the limit of bodies that arrive."""

    tenant_id: TenantId
    subject: str

    @classmethod
    def of(cls, link: ResponseLink) -> "LinkSender":
        """Return the sender of a link that holds."""
        return cls(link.tenant_id, f"link {link.request_id}")


class ResponseLimiter:
    """The numbers of requests by links: those that use the database, and the open ones by link.

    A body that arrives takes no place of those who use the database. So slow bodies by a few links
    keep nobody else from answering.
    """

    def __init__(self) -> None:
        self._working = 0
        self._open: Counter[str] = Counter()

    @contextmanager
    def admit(self, token: str) -> Iterator[None]:
        """Count a request of a link during the block. Raises TooManyOpenRequests."""
        if self._open[token] >= MAX_OPEN_OF_LINK:
            raise TooManyOpenRequests("This link has", MAX_OPEN_OF_LINK)
        self._open[token] += 1
        try:
            yield
        finally:
            self._open[token] -= 1
            self._open += Counter()  # which drops those at zero

    @contextmanager
    def work(self) -> Iterator[None]:
        """Count a request that uses the database during the block. Raises OverloadError."""
        if self._working >= MAX_WORKING:
            raise OverloadError
        self._working += 1
        try:
            yield
        finally:
            self._working -= 1
