"""The caller of a stream, whose token is verified again while the stream is open.

A request is verified once. A stream outlives its request, so removing an issuer or a key must end
it as well: for a stream holds what would hold for a new request with the same token.
"""

from dataclasses import dataclass

from starlette.types import Scope

from api.http.server_context import ServerContext
from api.identity import Caller, Unauthenticated
from api.identity.errors import TokenExpired

VERIFICATION_INTERVAL = 5.0
"""Seconds between two verifications of an open stream's token."""


@dataclass(frozen=True)
class Session:
    """A verified token, and the caller whom it identified at the start of the stream."""

    context: ServerContext
    scope: Scope
    authorization: str
    caller: Caller

    async def verify(self) -> None:
        """Verify the token again. Raises Unauthenticated, also if it identifies another caller."""
        if self._remaining_seconds <= 0:
            raise TokenExpired("expired")
        if await self.context.authenticate(self.scope, self.authorization) != self.caller:
            raise Unauthenticated("another_caller")

    async def wait_until_refused(self) -> Unauthenticated:
        """Verify the token every few seconds; return the reason when it is refused or expires."""
        while True:
            await self.context.sleep(min(VERIFICATION_INTERVAL, self._remaining_seconds))
            try:
                await self.verify()
            except Unauthenticated as error:
                return error
            except Exception:  # noqa: BLE001, S112 - the registry is down; the next round decides
                continue

    @property
    def _remaining_seconds(self) -> float:
        return (self.caller.expires_at - self.context.now()).total_seconds()


async def open_session(context: ServerContext, scope: Scope, authorization: str | None) -> Session:
    """Verify the token of a new stream. Raises Unauthenticated."""
    caller = await context.authenticate(scope, authorization)
    return Session(context, scope, authorization or "", caller)
