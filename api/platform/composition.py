"""The platform graph of one process: its pools, its engine and its own authentication."""

from dataclasses import dataclass, field
from functools import cached_property

from api.identity.token_verifier import TokenVerifier
from api.kernel.documents.limits import Limits
from api.platform.engine import PlatformEngine
from api.platform.request import PlatformStores
from api.platform.schema import get_platform_schema
from api.platform.transfers import PlatformTransfers
from api.settings import Settings
from persistence.platform.databases import HOME, PlatformDatabases
from persistence.platform.issuers import PlatformIssuers
from persistence.platform.measuring import RequestCounts


@dataclass(eq=False)
class Platform:
    """The platform graph: who may use it, and what executes its requests.

    Its verifier knows the issuers of the platform only, and that of tenants only theirs. The schema
    is built at the first request.
    """

    databases: PlatformDatabases
    settings: Settings
    limits: Limits
    secret: str = field(repr=False)
    request_counts: RequestCounts = field(default_factory=RequestCounts)

    @cached_property
    def engine(self) -> PlatformEngine:
        """The executor of requests."""
        return PlatformEngine(get_platform_schema(), self._stores, self.limits)

    @cached_property
    def transfers(self) -> PlatformTransfers:
        """The transfers of files."""
        return PlatformTransfers(self._stores)

    @cached_property
    def authenticator(self) -> TokenVerifier:
        """The verifier of the tokens of operators."""
        issuers = PlatformIssuers(self.databases.find_directory(HOME))
        return TokenVerifier(issuers, self.settings)

    @cached_property
    def _stores(self) -> PlatformStores:
        return PlatformStores(self.databases, self.settings, self.secret)

    async def close(self) -> None:
        """Cancel the running lookups and fetches."""
        if "authenticator" in vars(self):
            await self.authenticator.close()
