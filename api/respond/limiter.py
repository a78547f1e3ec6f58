"""The limits of requests by links: their senders have no account that could be limited."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from api.http.errors import OverloadError, Rejection, TooManyOpenRequests
from api.kernel.execution.rate_limits import RateLimit, TokenBucket
from domain.feedback import ResponseLink
from domain.kernel.identity import TenantId

MAX_WORKING = 8
"""In the process. Each uses one connection for a moment."""

UNMARKED = RateLimit(capacity=40, restore_rate=4)
"""Look-ups of links without the mark of this service, at once and per second in the process.

Somebody can make up any number of them. Links with the mark are not held up by those.
"""

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
        return cls(link.tenant_id, f"link {link.object_id}")


class TooManyUnknownLinks(Rejection):
    """The process has looked up too many links that it may not have made."""

    def __init__(self, seconds: float) -> None:
        after = str(max(1, round(seconds + 0.5)))
        message = f"The server is busy with other links. Try again in {after} s."
        super().__init__("THROTTLED", message, 429, headers={"retry-after": after})


class ResponseLimiter:
    """The numbers of requests by links: those that use the database, and the open ones by link.

    A body that arrives takes no place of those who use the database. So slow bodies by a few links
    keep nobody else from answering.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._unmarked = TokenBucket("links", UNMARKED, UNMARKED.capacity, clock())
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

    def look_up(self, *, is_marked: bool) -> None:
        """Count a link that is about to be looked up. Raises TooManyUnknownLinks."""
        if is_marked:
            return
        self._unmarked.refill(self._clock())
        if self._unmarked.available < 1:
            raise TooManyUnknownLinks(self._unmarked.get_seconds_until(1))
        self._unmarked.available -= 1

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
