"""The limit of open requests by links: their senders have no account that could be limited."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from api.http.errors import OverloadError, TooManyOpenRequests

MAX_OPEN = 8
"""In the process. Each uses one connection for a moment."""

MAX_OPEN_OF_LINK = 2


class ResponseLimiter:
    """The numbers of requests by links that are open, in all and of each link."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    @contextmanager
    def admit(self, token: str) -> Iterator[None]:
        """Count a request during the block. Raises OverloadError and TooManyOpenRequests."""
        if self._open.total() >= MAX_OPEN:
            raise OverloadError
        if self._open[token] >= MAX_OPEN_OF_LINK:
            raise TooManyOpenRequests("This link has", MAX_OPEN_OF_LINK)
        self._open[token] += 1
        try:
            yield
        finally:
            self._open[token] -= 1
            self._open += Counter()  # which drops those at zero
