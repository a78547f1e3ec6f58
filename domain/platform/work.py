"""What a use case of the platform works with: the directory of all tenants, and each tenant."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from domain.kernel.identity import TenantId
from domain.kernel.unit_of_work import Work
from domain.platform.acts import Act
from domain.platform.deletions import Erasure
from domain.platform.operators import Operator
from domain.tenants import TenantRegistration

if TYPE_CHECKING:
    from domain.platform.operations import TenantFile, TenantOperation


class PlatformWork(Protocol):
    """One transaction of an operator in the directory. Any exception undoes it."""

    operator: Operator | None
    """Who acts; None for the command line."""
    now: datetime

    async def lock_tenant(self, slug: str) -> TenantRegistration:
        """Return a tenant, locked until the end. Raises NotFound."""

    async def add_tenant(self, tenant: TenantRegistration) -> None:
        """Add a tenant. Nobody sees it before the end. Raises Invalid if its slug is taken."""

    async def save_tenant(self, tenant: TenantRegistration) -> None:
        """Store status, plan and limits of a tenant, in each directory that has it."""

    def enter(self, tenant: TenantRegistration) -> AbstractAsyncContextManager[Work]:
        """Open a unit of work in a tenant, with all permissions and without a person.

        It commits at the end of its block. So enter a tenant after all that may be refused.
        """

    def require_database(self, name: str | None) -> None:
        """Raise NotFound unless a database with this name is configured; None is the home one."""

    async def is_slug_taken(self, slug: str) -> bool:
        """Return whether a tenant has this slug."""

    # -- deletions --------------------------------------------------------------------------

    async def add_erasure(self, erasure: Erasure) -> None:
        """Schedule a deletion."""

    async def find_erasure(self, slug: str) -> Erasure | None:
        """Return the deletion of a tenant; the one that is not done, else the last one."""

    async def cancel_erasure(self, tenant_id: TenantId) -> bool:
        """Give up a deletion; return False if it has begun."""

    # -- operations and files ---------------------------------------------------------------

    async def lock_operations(self) -> None:
        """Let nobody else begin an operation, until the end."""

    async def find_open_operation(self, slug: str) -> str | None:
        """Return the kind of an operation of a tenant that has not ended, or None."""

    async def add_operation(self, operation: "TenantOperation") -> None:
        """Add an operation, which a worker takes after the end."""

    async def count_uploads(self) -> int:
        """Return how many files were sent and are kept."""

    async def add_file(self, file: "TenantFile") -> None:
        """Add a file."""

    async def find_file(self, id: UUID) -> "TenantFile | None":
        """Return a file, or None; locked until the end."""

    # -- operators --------------------------------------------------------------------------

    async def find_operator(self, id: UUID) -> Operator:
        """Return an operator who was not removed. Raises NotFound."""

    async def lock_owners(self) -> int:
        """Lock the operators, and return how many are owners."""

    async def add_operator(self, operator: Operator) -> None:
        """Add an operator. Raises Invalid if the issuer has the subject already."""

    async def save_operator(self, operator: Operator) -> None:
        """Store the name, the role and the removal of an operator."""

    async def record(
        self,
        act: Act,
        *,
        tenant: TenantRegistration | None = None,
        subject_id: UUID | None = None,
        **changes: Any,
    ) -> None:
        """Add an entry to the audit log of the platform. It has no personal data of tenants."""
