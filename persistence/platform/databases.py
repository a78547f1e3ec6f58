"""The databases as the platform uses them: the directory of each, and the tenants in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.kernel.errors import NotFound
from persistence.kernel.pools import PoolSource

HOME = None
"""The home database, in a tenant's entry."""


@dataclass(frozen=True, eq=False)
class PlatformDatabases:
    """Connections by the names of the databases; `HOME` is the one with all tenants.

    Those of `directories` are of the platform's role, which sees no row of a tenant. Those of
    `tenants` are of the serving role, which writes no directory.
    """

    directories: Mapping[str | None, PoolSource]
    tenants: Mapping[str | None, PoolSource]

    def find_directory(self, name: str | None) -> PoolSource:
        """Return the directory of a database. Raises NotFound."""
        return _find(self.directories, name)

    def find_tenants(self, name: str | None) -> PoolSource:
        """Return the tenants of a database. Raises NotFound."""
        return _find(self.tenants, name)


def _find(pools: Mapping[str | None, PoolSource], name: str | None) -> PoolSource:
    if name not in pools:
        raise NotFound(f"The database {name} is not configured. Choose another one.", "database")
    return pools[name]
