"""One request to the platform graph: who sent it, and what its resolvers work with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from api.errors import RequestError
from api.identity.token_verifier import Caller
from api.settings import Settings
from domain.kernel.errors import NotPermitted
from domain.platform import MAY, Act, Operator
from persistence.kernel.error_translation import translate_errors
from persistence.kernel.pools import Connection, borrow
from persistence.platform.databases import HOME, PlatformDatabases
from persistence.platform.reading import find_operator
from persistence.platform.work import ACQUIRE_TIMEOUT

NOT_AN_OPERATOR = "This token does not belong to an operator of the platform. Ask an owner."


@dataclass(eq=False)
class PlatformStores:
    """What all requests share: the databases, the settings, and the secret that signs cursors."""

    databases: PlatformDatabases
    settings: Settings
    secret: str = field(repr=False)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """Borrow a connection to the directory, for a statement that reads it."""
        with translate_errors():
            directory = self.databases.find_directory(HOME)
            async with borrow(directory, None, ACQUIRE_TIMEOUT) as connection:
                yield connection


@dataclass(eq=False)
class PlatformRequest:
    """The context of all resolvers."""

    stores: PlatformStores
    operator: Operator
    request_id: str
    idempotency_key: str | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    replayed: list[str] = field(default_factory=list)
    """The response keys of mutations that an earlier request with their key has made."""

    def require(self, act: Act) -> None:
        """Raise NotPermitted unless the operator's role may do this."""
        if self.operator.role not in MAY[act]:
            roles = " or ".join(sorted(each.upper() for each in MAY[act]))
            raise NotPermitted(f"This needs the role {roles} of the platform. Ask an owner.")


async def identify(
    stores: PlatformStores, caller: Caller, request_id: str, idempotency_key: str | None = None
) -> PlatformRequest:
    """Return the request of an operator. Raises RequestError (403) if the token is nobody's."""
    async with stores.read() as connection:
        operator = await find_operator(connection, caller.issuer, caller.subject)
    if operator is None:
        raise RequestError("FORBIDDEN", NOT_AN_OPERATOR, 403)
    return PlatformRequest(stores, operator, request_id, idempotency_key)
