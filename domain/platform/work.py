"""What a use case of the platform works with: the directory of all tenants, and each tenant."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from domain.kernel.unit_of_work import Work
from domain.platform.acts import Act
from domain.platform.operators import Operator
from domain.tenants import TenantRegistration


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
