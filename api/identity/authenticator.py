"""The one way from an Authorization header and an address to a caller."""

from api.identity.client_keys import ClientVerifier, is_key_header
from api.identity.client_names import is_client_issuer
from api.identity.token_verifier import Caller, TokenVerifier
from domain.service_clients import Address


class RequestAuthenticator:
    """Authenticates people and service clients, by access tokens and by keys."""

    def __init__(self, tokens: TokenVerifier, clients: ClientVerifier) -> None:
        self._tokens = tokens
        self.clients = clients

    async def authenticate(
        self, authorization: str | None, address: Address | None = None
    ) -> Caller:
        """Return the caller. Raises Unauthenticated; errors of the database propagate.

        `authorization` holds all Authorization headers of a request, joined with ", "; more than
        one is refused. `address` is that of the client, as far as it is known.
        """
        if authorization is not None and is_key_header(authorization):
            return await self.clients.authenticate_key(authorization, address)
        caller = await self._tokens.authenticate(authorization)
        if is_client_issuer(caller.issuer):
            return await self.clients.admit_token(caller, address)
        return caller

    def find_cached_caller(self, authorization: str) -> Caller | None:
        """Return the caller of what was verified before and has not expired, or None.

        Use it for load shedding only: it may have been revoked since.
        """
        if is_key_header(authorization):
            return self.clients.find_cached_caller(authorization)
        return self._tokens.find_cached_caller(authorization)

    async def close(self) -> None:
        """Cancel the running lookups and fetches."""
        await self._tokens.close()
        await self.clients.close()
